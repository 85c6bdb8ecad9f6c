"""Models that come as one .safetensors file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.diffusion.conftest import BuildModel, LoadEngine, disc, job, picture, with_settings
from fakes import single_file
from sfumato_server.engines.diffusion.configurations.unfold import unfolded


@pytest.mark.parametrize("name", ["sd-4", "sd-9", "sdxl-4", "sdxl-9"])
def test_a_single_file_is_the_folder(
    name: str, model_folder: BuildModel, load_engine: LoadEngine, tmp_path: Path
) -> None:
    from diffusers import DiffusionPipeline

    folder = model_folder(name)
    file = tmp_path / "shared model.safetensors"
    single_file.write(DiffusionPipeline.from_pretrained(folder), file)
    engine = with_settings(tmp_path, file, config=str(folder))
    assert engine.model.family is load_engine(name).model.family
    assert engine.model.channels == int(name[-1])
    wanted = job(disc(), 0.6)
    made, expected = picture(engine, wanted), picture(load_engine(name), wanted)
    np.testing.assert_allclose(made, expected, atol=1e-4)  # products round by memory layout


@pytest.mark.parametrize(
    ("family", "unet_weights", "second_text_weights"),
    [("sd", 859_520_964, None), ("sdxl", 2_567_463_684, 694_659_840)],
)
def test_the_configuration_that_comes_with_us_builds_the_family(
    family: str, unet_weights: int, second_text_weights: int | None
) -> None:
    """The numbers of weights are those of the published models."""
    import diffusers
    import torch
    from transformers import (
        CLIPTextConfig,
        CLIPTextModel,
        CLIPTextModelWithProjection,
        CLIPTokenizer,
    )

    def size(model: Any) -> int:
        return sum(parameter.numel() for parameter in model.parameters())

    with unfolded(family, 4) as folder, torch.device("meta"):
        kinds = {"unet": diffusers.UNet2DConditionModel, "vae": diffusers.AutoencoderKL}
        made = {
            part: kind.from_config(kind.load_config(folder / part)) for part, kind in kinds.items()
        }
        first = CLIPTextModel(CLIPTextConfig.from_pretrained(folder / "text_encoder"))
        if second_text_weights is not None:
            config = CLIPTextConfig.from_pretrained(folder / "text_encoder_2")
            assert size(CLIPTextModelWithProjection(config)) == second_text_weights
        tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    assert not folder.exists()
    assert size(made["unet"]) == unet_weights
    assert size(made["vae"]) == 83_653_863
    assert size(first) == 123_060_480
    # as every CLIP numbers it
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(tokenizer) == 49408


def test_the_channels_are_the_files() -> None:
    with unfolded("sd", 9) as folder:
        config = json.loads((folder / "unet" / "config.json").read_text())
    assert config["in_channels"] == 9
