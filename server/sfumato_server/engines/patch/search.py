"""Which windows of the picture a noisy window may be: exact on small levels, else a shortlist.

The energy of putting window d at a target is Σ w (x − d)² over its pixels, with a weight w per
pixel, plus a mild cost of distance. The shortlist is kept between steps and improved as in
PatchMatch (Barnes, Shechtman, Finkelstein and Goldman, 2009): by the neighbours' shifts and by
tries around the best.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from .windows import Windows

DISTANCE_COST = 120.0
CHUNK = 4_000_000  # energies held at once by the exact search
AGREEMENT = 1.0  # cost of disagreeing with all neighbours, against the median energy
FORBIDDEN = float("inf")


@dataclass(frozen=True)
class Dictionary:
    """The windows of one level, N positions and T targets.

    rows: (N + T, p·p·C): the window at each position, then each target's own old content.
    usable: (N + T,) bool, may be copied. allowed: flat positions of the usable ones under N.
    places: (N + T,) the flat position that an entry stands at. targets: (T,) flat positions to
    denoise. slots: (N,) index among the targets or −1. matrix: the
    usable windows as `exact_matrix` has them, where that is small.
    """

    windows: Windows
    rows: Tensor
    usable: Tensor
    allowed: Tensor
    places: Tensor
    targets: Tensor
    slots: Tensor
    matrix: Tensor | None

    @property
    def own(self) -> Tensor:
        """(T,) the entries that keep each target's old content."""
        return torch.arange(self.slots.numel(), self.slots.numel() + self.targets.numel())


@dataclass(frozen=True)
class Query:
    """What is looked for. seen, weights: (T, p·p·C). own_cost: (T,) cost of old content."""

    seen: Tensor
    weights: Tensor
    own_cost: Tensor


@dataclass(frozen=True)
class Shortlist:
    """The best K entries of each target, best first: indices into rows and energies (T, K)."""

    entries: Tensor
    energies: Tensor


def energy(book: Dictionary, query: Query, entries: Tensor) -> Tensor:
    """(T,) energies of one entry per target."""
    gap = book.rows.index_select(0, entries)
    gap.sub_(query.seen).square_().mul_(query.weights)
    kept = torch.where(entries >= book.slots.numel(), query.own_cost, 0.0)
    total = gap.sum(1) + _distance(book, entries) + kept
    return total.masked_fill(~book.usable[entries], FORBIDDEN)


def _distance(book: Dictionary, entries: Tensor) -> Tensor:
    shape, places = book.windows, book.places[entries]
    dy = places // shape.across - book.targets // shape.across
    dx = places % shape.across - book.targets % shape.across
    return DISTANCE_COST / (shape.height * shape.width) * (dy * dy + dx * dx).float()


