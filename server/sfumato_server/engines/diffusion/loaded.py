"""A model that is loaded: its pipeline, what it remembers, the LoRAs that it has on."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from ..base import DenoiseJob, Denoising, EngineError, Float, Step
from . import loading
from .caches import LatentCache, PromptCache
from .description import Model
from .device import empty_caches, is_out_of_memory, place
from .lora import Loras, asked_for
from .one_pass import Pass
from .threaded_steps import steps_of

LONGEST_PROMPT = 4000
LORA_FOLDER = "loras"


class LoadedModel:
    """Reads the weights on construction and puts them where they run, which raises `EngineError`.

    folder: the models folder, with LoRAs in a sub-folder.
    """

    def __init__(self, model: Model, folder: Path) -> None:
        self.model, self._folder = model, folder
        self.placement = place(model)
        self.pipe = loading.load(model, self.placement)
        self.prompts = PromptCache(self.pipe)
        self.latents = LatentCache(self.pipe.vae) if model.settings.posterior == "mode" else None
        self._loras = Loras(self.pipe)
        self._loras.put_on(model.settings.loras)

    def denoise(self, job: DenoiseJob) -> Denoising:
        """As `DiffusersEngine.denoise`."""
        longest = max(len(job.prompt), len(job.negative_prompt))
        if longest > LONGEST_PROMPT:
            raise EngineError(
                f"Got a prompt of {longest} characters; models read the first 300 to 2000. "
                f"Shorten it to {LONGEST_PROMPT} at most."
            )
        if not job.mask.any():
            yield Step(1, 1)
            return job.image.copy()
        if self.latents is not None:
            if not job.continues:
                self.latents.clear()
            self.latents.look_at(job.view)
        return (yield from self._with_less_memory(self._with_loras(job)))

    def _with_loras(self, job: DenoiseJob) -> DenoiseJob:
        prompt, wanted = asked_for(job.prompt, self._folder / LORA_FOLDER)
        if self._loras.put_on(self.model.settings.loras + wanted):
            self.prompts.clear()
        return replace(job, prompt=prompt)

    def _with_less_memory(self, job: DenoiseJob) -> Denoising:
        """Run a pass; once more with smaller pieces if memory ran out."""
        one = Pass(self.pipe, self.model, self.latents, job)
        picture = yield from self._in_memory(one)
        if picture is None:
            self.pipe.vae.enable_tiling()
            if hasattr(self.pipe, "enable_attention_slicing"):
                self.pipe.enable_attention_slicing()
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

    def close(self) -> None:
        """Let go of the model."""
        del self.pipe, self.prompts, self.latents, self._loras
        empty_caches()

    def _free(self) -> None:
        if self.latents is not None:
            self.latents.clear()
        self.pipe.maybe_free_model_hooks()
        empty_caches()
