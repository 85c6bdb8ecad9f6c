"""The exact denoiser of "pictures made of this picture's patches": the package has its equation.

Overlapping windows are merged by their posterior precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from . import search
from .pyramid import Level
from .search import Dictionary, Query, Shortlist, exact_matrix
from .windows import Windows, fold

CENTRE_REACH = 1.2  # px, the Gaussian weight of a window's pixels about its centre
SETTLING = 6  # rounds of agreement between neighbours
EXACT_PAIRS = 6_000_000  # targets × sources up to which every step's search is exact
FIRST_PAIRS = 40_000_000  # and a level's first one; above, one of several sources is looked at


@dataclass(frozen=True)
class Estimate:
    """The denoised picture (H, W, C), where it speaks (H, W) bool, and the shortlist used."""

    picture: Tensor
    covered: Tensor
    shortlist: Shortlist


@dataclass(frozen=True)
class Noisy:
    """What the denoiser is asked: `picture` (H, W, C), whose pixels outside `free` (H, W) bool are
    clean, at noise `sigma`; `blur` (H, W) is the noise, in −1..1 units, that old content was put
    under (inf: it is forgotten)."""

    picture: Tensor
    free: Tensor
    sigma: float
    blur: Tensor


def known_windows(level: Level, patch: int) -> int:
    """How many patch × patch windows of the level are all known."""
    shape = Windows(*level.size, patch)
    if shape.down < 1 or shape.across < 1:
        return 0
    return int(shape.all_inside(level.known).sum())


def make_dictionary(level: Level, patch: int) -> Dictionary:
    """The level's patch × patch windows; at least one must be all known."""
    shape = Windows(*level.size, patch)
    count, channels = shape.down * shape.across, level.clean.shape[2]
    usable = shape.all_inside(level.known).reshape(-1)
    targets = torch.nonzero(shape.any_inside(level.mask > 0).reshape(-1)).reshape(-1)
    slots = torch.full((count,), -1, dtype=torch.long)
    slots[targets] = torch.arange(targets.numel())
    rows = torch.empty(count + targets.numel(), patch * patch * channels)
    shape.write_rows(level.clean, rows[:count])
    rows[count:] = level.content.reshape(-1, channels)[shape.pixels(targets)].flatten(1)
    allowed = torch.nonzero(usable).reshape(-1)
    small = allowed.numel() * targets.numel() <= EXACT_PAIRS
    return Dictionary(
        windows=shape,
        rows=rows,
        usable=torch.cat([usable, torch.ones_like(targets, dtype=torch.bool)]),
        allowed=allowed,
        places=torch.cat([torch.arange(count), targets]),
        targets=targets,
        slots=slots,
        matrix=exact_matrix(shape, rows[allowed], allowed) if small else None,
    )


def estimate(
    book: Dictionary,
    noisy: Noisy,
    shortlist: Shortlist | None,
    keep: int,
    first: bool,
    generator: Generator,
) -> Estimate:
    """x̂₀ of the noisy picture, and the improved shortlist (None: there is none yet).

    A level's `first` estimate is searched for longer.
    """
    query, pixels = _query(book, noisy)
    pairs = book.targets.numel() * book.allowed.numel()
    every = -(-pairs // (FIRST_PAIRS if first else EXACT_PAIRS))
    if shortlist is None or every == 1:
        shortlist = search.exact(book, query, keep, every)
    else:
        shortlist = search.rescored(book, query, shortlist)
    if every > 1:
        rounds = 3 if first else 1
        shortlist = search.improve(book, query, shortlist, rounds, generator)
    mean, variance = _posterior(book, shortlist)
    picture, covered = merged(book, mean, variance, pixels)
    return Estimate(picture, covered, shortlist)


def settled(
    book: Dictionary, noisy: Noisy, shortlist: Shortlist, generator: Generator
) -> Shortlist:
    """The one entry per target (T, 1) that fits the picture and agrees with its neighbours'."""
    query, _ = _query(book, noisy)
    known = search.rescored(book, query, shortlist)
    return search.settle(book, query, known, SETTLING, generator)


def _query(book: Dictionary, noisy: Noisy) -> tuple[Query, Tensor]:
    """What to look for, and the pixels (T, p·p) of each target."""
    channels = noisy.picture.shape[2]
    pixels = book.windows.pixels(book.targets)
    free = noisy.free.reshape(-1)[pixels]
    m = misfit(noisy.sigma)
    weights = torch.where(free, 0.5 / (noisy.sigma**2 + m**2), 0.5 / m**2)
    # Windows that differ by less than the noise cannot be told apart: old content must be better
    # than any other by that much, in the free pixels, to stay.
    blur = noisy.blur.reshape(-1)[pixels]
    own_cost = torch.where(free, weights * blur**2, 0.0).sum(1) * channels
    seen = noisy.picture.reshape(-1, channels)[pixels].flatten(1)
    return Query(seen, weights.repeat_interleave(channels, dim=1), own_cost), pixels


def misfit(sigma: float) -> float:
    """m: how far, in −1..1 units, a known patch may miss the picture at noise `sigma`."""
    return min(max(0.15 * sigma, 0.07), 0.5)


def _posterior(book: Dictionary, shortlist: Shortlist) -> tuple[Tensor, Tensor]:
    """Posterior mean (T, p·p·C) and variance per entry (T,) of each target window."""
    share = torch.softmax(-shortlist.energies, dim=1)
    mean = torch.zeros(share.shape[0], book.rows.shape[1])
    square = torch.zeros(share.shape[0])
    for column in range(share.shape[1]):
        patch = book.rows.index_select(0, shortlist.entries[:, column])
        part = share[:, column]
        square += part * patch.square().mean(1)
        mean += part[:, None] * patch
    return mean, (square - mean.square().mean(1)).clamp(min=0)


def merged(
    book: Dictionary, mean: Tensor, variance: Tensor, pixels: Tensor
) -> tuple[Tensor, Tensor]:
    """Windows folded with weight Gaussian(centre) / (variance + 10⁻³): (H, W, C), and where (H, W).

    mean: (T, p·p·C). variance: (T,). pixels: (T, p·p) flat indices.
    """
    shape, p = book.windows, book.windows.patch
    offset = torch.arange(p) - (p - 1) / 2
    bell = torch.exp(-0.5 * (offset / CENTRE_REACH) ** 2)
    weight = (bell[:, None] * bell[None, :]).reshape(1, -1) / (variance[:, None] + 1e-3)
    values = mean.reshape(mean.shape[0], p * p, -1)
    picture, total = fold(values, weight, pixels, shape.height * shape.width)
    return (
        picture.reshape(shape.height, shape.width, -1),
        (total > 0).reshape(shape.height, shape.width),
    )
