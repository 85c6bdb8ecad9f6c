"""Latents as colours, by the linear map that fits this picture best.

The picture being painted on is known both as latents and as px. The affine map from a cell's
latents to its mean colour that fits them in least squares (ridge) serves for the latents on the
way: no table for each family, no decoder. Latents on the way are noise for the most part; what they
are heading for is where the last step's straight line meets noise level 0.
"""

from __future__ import annotations

from typing import Any

import torch

from ..base import Float
from .families import Family

_RIDGE = 1e-3


class Preview:
    """Made from the original's latents in the loop's layout and its px, (H, W, 3) 0..1."""

    def __init__(self, family: Family, original: Any, image: Float) -> None:
        self._family = family
        height, width = image.shape[:2]
        self._cells = (height // 8, width // 8)
        if family.layout == "patched":
            self._cells = (height // 16, width // 16)
        pixels = torch.from_numpy(image).permute(2, 0, 1)[None]
        colours = torch.nn.functional.adaptive_avg_pool2d(pixels, self._cells)[0].flatten(1).T
        known = self._columns(original)
        square = known.T @ known
        square += _RIDGE * square.diagonal().mean() * torch.eye(len(square))
        self._map = torch.linalg.solve(square, known.T @ colours)

    def picture(self, latents: Any) -> Float:
        """(h, w, 3) float32 0..1 at the size of the cells."""
        colours = (self._columns(latents) @ self._map).clamp(0, 1)
        shown: Float = colours.reshape(*self._cells, 3).numpy()
        return shown

    def _columns(self, latents: Any) -> Any:
        """A row for each cell: its latents and a 1, on the CPU."""
        rows = self._in_rows(latents.detach().float().cpu())
        return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)

    def _in_rows(self, latents: Any) -> Any:
        height, width = self._cells
        if self._family.layout == "grid":
            return latents[0].flatten(1).T
        if self._family.layout == "patched":
            return latents[0]
        channels = latents.shape[-1] // 4
        parts = latents[0].reshape(height // 2, width // 2, channels, 2, 2)
        return parts.permute(0, 3, 1, 4, 2).reshape(height * width, channels)


def heading_for(scheduler: Any, before: Any, after: Any) -> Any:
    """An estimate of the clean latents from those before and after the step just done.

    With noise levels σ of a scheduler that has them, x = x₀ + σε (or its flow likeness) gives
    x₀ = x' − σ'·(x' − x)/(σ' − σ). Other schedulers' latents are returned as they are.
    """
    sigmas, index = getattr(scheduler, "sigmas", None), getattr(scheduler, "step_index", None)
    if sigmas is None or index is None or before is None or not 0 < index < len(sigmas):
        return after
    level, next_level = float(sigmas[index - 1]), float(sigmas[index])
    if abs(next_level - level) < 1e-6:
        return after
    if getattr(scheduler, "init_noise_sigma", 0) == 1 and not hasattr(scheduler, "scale_noise"):
        # variance preserving: x / √(1 + σ²)
        before = before * (1 + level**2) ** 0.5
        after = after * (1 + next_level**2) ** 0.5
    return after - next_level * (after - before) / (next_level - level)
