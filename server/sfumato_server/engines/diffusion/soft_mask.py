"""The soft mask's rule, the same for every family.

Step i of n starts at progress τ = i/n of this run. A cell of the mask with value D takes part in
the step when τ ≥ 1 − D, that is in the last ⌊D·n⌋ steps; until then it is set, after each step, to
the original at the noise level that the next step starts from, and after the last step to the
original itself (differential diffusion: Levin and Fried, 2023). Cells take the mean of their px.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from ..base import Float
from .families import Family

_SLACK = 1e-6


def cell_means(mask: Float, cell: int) -> Float:
    """The mean of `mask` (H, W) in each cell x cell px: (H/cell, W/cell) float32."""
    height, width = mask.shape
    parts = mask.reshape(height // cell, cell, width // cell, cell)
    return np.asarray(parts.mean(axis=(1, 3)), dtype=np.float32)


def widened(cells: Float, cell: int) -> Float:
    """1 at each px whose cell takes part at all, else 0: what stock pipelines get as their mask."""
    part = (cells > 0).astype(np.float32)
    return np.repeat(np.repeat(part, cell, axis=0), cell, axis=1)


class SoftMask:
    """Holds what is not free yet. cells: the mask, (h, w) float32 0..1.

    After the pipeline's `prepare_latents`: `original` and `noise`, tensors in the loop's layout,
    `first`, the latents that the run starts from.
    """

    def __init__(self, pipe: Any, family: Family, cells: Float) -> None:
        self._pipe, self._family, self._cells = pipe, family, cells
        self.original: Any = None
        self.noise: Any = None
        self.first: Any = None
        self._part: Any = None

    @property
    def is_needed(self) -> bool:
        """Whether any cell is held at any step."""
        return bool((self._cells < 1 - _SLACK).any())

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While inside, the pipeline's original latents and noise are taken note of."""
        pipe, prepare = self._pipe, self._pipe.prepare_latents
        scheduler, scale = self._pipe.scheduler, getattr(self._pipe.scheduler, "scale_noise", None)

        def prepared(*positional: Any, **named: Any) -> Any:
            if "return_noise" not in named:
                answer = prepare(*positional, **named)
                self._note(answer)
                return answer
            asked = named["return_image_latents"]
            answer = prepare(*positional, **{**named, "return_image_latents": True})
            self._note(answer)
            return answer if asked else answer[:-1]

        def scaled(sample: Any, timestep: Any, noise: Any) -> Any:
            if self.original is None:
                self.original, self.noise = self._packed(sample), self._packed(noise)
            assert scale is not None
            return scale(sample, timestep, noise)

        pipe.prepare_latents = prepared
        if self._family.known_at is None:
            scheduler.scale_noise = scaled
        try:
            yield
        finally:
            del pipe.prepare_latents
            if self._family.known_at is None:
                del scheduler.scale_noise

    def after(self, step: int, steps: int, latents: Any) -> Any:
        """The latents that the next step starts from; `step` from 0 is the one just done."""
        if not self.is_needed:
            return latents
        if self._part is None:
            values = torch.from_numpy(self._cells)[None, None]
            self._part = self._packed_mask(values).to(latents.device)
        free = (step / steps >= 1 - self._part - _SLACK) & (self._part > 0)
        return torch.where(free, latents, self._known(step, steps).to(latents.dtype))

    def _known(self, step: int, steps: int) -> Any:
        if step == steps - 1:
            return self.original
        scheduler = self._pipe.scheduler
        following = scheduler.timesteps[len(scheduler.timesteps) - steps + step + 1].reshape(1)
        if hasattr(scheduler, "scale_noise"):
            return scheduler.scale_noise(self.original, following, self.noise)
        return scheduler.add_noise(self.original, self.noise, following)

    def _note(self, answer: tuple[Any, ...]) -> None:
        self.first = answer[0]
        if self._family.known_at is not None:
            at, noise_at = self._family.known_at
            self.original, self.noise = answer[at], answer[noise_at]

    def _packed(self, latents: Any) -> Any:
        """Latents (1, C, h, w) in the loop's layout."""
        if self._family.layout == "grid":
            return latents
        if self._family.layout == "patched":
            return self._pipe._pack_latents(latents)
        count, channels, height, width = latents.shape
        return self._pipe._pack_latents(latents, count, channels, height, width)

    def _packed_mask(self, values: Any) -> Any:
        """The mask (1, 1, h, w) so that it broadcasts against the loop's latents."""
        if self._family.layout != "packed":
            return self._packed(values)
        channels = self.original.shape[-1] // 4
        return self._packed(values.repeat(1, channels, 1, 1))
