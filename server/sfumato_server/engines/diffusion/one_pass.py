"""One pass with a loaded pipeline: a stock call, with the mask's rule and the caches around it."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np
import torch

from ...imaging.smooth_fill import membrane
from ..base import DenoiseJob, EngineError, Float, Step
from .caches import LatentCache
from .description import Model
from .plan import Plan, plan
from .preview import Preview, heading_for
from .soft_mask import SoftMask, cell_means, widened
from .threaded_steps import Report

PREVIEW_SECONDS = 0.2
_SECOND_STREAM = 0x5F3759DF


class Pass:
    """Plans on construction, which raises `EngineError` for what cannot be; `run` does it."""

    def __init__(self, pipe: Any, model: Model, cache: LatentCache | None, job: DenoiseJob) -> None:
        self._pipe, self._model, self._cache, self._job = pipe, model, cache, job
        family, settings = model.family, model.settings
        height, width = job.mask.shape
        steps = job.steps or settings.steps or family.steps
        is_native = settings.strength == "native"
        self.plan: Plan = plan(pipe, family, (width, height), job.strength, steps, is_native)
        self._cells = cell_means(job.mask, family.cell)
        self._seen = job.image
        if job.strength == 1 and not family.sees_content:
            # The VAE looks some px around each cell: not even so may old content reach the result.
            self._seen = membrane(job.image, job.mask >= 1)
        self._shown_at = 0.0

    def run(self, report: Report) -> Float:
        """All that was decoded, (H, W, 3) float32 0..1."""
        soft = SoftMask(self._pipe, self._model.family, self._cells)
        with contextlib.ExitStack() as around:
            if soft.is_needed or self._cache is not None:
                around.enter_context(soft.watching())
            if self._cache is not None:
                around.enter_context(self._cache.watching(self._pipe, self._model.shows_masked))
            call = {**self._arguments(), "callback_on_step_end": self._callback(soft, report)}
            # Some schedulers draw from torch's own generator: not the stream of the first noise.
            torch.manual_seed(self._job.seed ^ _SECOND_STREAM)
            picture: Float = self._pipe(**call).images[0]
        if not np.isfinite(picture).all():
            raise _not_a_number(self._model)
        return picture

    def _arguments(self) -> dict[str, Any]:
        job, family, settings = self._job, self._model.family, self._model.settings
        height, width = job.mask.shape
        guidance = next(
            (one for one in (job.guidance, settings.guidance) if one >= 0), family.guidance
        )
        mask = widened(self._cells, family.cell)
        arguments: dict[str, Any] = {
            "prompt": job.prompt,
            "image": torch.from_numpy(np.ascontiguousarray(self._seen)).permute(2, 0, 1)[None],
            "mask_image": torch.from_numpy(mask)[None, None],
            "strength": self.plan.strength,
            "num_inference_steps": self.plan.full,
            family.guidance_as: guidance,
            "generator": torch.Generator("cpu").manual_seed(job.seed),
            "output_type": "np",
            "height": height,
            "width": width,
        }
        if family.negative:
            # An empty negative prompt counts as none for guidance that needs one: a space is one.
            empty = " " if family.guidance_as == "true_cfg_scale" else ""
            arguments["negative_prompt"] = job.negative_prompt or empty
        if family.resizes:
            arguments |= {"_auto_resize": False, "max_area": height * width}
        return arguments

    def _callback(self, soft: SoftMask, report: Report) -> Any:
        before: list[Any] = []
        preview: list[Preview] = []

        def stepped(pipe: Any, step: int, _: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            total = pipe.num_timesteps
            now = time.monotonic()
            latents = soft.after(step, total, tensors["latents"])
            shown = None
            if soft.original is not None and now - self._shown_at >= PREVIEW_SECONDS:
                self._shown_at = now
                if not preview:
                    preview.append(Preview(self._model.family, soft.original, self._seen))
                last = before[0] if before else soft.first
                shown = preview[0].picture(heading_for(pipe.scheduler, last, tensors["latents"]))
                if not np.isfinite(shown).all():
                    raise _not_a_number(self._model)
            before[:] = [latents]
            report(Step(step + 1, total, shown))
            return {"latents": latents}

        return stepped


def _not_a_number(model: Model) -> EngineError:
    return EngineError(
        f"{model.path}: the model computed something that is no number (NaN). Half precision is "
        'too narrow for it: write precision = "fp32" (or "bf16") into its settings.'
    )
