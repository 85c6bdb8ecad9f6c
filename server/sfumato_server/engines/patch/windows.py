"""The p × p windows of a picture, as rows: cut out, gathered and folded back.

Pictures here are float32 tensors (H, W, C); a window is named by the flat index y · W' + x of its
top-left corner among the H' × W' = (H − p + 1) × (W − p + 1) positions where it fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Windows:
    """The geometry of p × p windows in an H × W picture. Lengths in px of that picture."""

    height: int
    width: int
    patch: int

    @property
    def down(self) -> int:
        """Positions along a column."""
        return self.height - self.patch + 1

    @property
    def across(self) -> int:
        """Positions along a row."""
        return self.width - self.patch + 1

    def write_rows(self, picture: Tensor, into: Tensor) -> None:
        """Every window of `picture` (H, W, C), px by px, into a row of `into` (H'·W', p·p·C)."""
        p = self.patch
        cut = picture.unfold(0, p, 1).unfold(1, p, 1)  # (H', W', C, p, p)
        shape = (self.down, self.across, p, p, picture.shape[2])
        into.view(shape).copy_(cut.permute(0, 1, 3, 4, 2))

    def all_inside(self, area: Tensor) -> Tensor:
        """(H', W') bool: every pixel of the window lies in `area` (H, W) bool."""
        return self._pooled(~area) == 0

    def any_inside(self, area: Tensor) -> Tensor:
        """(H', W') bool: some pixel of the window lies in `area` (H, W) bool."""
        return self._pooled(area) > 0

    def _pooled(self, area: Tensor) -> Tensor:
        plane = area.float()[None, None]
        pooled: Tensor = torch.nn.functional.max_pool2d(plane, self.patch, 1)
        return pooled[0, 0]

    def pixels(self, positions: Tensor) -> Tensor:
        """Flat pixel indices (T, p·p) of the windows at flat `positions` (T,)."""
        y, x = positions // self.across, positions % self.across
        step = torch.arange(self.patch)
        inside = (step[:, None] * self.width + step[None, :]).reshape(1, -1)
        return (y * self.width + x)[:, None] + inside

    def shifted(self, positions: Tensor, dy: Tensor | int, dx: Tensor | int) -> Tensor:
        """`positions` moved by (dy, dx) px, kept inside the picture."""
        y = (positions // self.across + dy).clamp(0, self.down - 1)
        x = (positions % self.across + dx).clamp(0, self.across - 1)
        return y * self.across + x


def fold(values: Tensor, weights: Tensor, pixels: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Weighted mean of overlapping windows.

    values: (T, p·p, C). weights: (T, p·p). pixels: (T, p·p) flat pixel indices. count: pixels in
    the picture. Returns the mean (count, C), 0 where no window lies, and the weight sum (count,).
    One window position at a time: no two windows then meet in a pixel, so that the sum's order
    and with it every bit is the same on every run.
    """
    total = torch.zeros(count, values.shape[2])
    weight = torch.zeros(count)
    for at in range(pixels.shape[1]):
        index, share = pixels[:, at], weights[:, at]
        total.index_add_(0, index, values[:, at] * share[:, None])
        weight.index_add_(0, index, share)
    return total / weight.clamp(min=1e-12)[:, None], weight
