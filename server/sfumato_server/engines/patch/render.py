"""The last picture: every pixel copied from one place, the cuts closed in the gradient domain.

A mean over windows loses grain. Here each pixel takes the source that most of its windows agree
on (a photomontage of copied regions), and the picture u with the copied gradients v is found:

    min Σ_pq (u_q − u_p − v_pq)² + λ Σ_p (u_p − guide_p)²,     u fixed outside,

after Pérez, Gangnet and Blake, "Poisson image editing", 2003, with the sampler's estimate as
guide so that colours do not run.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...imaging.arrays import Window, bounds, window
from ...imaging.smooth_fill import HELD, relaxed
from .detail import REACH, detailed
from .pyramid import Level
from .search import Dictionary, Shortlist

VOTING = 5  # px, side of the middle part of each window that votes
PULL = 0.03  # λ
ITERATIONS = 80
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def render(
    book: Dictionary, found: Shortlist, level: Level, guide: Tensor, strength: float
) -> Tensor:
    """(H, W, C): `guide` outside the mask, copied texture inside."""
    touched = level.mask > 0
    inside, colours = _inside(level), _colours(level)
    moves = _agreed_moves(book, found, inside, touched.numel())
    field = torch.zeros(touched.numel(), dtype=torch.long)
    field[inside] = moves
    field = field.reshape(touched.shape)
    edges = [_gradient(colours, field, touched, dy, dx) for dy, dx in SIDES]
    source = -torch.stack(edges).sum(0)
    start = guide.clone()
    start[touched] = colours[inside + moves]
    weight = torch.where(touched, PULL, float(HELD))
    at = _around(touched, 1)
    first, target, pull, slopes = (part[at].numpy() for part in (start, guide, weight, source))
    picture = guide.clone()
    picture[at] = torch.from_numpy(relaxed(first, target, pull, ITERATIONS, slopes))
    copied = touched.clone()
    copied.view(-1)[inside] = inside + moves < touched.numel()  # others keep their own content
    at = _around(touched, REACH)
    picture[at] = detailed(picture[at], copied[at], ~touched[at], strength)
    return picture


def _around(touched: Tensor, margin: int) -> Window:
    """The rectangle of the touched pixels, of which there are some, and `margin` px around it."""
    frame = bounds(touched.numpy())
    assert frame is not None
    return window(frame, margin)


def copied(book: Dictionary, found: Shortlist, level: Level, estimate: Tensor) -> Tensor:
    """(H, W, C): `estimate` with every masked pixel copied from where its windows agree."""
    inside = _inside(level)
    colours = _colours(level)
    picture = estimate.clone()
    moves = _agreed_moves(book, found, inside, level.mask.numel())
    picture[level.mask > 0] = colours[inside + moves]
    return picture


def _inside(level: Level) -> Tensor:
    """(P,) flat indices of the masked pixels."""
    return torch.nonzero(level.mask.reshape(-1) > 0).reshape(-1)


def _colours(level: Level) -> Tensor:
    """(2 · H · W, C): the clean picture's pixels, then the old content's."""
    return torch.cat([level.clean.flatten(0, 1), level.content.flatten(0, 1)])


def _agreed_moves(book: Dictionary, found: Shortlist, inside: Tensor, count: int) -> Tensor:
    """(P,) for each inside pixel what to add to its flat index to find its source.

    Sources are indices into the clean picture's pixels followed by the old content's.
    """
    entry = found.entries[:, 0]
    old = (entry >= book.slots.numel()).long() * count
    move = book.windows.pixels(book.places[entry])[:, 0] - book.windows.pixels(book.targets)[:, 0]
    move = move + old
    trust = 1 / (1 + found.energies[:, 0] / found.energies[:, 0].median().clamp(min=1e-6))
    columns, bells = zip(*_middle(book.windows.patch, _quiet_rim(book, inside)), strict=True)
    row = torch.full((count,), inside.numel())  # px that are not asked share a row that is dropped
    row[inside] = torch.arange(inside.numel())
    at = row[book.windows.pixels(book.targets)[:, columns]]
    place = torch.arange(len(columns)).expand_as(at)
    votes = torch.full((inside.numel() + 1, len(columns)), 2 * count + 1)
    weight = torch.zeros(votes.shape)
    votes[at, place] = move[:, None].expand_as(at)
    weight[at, place] = trust[:, None] * torch.tensor(bells)
    votes, weight = votes[:-1], weight[:-1]
    parts = zip(torch.split(votes, 8192), torch.split(weight, 8192), strict=True)
    return torch.cat([_majority(*part) for part in parts])


def _quiet_rim(book: Dictionary, inside: Tensor) -> int:
    """Px of each window's rim that need not vote: 0 when only the rim reaches some pixel."""
    shape = book.windows
    rim = max(0, (shape.patch - VOTING) // 2)
    y, x = inside // shape.width, inside % shape.width
    far = (y.minimum(shape.height - 1 - y)).minimum(x.minimum(shape.width - 1 - x))
    return rim if int(far.min()) >= rim else 0


def _middle(patch: int, edge: int) -> list[tuple[int, float]]:
    """Window entries at least `edge` px inside, with a weight that falls from the centre."""
    centre = (patch - 1) / 2
    return [
        (y * patch + x, 2.0 ** (-((y - centre) ** 2 + (x - centre) ** 2) / 4))
        for y in range(edge, patch - edge)
        for x in range(edge, patch - edge)
    ]


def _majority(votes: Tensor, weight: Tensor) -> Tensor:
    """(P,) the vote of each row with the largest weight behind it."""
    same = votes[:, :, None] == votes[:, None, :]
    behind = (same * weight[:, None, :]).sum(2) * (weight > 0)
    return votes.gather(1, behind.argmax(dim=1, keepdim=True))[:, 0]


def _gradient(colours: Tensor, field: Tensor, touched: Tensor, dy: int, dx: int) -> Tensor:
    """(H, W, C): u at (y + dy, x + dx) less u at (y, x), as the copies have it, else 0."""
    height, width = touched.shape
    count = height * width
    ys, xs = torch.nonzero(touched, as_tuple=True)
    ny, nx = (ys + dy).clamp(0, height - 1), (xs + dx).clamp(0, width - 1)
    here, there = ys * width + xs, ny * width + nx
    mine = _copied_step(colours, here, there, field[ys, xs], count)
    theirs = _copied_step(colours, here, there, field[ny, nx], count)
    both = touched[ny, nx][:, None]
    step = torch.zeros(height, width, colours.shape[1])
    step[ys, xs] = torch.where(both, (mine + theirs) / 2, mine)
    return step


def _copied_step(colours: Tensor, here: Tensor, there: Tensor, move: Tensor, count: int) -> Tensor:
    """Colour at `there` less colour at `here`, both moved; within the plane that `here` is in."""
    plane = (here + move) // count * count
    first = colours[here + move]
    second = colours[(there + move - plane).clamp(0, count - 1) + plane]
    return second - first
