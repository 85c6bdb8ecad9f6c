"""The engine for models that diffusers can run; one class for each model on disk."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from ..base import DenoiseJob, Denoising, EngineError, EngineTraits, Float, Step
from . import loading
from .caches import PictureMemo, PromptMemo
from .description import Model, describe
from .device import empty_caches, is_out_of_memory, place
from .lora import Loras, asked_for
from .naming import name_of
from .one_pass import Pass
from .threaded_steps import steps_of

LONGEST_PROMPT = 4000
LORA_FOLDER = "loras"


class DiffusersEngine:
    """See `engines.base.Engine`. Make a class for a model with `of`; it has `traits` and `model`.

    reason: where the model was placed and why, once loaded.
    """

    traits: EngineTraits
    model: Model
    folder: Path
    reason = ""

    @classmethod
    def of(cls, where: str) -> type[DiffusersEngine]:
        """The engine of the model at `where`: "path" or "name=path". Raises `EngineError`."""
        name, equals, path = where.partition("=")
        if not equals or "/" in name or "\\" in name:  # a path may hold an equals sign, a name not
            name, path = "", where
        found = Path(path).expanduser().absolute()
        model = describe(found)
        traits = model.traits(name or name_of(found))
        return type(
            cls.__name__, (cls,), {"traits": traits, "model": model, "folder": found.parent}
        )

    def __init__(self) -> None:
        self._pipe: Any = None
        self._prompts: PromptMemo | None = None
        self._pictures: PictureMemo | None = None
        self._loras: Loras | None = None

    def load(self) -> None:
        """Import diffusers, read the weights and put them where they run. Raises `EngineError`."""
        placement = place(self.model)
        self.reason = placement.reason
        self._pipe = loading.load(self.model, placement)
        self._prompts = PromptMemo(self._pipe)
        if self.model.settings.posterior == "mode":
            self._pictures = PictureMemo(self._pipe.vae)
        self._loras = Loras(self._pipe)
        self._loras.put_on(self.model.settings.loras)

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return (H, W, 3) float32 0..1; pixels with mask 0 exactly the input.

        Sides must be multiples of 16. Raises `EngineError`; the engine can be used on after it.
        """
        if len(job.prompt) > LONGEST_PROMPT or len(job.negative_prompt) > LONGEST_PROMPT:
            longest = max(len(job.prompt), len(job.negative_prompt))
            raise EngineError(
                f"Got a prompt of {longest} characters; models read the first 300 to 2000. "
                f"Shorten it to {LONGEST_PROMPT} at most."
            )
        if not job.mask.any():
            yield Step(1, 1)
            return job.image.copy()
        if self._pictures is not None and not job.continues:
            self._pictures.forget()
        job = self._with_loras(job)
        return (yield from self._with_less_memory(job))

    def close(self) -> None:
        """Free the model."""
        self._pipe = self._prompts = self._pictures = self._loras = None
        empty_caches()

    def _with_loras(self, job: DenoiseJob) -> DenoiseJob:
        from dataclasses import replace

        assert self._loras is not None
        assert self._prompts is not None
        prompt, wanted = asked_for(job.prompt, self.folder / LORA_FOLDER)
        if self._loras.put_on(self.model.settings.loras + wanted):
            self._prompts.forget()
        return replace(job, prompt=prompt)

    def _with_less_memory(self, job: DenoiseJob) -> Denoising:
        """Run a pass; once more with smaller pieces if memory ran out."""
        one = Pass(self._pipe, self.model, self._pictures, job)
        picture = yield from self._in_memory(one)
        if picture is None:
            self._pipe.vae.enable_tiling()
            if hasattr(self._pipe, "enable_attention_slicing"):
                self._pipe.enable_attention_slicing()
            picture = yield from self._in_memory(one)
        if picture is None:
            height, width = job.mask.shape
            raise EngineError(
                f"{self.model.path}: {width}x{height} px need more memory than there is, even in "
                'small pieces. Select a smaller region, or write offload = "model" into its '
                "settings."
            )
        return picture

    def _in_memory(self, one: Pass) -> Generator[Step, None, Float | None]:
        """Run a pass; None, and all freed that can be, if memory ran out."""
        try:
            return (yield from steps_of(one.run))
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        self._free()
        return None

    def _free(self) -> None:
        if self._pictures is not None:
            self._pictures.forget()
        self._pipe.maybe_free_model_hooks()
        empty_caches()
