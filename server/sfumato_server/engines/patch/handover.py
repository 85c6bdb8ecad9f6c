"""What a level starts from, and how it is left.

The coarsest starts from nothing at strength 1, else from the old content, cleaned; each finer one
from the one before, shifts doubled and pictures pasted. What a level made gets its seams closed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ...imaging.smooth_fill import HELD, smooth_fill
from . import schedule
from .denoiser import Estimate, Noisy, estimate
from .pyramid import Level, filled
from .render import copied
from .search import Dictionary, Shortlist

CLAMP = 0.5  # largest correction of the seam membrane, −1..1 units


@dataclass(frozen=True)
class Handed:
    """What a level starts from: a shortlist, or None to search exactly, and a picture (h, w, C)."""

    shortlist: Shortlist | None
    start: Tensor


def coarse_start(level: Level, book: Dictionary, strength: float, generator: Generator) -> Tensor:
    """(h, w, C): the smoothest picture that keeps the old content as far as it is trusted.

    The minimum of Σ w (u − old)² + |∇u|² with the surroundings fixed. w falls with strength, to 0
    at 1, and with how badly known patches explain the old content: a defect is such a place.
    """
    touched = level.mask > 0
    smooth = filled(level.clean, level.known)
    if strength >= 1:
        return smooth
    odd = _oddness(level, book, generator)
    scale = schedule.doubt(strength)
    weight = schedule.trust(strength) / (1 + (odd / scale) ** 2) ** 2
    picture = torch.where(touched[..., None], level.content, smooth)
    held = torch.where(touched, weight, float(HELD))
    return torch.from_numpy(smooth_fill(picture.numpy(), held.numpy()))


def _oddness(level: Level, book: Dictionary, generator: Generator) -> Tensor:
    """(h, w): root mean square misfit of the old content to the nearest known patches."""
    touched = level.mask > 0
    forgotten = torch.full_like(level.mask, float("inf"))
    noisy = Noisy(level.content, touched, 0.1, forgotten)
    found = estimate(book, noisy, None, 1, True, generator)
    gap = (level.content - found.picture)[..., :3].square().mean(2)
    gap = torch.where(touched & found.covered, gap, 0.0)
    return torch.nn.functional.max_pool2d(gap[None], 3, 1, 1)[0].sqrt()


def handed_over(coarse: Dictionary, found: Shortlist, book: Dictionary, level: Level) -> Handed:
    """Each window's parent's best patches, at this resolution: as shortlist, and copied."""
    slot = _parent_slots(coarse, book)
    above = coarse.windows
    target = coarse.targets[slot]
    lists = []
    for column in range(min(4, found.entries.shape[1])):
        entry = found.entries[slot, column]
        place = coarse.places[entry]
        dy = (place // above.across - target // above.across) * 2
        dx = (place % above.across - target % above.across) * 2
        moved = book.windows.shifted(book.targets, dy, dx)
        lists.append(torch.where(entry >= coarse.slots.numel(), book.own, moved))
    entries = torch.stack(lists, dim=1)
    usable = book.usable[entries]
    entries = torch.where(usable, entries, _nearest_usable(book)[:, None])
    energies = torch.arange(entries.shape[1]).expand(entries.shape).float()
    shortlist = Shortlist(entries, energies)
    return Handed(shortlist, copied(book, shortlist, level, level.clean))


def _nearest_usable(book: Dictionary) -> Tensor:
    """(T,) usable entries spread over the dictionary, one a target: a start where none is given."""
    count = book.targets.numel()
    return book.allowed[torch.linspace(0, book.allowed.numel() - 1, count).long()]


def _parent_slots(coarse: Dictionary, book: Dictionary) -> Tensor:
    """(T,) slots of the coarse targets whose windows' centres are nearest."""
    shape, above = book.windows, coarse.windows
    to_centre = (shape.patch - 1) / 2
    back = (above.patch - 1) / 2
    y = ((book.targets // shape.across + to_centre) / 2 - 0.25 - back).round().long()
    x = ((book.targets % shape.across + to_centre) / 2 - 0.25 - back).round().long()
    place = y.clamp(0, above.down - 1) * above.across + x.clamp(0, above.across - 1)
    slot = coarse.slots[place]
    for reach in (1, 2, 3):
        for dy in (-reach, 0, reach):
            for dx in (-reach, 0, reach):
                other = coarse.slots[above.shifted(place, dy, dx)]
                slot = torch.where(slot >= 0, slot, other)
    return slot.clamp(min=0)


def seam_membrane(level: Level, found: Estimate) -> Tensor:
    """Known − estimate on the ring around the masked region, extended harmonically: (h, w, C)."""
    touched = level.mask > 0
    ring = found.covered & ~touched
    if not bool(ring.any()):
        return torch.zeros_like(level.clean)
    gap = torch.where(ring[..., None], level.clean - found.picture, 0.0).clamp(-CLAMP, CLAMP)
    return torch.where(touched[..., None], filled(gap, ~touched), 0.0)
