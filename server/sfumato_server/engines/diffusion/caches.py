"""What is computed once and used again: prompt embeddings and encoded pictures.

Pictures are found again by their content, compared px by px; the VAE's most likely latents are
taken rather than a sample, so a picture has one encoding. Between the passes of a ladder latents
are carried: cells whose px are those of the pass before (its picture as sent, or as decoded) keep
the latents they had, and only what changed is encoded anew; if nothing did, nothing is. Each window
of a divided crop has pictures of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import torch
from torch.nn.functional import max_pool2d

SAME = 1.05 / 255  # in -1..1: px that differ by less were only rounded to 8 bits
_KEPT = 4  # pictures kept: of this pass and the one before, as sent and as decoded
_VIEWS = 16  # windows of the crop that are remembered, the last ones
_PROMPTS = 16

Pairs = list[tuple[Any, Any]]  # (pixels, latents), newest last


class PromptCache:
    """Remembers what `pipe.encode_prompt` gave for the same arguments."""

    def __init__(self, pipe: Any) -> None:
        self._encode = pipe.encode_prompt
        self._known: dict[str, Any] = {}
        pipe.encode_prompt = self._remembered

    def clear(self) -> None:
        """When the text encoder changes."""
        self._known.clear()

    def _remembered(self, *positional: Any, **named: Any) -> Any:
        key = repr((positional, sorted(named.items())))
        if key not in self._known:
            if len(self._known) >= _PROMPTS:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._encode(*positional, **named)
        return self._known[key]


class LatentCache:
    """Stands in for a VAE's `encode`, and notes what it decodes."""

    def __init__(self, vae: Any) -> None:
        self._encode, self._decode = vae.encode, vae.decode
        self.clear()
        self._masking = ""  # within `prepare_mask_latents`: "used" or "unused"
        vae.encode, vae.decode = self._encoded, self._decoded

    def clear(self) -> None:
        """At the start of a job: what it gives must not depend on the jobs before it."""
        self._views: dict[tuple[int, ...], tuple[Pairs, Pairs]] = {}
        self.look_at(())

    def look_at(self, view: tuple[int, ...]) -> None:
        """Go on in that window of the crop: what is known of others is of other pictures."""
        self._pictures, self._masked = known = self._views.pop(view, ([], []))
        self._views[view] = known
        while len(self._views) > _VIEWS:
            del self._views[next(iter(self._views))]

    @contextmanager
    def watching(self, pipe: Any, masked_is_used: bool) -> Iterator[None]:
        """Tell pictures from masked pictures, which `pipe` encodes even for models that do not
        take them in; those are not encoded at all, and none of the others is carried."""
        prepare = getattr(pipe, "prepare_mask_latents", None)
        if prepare is None:
            yield
            return

        def prepared(*positional: Any, **named: Any) -> Any:
            self._masking = "used" if masked_is_used else "unused"
            try:
                return prepare(*positional, **named)
            finally:
                self._masking = ""

        pipe.prepare_mask_latents = prepared
        try:
            yield
        finally:
            del pipe.prepare_mask_latents

    def _encoded(self, pixels: Any, *_: Any, **__: Any) -> Any:
        if self._masking == "unused" and self._pictures:
            return _fixed(self._pictures[-1][1])
        kept = self._masked if self._masking else self._pictures
        for known, latents in kept:
            if known.shape == pixels.shape and bool((known == pixels).all()):
                return _fixed(latents)
        latents = self._fresh(pixels) if self._masking else self._carried(pixels)
        _keep(kept, pixels, latents)
        return _fixed(latents)

    def _fresh(self, pixels: Any) -> Any:
        return self._encode(pixels).latent_dist.mode()

    def _carried(self, pixels: Any) -> Any:
        """The latents of `pixels`, from pictures that it partly is, encoded where it is none."""
        result: Any = None
        missing: Any = None
        for known, latents in reversed(self._pictures):
            if known.shape != pixels.shape:
                continue
            same = _cells_alike(known, pixels, latents)
            result = latents if result is None else torch.where(missing & same, latents, result)
            missing = ~same if missing is None else missing & ~same
        if missing is None:
            return self._fresh(pixels)
        return torch.where(missing, self._fresh(pixels), result) if missing.any() else result

    def _decoded(self, latents: Any, *positional: Any, **named: Any) -> Any:
        answer = self._decode(latents, *positional, **named)
        pixels = answer[0] if isinstance(answer, tuple) else answer.sample
        _keep(self._pictures, pixels.clamp(-1, 1), latents)
        return answer


def _cells_alike(first: Any, second: Any, latents: Any) -> Any:
    """(1, 1[, 1], h, w) bool: cells whose px differ nowhere by `SAME`."""
    apart = (first - second).abs().amax(dim=1, keepdim=True).float()
    if apart.ndim == 5:
        apart = apart[:, :, 0]
    cell = apart.shape[-1] // latents.shape[-1]
    alike = max_pool2d(apart, cell) < SAME
    return alike[:, :, None] if latents.ndim == 5 else alike


def _fixed(latents: Any) -> Any:
    """An encoder's output whose every sample is its mode."""
    once = SimpleNamespace(sample=lambda *_, **__: latents, mode=lambda: latents)
    return SimpleNamespace(latent_dist=once)


def _keep(kept: Pairs, pixels: Any, latents: Any) -> None:
    kept.append((pixels, latents))
    del kept[:-_KEPT]
