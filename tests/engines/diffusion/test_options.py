"""Schedulers, number formats, memory formats, devices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.diffusion.conftest import (
    BuildModel,
    LoadEngine,
    disc,
    everywhere,
    finish,
    job,
    picture,
    with_settings,
)
from fakes.families import BY_KEY
from sfumato_server.engines.diffusion import device, schedulers
from sfumato_server.engines.diffusion.description import describe
from sfumato_server.engines.diffusion.settings import Settings

NAMES = [("sd-4", name) for name in schedulers.names(BY_KEY["sd"])]
NAMES += [("flux", name) for name in schedulers.names(BY_KEY["flux"])]


@pytest.mark.parametrize(("model", "name"), NAMES)
def test_every_scheduler_makes_pictures_and_keeps_what_is_masked(
    model: str, name: str, model_folder: BuildModel, tmp_path: Path
) -> None:
    engine = with_settings(tmp_path, model_folder(model), scheduler=name)
    wanted = job(disc(), 0.5, steps=8)
    steps, result = finish(engine, wanted)
    assert len(steps) >= 4
    np.testing.assert_array_equal(result, picture(engine, wanted))
    # Held throughout: the original through the VAE, whatever the steps did.
    less, more = (picture(engine, job(everywhere(0.01), each, steps=8)) for each in (0.5, 0.9))
    np.testing.assert_array_equal(less, more)


def test_schedulers_differ(model_folder: BuildModel, tmp_path: Path) -> None:
    made = [
        picture(with_settings(tmp_path, model_folder("sd-4"), scheduler=name), job(disc(), 0.8))
        for name in ("ddim", "dpm++ 2m")
    ]
    assert np.abs(made[0] - made[1]).max() > 1e-3


def test_guidance_and_negative_prompt_have_an_effect(load_engine: LoadEngine) -> None:
    engine = load_engine("sd-9")
    base = picture(engine, job(disc(), guidance=5.0))
    assert np.abs(base - picture(engine, job(disc(), guidance=9.0))).max() > 1e-4
    negative = job(disc(), guidance=5.0, negative_prompt="moss")
    assert np.abs(base - picture(engine, negative)).max() > 1e-5


def test_settings_give_steps_and_guidance_where_the_pass_has_none(
    model_folder: BuildModel, load_engine: LoadEngine, tmp_path: Path
) -> None:
    engine = with_settings(tmp_path, model_folder("sd-9"), steps=6, guidance=3.0)
    steps, result = finish(engine, job(disc(), steps=0))
    assert len(steps) == 6
    explicit = picture(load_engine("sd-9"), job(disc(), steps=6, guidance=3.0))
    np.testing.assert_array_equal(result, explicit)


def test_half_precision_and_channels_last(model_folder: BuildModel, tmp_path: Path) -> None:
    plain = picture(with_settings(tmp_path, model_folder("sd-4")), job(disc(), 0.4))
    last = with_settings(tmp_path, model_folder("sd-4"), channels_last=True)
    np.testing.assert_allclose(picture(last, job(disc(), 0.4)), plain, atol=1e-3)
    half = with_settings(tmp_path, model_folder("sd-4"), precision="bf16")
    result = picture(half, job(disc(), 0.4))
    assert np.isfinite(result).all()
    assert half.loaded.pipe.unet.dtype.itemsize == 2


def test_compiled_models_get_few_sizes(model_folder: BuildModel, tmp_path: Path) -> None:
    for line, multiple in (("", 16), ("compile = true", 64)):
        file = tmp_path / "flux.toml"
        file.write_text(f'model = "{model_folder("flux")}"\n{line}\n')
        assert describe(file).traits("flux").multiple == multiple


def test_the_device_is_chosen_with_a_reason(load_engine: LoadEngine) -> None:
    assert "torch sees no GPU" in load_engine("sd-4").loaded.placement.reason
    assert "float32" in load_engine("sd-4").loaded.placement.reason
    assert device.describe().startswith("models run on cpu")


@pytest.mark.parametrize(("free_gb", "offload"), [(24, "never"), (4, "model"), (1.5, "sequential")])
def test_offload_is_for_small_cards(
    free_gb: float, offload: str, monkeypatch: pytest.MonkeyPatch, model_folder: BuildModel
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (free_gb * 2**30, 2**40))
    model = replace(describe(model_folder("sdxl-4")), weight_bytes=13 * 10**9)
    placement = device.place(model)
    assert (placement.device, placement.dtype) == ("cuda", "float16")
    assert placement.offload == offload
    assert "GPU is here" in placement.reason
    flux = replace(model, family=BY_KEY["flux"])
    assert device.place(flux).dtype == "bfloat16"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert device.place(flux).dtype == "float16"
    forced = replace(model, settings=Settings(precision="fp32", offload="model"))
    assert (device.place(forced).dtype, device.place(forced).offload) == ("float32", "model")