def exact_matrix(windows: Windows, known: Tensor, allowed: Tensor) -> Tensor:
    """(2 · p·p·C + 3, S): the known windows d, their squares, |place|² and place, as columns."""
    y, x = (allowed // windows.across).float(), (allowed % windows.across).float()
    place = torch.stack([y * y + x * x, y, x], dim=1)
    return torch.cat([known, known.square(), place], dim=1).T.contiguous()


def exact(book: Dictionary, query: Query, keep: int, every: int = 1) -> Shortlist:
    """Every target against each `every`-th known window, by one matrix product.

    Σ w (x − d)² = Σ w x² − 2 (w x)·d + w·d², and the distance cost is linear in the same way.
    """
    shape, allowed = book.windows, book.allowed[::every]
    right = book.matrix
    if right is None or every > 1:
        right = exact_matrix(shape, book.rows[allowed], allowed)
    per_px = DISTANCE_COST / (shape.height * shape.width)
    y, x = (book.targets // shape.across).float(), (book.targets % shape.across).float()
    other = torch.stack([torch.ones_like(y), -2 * y, -2 * x], dim=1) * per_px
    pulled = query.weights * query.seen
    left = torch.cat([-2 * pulled, query.weights, other], dim=1)
    fixed = (pulled * query.seen).sum(1) + per_px * (y * y + x * x)
    count = min(keep, allowed.numel())
    parts = torch.split(left, max(1, CHUNK // allowed.numel()))
    found = [(part @ right).topk(count, dim=1, largest=False) for part in parts]
    energies = torch.cat([each.values for each in found]) + fixed[:, None]
    entries = allowed[torch.cat([each.indices for each in found])]
    return _joined(book, query, Shortlist(entries, energies.clamp(min=0)), [book.own], keep)


def improve(
    book: Dictionary, query: Query, known: Shortlist, rounds: int, generator: Generator
) -> Shortlist:
    """The shortlist after `rounds` of neighbours' shifts and random tries."""
    keep = known.entries.shape[1]
    for turn in range(rounds):
        candidates = _candidates(book, known.entries[:, 0], turn, generator)
        known = _joined(book, query, known, [book.own, *candidates], keep)
    return known


def settle(
    book: Dictionary, query: Query, known: Shortlist, rounds: int, generator: Generator
) -> Shortlist:
    """The best entries with neighbours made to agree: (T, 1).

    Energy plus a Potts cost of neighbours that were moved otherwise, lowered by taking over
    neighbours' moves, half of the targets at a time (iterated conditional modes). Cuts between
    copied regions then lie where they cost least.
    """
    entries, data = known.entries[:, 0], known.energies[:, 0]
    potts = AGREEMENT * float(data.median()) / 8
    around = [
        book.slots[book.windows.shifted(book.targets, dy, dx)]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if dy or dx
    ]
    for _ in range(rounds):
        move = book.places[entries] - book.targets
        lonely = sum(_differs(slot, move, move) for slot in around)
        best = data + potts * lonely
        chosen, chosen_data = entries.clone(), data.clone()
        for slot in around:
            candidate = torch.where(slot >= 0, book.targets + move[slot], book.places[entries])
            candidate = candidate.clamp(0, book.slots.numel() - 1)
            cost = energy(book, query, candidate)
            new_move = candidate - book.targets
            total = cost + potts * sum(_differs(near, new_move, move) for near in around)
            better = total < best
            best = torch.where(better, total, best)
            chosen = torch.where(better, candidate, chosen)
            chosen_data = torch.where(better, cost, chosen_data)
        turn = torch.rand(best.shape, generator=generator) < 0.6
        entries = torch.where(turn, chosen, entries)
        data = torch.where(turn, chosen_data, data)
    return Shortlist(entries[:, None], data[:, None])


def _differs(slot: Tensor, mine: Tensor, moves: Tensor) -> Tensor:
    """(T,) 1 where the neighbour exists and moves otherwise."""
    return ((slot >= 0) & (moves[slot] != mine)).float()


def rescored(book: Dictionary, query: Query, old: Shortlist) -> Shortlist:
    """The same entries with the energies of this query, best first."""
    scores = [energy(book, query, column) for column in old.entries.T]
    return _best(old.entries, torch.stack(scores, dim=1), old.entries.shape[1])


def _candidates(book: Dictionary, best: Tensor, turn: int, generator: Generator) -> list[Tensor]:
    shape, far = book.windows, 4 if turn % 2 == 0 else 2
    place = book.places[best]
    found = []
    for reach in (1, far):
        for dy, dx in ((0, reach), (0, -reach), (reach, 0), (-reach, 0)):
            slot = book.slots[shape.shifted(book.targets, dy, dx)]
            found.append(shape.shifted(torch.where(slot >= 0, place[slot], place), -dy, -dx))
    for radius in (1, 3, 12):
        jump = torch.randint(-radius, radius + 1, (2, best.numel()), generator=generator)
        found.append(shape.shifted(place, jump[0], jump[1]))
    anywhere = torch.randint(0, book.allowed.numel(), best.shape, generator=generator)
    found.append(book.allowed[anywhere])
    return found


def _joined(
    book: Dictionary, query: Query, known: Shortlist, more: list[Tensor], keep: int
) -> Shortlist:
    entries, energies = [known.entries], [known.energies]
    for candidate in more:
        entries.append(candidate[:, None])
        energies.append(energy(book, query, candidate)[:, None])
    return _best(torch.cat(entries, dim=1), torch.cat(energies, dim=1), keep)


def _best(entries: Tensor, energies: Tensor, keep: int) -> Shortlist:
    """The `keep` lowest of each row, each entry once."""
    order = energies.argsort(dim=1, stable=True)
    energies, entries = energies.gather(1, order), entries.gather(1, order)
    for column in range(1, entries.shape[1]):
        again = (entries[:, :column] == entries[:, column : column + 1]).any(1)
        energies[:, column].masked_fill_(again, FORBIDDEN)
    order = energies.argsort(dim=1, stable=True)[:, :keep]
    return Shortlist(entries.gather(1, order), energies.gather(1, order))
