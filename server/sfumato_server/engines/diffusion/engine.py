"""The engine for models that diffusers can run; one class for each model on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..base import DenoiseJob, Denoising, EngineError, EngineTraits
from .description import Model, describe
from .naming import name_of

if TYPE_CHECKING:
    from .loaded import LoadedModel


class DiffusersEngine:
    """See `engines.base.Engine`. Make a class for a model with `of`; it has `traits` and `model`.

    loaded: the model, from `load` to `close`.
    """

    traits: EngineTraits
    model: Model
    folder: Path
    loaded: LoadedModel

    @classmethod
    def of(cls, where: str) -> type[DiffusersEngine]:
        """The engine of the model at `where`: "path" or "name=path". Raises `EngineError`."""
        name, equals, path = where.partition("=")
        if not equals or "/" in name or "\\" in name:  # a path may hold an equals sign, a name not
            name, path = "", where
        try:
            found = Path(path).expanduser().absolute()
        except RuntimeError as error:  # there is no such user
            raise EngineError(f"{path} leads nowhere: {error} Write the whole path.") from error
        model = describe(found)
        traits = model.traits(name or name_of(found))
        own = {"traits": traits, "model": model, "folder": found.parent}
        return type(cls.__name__, (cls,), own)

    def load(self) -> None:
        """Import diffusers, read the weights and put them where they run. Raises `EngineError`."""
        os.environ["HF_HUB_OFFLINE"] = "1"  # a wrong path is not to be looked up there
        from .loaded import LoadedModel

        self.loaded = LoadedModel(self.model, self.folder)

    def denoise(self, job: DenoiseJob) -> Denoising:
        """Yield each step, return all that was decoded, (H, W, 3) float32 0..1.

        Where the mask is 0 that is the input, once through the VAE. Sides must be multiples of 16.
        Raises `EngineError`; the engine can be used on after it.
        """
        return self.loaded.denoise(job)

    def close(self) -> None:
        """Free the model."""
        if hasattr(self, "loaded"):
            self.loaded.close()
            del self.loaded
