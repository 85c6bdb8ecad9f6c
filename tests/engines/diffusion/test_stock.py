"""Where nothing is held, a pass is the stock pipeline's call, bit for bit."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.diffusion.conftest import (
    SIDE,
    BuildModel,
    everywhere,
    job,
    picture,
    texture,
    with_settings,
)
from fakes import tiny_models
from sfumato_server.engines.base import Float
from sfumato_server.engines.diffusion.families import BY_CLASS

PROMPT = "a plaster wall"
EXTRA: dict[str, dict[str, Any]] = {
    "sd-9": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "sd-4": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "sd-v": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "sdxl-4": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "sdxl-9": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "sd3": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "flux": {"guidance_scale": 5.0},
    "flux-fill": {"guidance_scale": 5.0},
    "flux-kontext": {"guidance_scale": 5.0, "_auto_resize": False, "max_area": SIDE * SIDE},
    "flux2-klein": {"guidance_scale": 5.0},
    "chroma": {"guidance_scale": 5.0, "negative_prompt": "blur"},
    "qwen-image": {"true_cfg_scale": 5.0, "negative_prompt": "blur"},
    "z-image": {"guidance_scale": 5.0, "negative_prompt": "blur"},
}


def stock(folder: Path, name: str, strength: float, steps: int) -> Float:
    """What diffusers itself makes of it."""
    import diffusers
    import torch

    index = diffusers.DiffusionPipeline.load_config(folder)
    kind = getattr(diffusers, index["_class_name"])
    left_out = {"text_encoder_3": None, "tokenizer_3": None} if name == "sd3" else {}
    if name == "sd3":
        left_out |= {"image_encoder": None, "feature_extractor": None}
    pipe = kind.from_pretrained(folder, **left_out)
    pipe.set_progress_bar_config(disable=True)
    if name == "chroma":  # as diffusers is, its own call fails without
        pipe.transformer.register_to_config(guidance_embeds=False)
    made = pipe(
        prompt=PROMPT,
        image=torch.from_numpy(texture()).permute(2, 0, 1)[None],
        mask_image=torch.ones(1, 1, SIDE, SIDE),
        height=SIDE,
        width=SIDE,
        strength=strength,
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(7),
        output_type="np",
        **EXTRA[name],
    )
    found: Float = made.images[0]
    return found


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("name", list(tiny_models.FAMILIES))
def test_a_full_mask_is_the_stock_call_bit_for_bit(
    name: str, strength: float, model_folder: BuildModel, tmp_path: Path
) -> None:
    folder = model_folder(name)
    engine = with_settings(tmp_path, folder, posterior="sample", strength="native")
    negative = EXTRA[name].get("negative_prompt", "")
    wanted = job(everywhere(), strength, steps=8, guidance=5.0, negative_prompt=negative)
    np.testing.assert_array_equal(picture(engine, wanted), stock(folder, name, strength, 8))


@pytest.mark.parametrize("name", list(tiny_models.FAMILIES))
def test_with_the_most_likely_encoding_too(
    name: str, model_folder: BuildModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution as Posterior

    folder = model_folder(name)
    engine = with_settings(tmp_path, folder, strength="native")
    negative = EXTRA[name].get("negative_prompt", "")
    wanted = job(everywhere(), 0.6, steps=8, guidance=5.0, negative_prompt=negative)
    ours = picture(engine, wanted)
    monkeypatch.setattr(Posterior, "sample", lambda self, *_, **__: self.mode())
    np.testing.assert_array_equal(ours, stock(folder, name, 0.6, 8))


def test_every_family_has_a_tiny_model(model_folder: BuildModel) -> None:
    from sfumato_server.engines.diffusion.description import describe

    tested = {describe(model_folder(name)).family.key for name in tiny_models.FAMILIES}
    assert tested == {family.key for family in BY_CLASS.values()}


def test_every_family_is_in_the_installed_diffusers() -> None:
    import diffusers

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        missing = [name for name in BY_CLASS if not hasattr(diffusers, name)]
    assert not missing
