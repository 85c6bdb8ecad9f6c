"""What the coarsest level starts from: nothing at strength 1, else the old content, cleaned."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ...imaging.smooth_fill import HELD, smooth_fill
from . import schedule
from .denoiser import Noisy, estimate
from .pyramid import Level, filled
from .search import Dictionary


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
