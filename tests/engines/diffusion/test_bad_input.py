"""What cannot be is refused before anything slow: what was got, and what to do."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.diffusion.conftest import (
    SIDE,
    BuildModel,
    LoadEngine,
    disc,
    everywhere,
    job,
    picture,
)
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.diffusion.description import describe
from sfumato_server.engines.diffusion.engine import DiffusersEngine


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no model_index\.json"):
        describe(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("in_channels", None), ("sample_size", 0), ("sample_size", 2048), ("sample_size", [64, 64])],
)
def test_a_number_that_cannot_be_is_named(
    tmp_path: Path, model_folder: BuildModel, key: str, value: object
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(model_folder("sd-9"), broken)
    config = broken / "unet" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), key: value}))
    with pytest.raises(EngineError, match=rf"config\.json: {key} is .*; expected a whole number"):
        describe(broken)


def test_nothing_there_is_no_name_on_a_hub(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="There is no model at"):
        describe(tmp_path / "stabilityai" / "sdxl")


def test_loading_asks_nobody(model_folder: BuildModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("sd-9", "flux"):
        DiffusersEngine.of(str(model_folder(name)))().load()


def test_a_text_to_video_model(tmp_path: Path) -> None:
    index = {"_class_name": "TextToVideoSDPipeline", "unet": ["diffusers", "UNet3DConditionModel"]}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(EngineError, match=r"TextToVideoSDPipeline, which cannot inpaint"):
        describe(tmp_path)


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin"])
def test_a_pickle_is_refused_unopened(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"model{suffix}"
    file.write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(EngineError, match="can run any program"):
        describe(file)


def test_pickled_weights_in_a_folder(model_folder: BuildModel, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    weights = next((folder / "unet").glob("*.safetensors"))
    weights.rename(folder / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(EngineError, match="can run any program"):
        describe(folder)


def test_a_pickle_in_a_part_that_is_not_loaded_is_no_matter(
    model_folder: BuildModel, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "pytorch_model.bin").write_bytes(b"never opened")
    DiffusersEngine.of(str(folder))().load()


def test_parts_that_are_not_loaded_may_be_missing(model_folder: BuildModel, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    index["image_encoder"] = ["transformers", "CLIPVisionModelWithProjection"]
    (folder / "model_index.json").write_text(json.dumps(index))
    DiffusersEngine.of(str(folder))().load()


def test_weights_cut_short(model_folder: BuildModel, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    weights = next((folder / "unet").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(EngineError, match=r"cut short.*Download it again"):
        describe(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"short", struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 4) + b"[1] ", b"\xff" * 64],
)
def test_no_safetensors_at_all(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(EngineError, match="no safetensors file"):
        describe(file)


def test_a_single_file_of_an_unknown_kind(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"double_blocks.0.weight": np.zeros(3, np.float32)}, tmp_path / "a.safetensors")
    with pytest.raises(EngineError, match="cannot tell what it is"):
        describe(tmp_path / "a.safetensors")
    save_file({"lora_unet_x.lora_up.weight": np.zeros(3, np.float32)}, tmp_path / "b.safetensors")
    with pytest.raises(EngineError, match="is a LoRA, no model"):
        describe(tmp_path / "b.safetensors")


@pytest.mark.parametrize("part", ["vae", "tokenizer"])
def test_a_folder_that_lacks_a_part(model_folder: BuildModel, tmp_path: Path, part: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    shutil.rmtree(folder / part)
    with pytest.raises(EngineError, match=f"is not whole: it has no folder {part}"):
        describe(folder)


def test_a_part_that_does_not_fit_is_told_at_loading(
    model_folder: BuildModel, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder("sd-4"), folder)
    (folder / "vae" / "config.json").unlink()
    engine = DiffusersEngine.of(str(folder))()
    with pytest.raises(EngineError, match="cannot be loaded as Stable Diffusion"):
        engine.load()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("model = 3", "names no model"),
        ("= = =", "cannot be read as TOML"),
        ('model = "MODEL"\nshceduler = "euler"', '"shceduler" is no setting'),
        ('model = "MODEL"\nsteps = "many"', "wrong kind"),
        ('model = "MODEL"\nsteps = true', "wrong kind"),
        ('model = "MODEL"\nprecision = "fp8"', "expected one of auto, fp32"),
        ('model = "MODEL"\n[[lora]]\nweight = 1', r"\[\[lora\]\] has a file"),
        ('model = "MODEL"\n[[lora]]\nfile = "a"\nweight = "b"', "expected a number"),
        ('model = "nowhere"', "There is no model at"),
        ('model = "MODEL"\nscheduler = "quick"', 'no scheduler "quick".*there are dpm'),
        ('model = "MODEL"\nsteps = 10000', "steps = 10000; expected 0 to 150"),
        ('model = "MODEL"\nsteps = -1', "expected 0 to 150"),
        ('model = "MODEL"\nguidance = nan', "guidance = nan; expected -1 to 50"),
        ('model = "MODEL"\ndevice = "banana"', "expected auto, cpu, cuda"),
        ('model = "MODEL"\nconfig = 3', "expected a folder"),
        ('model = "MODEL"\nlora = 3', r"expected \[\[lora\]\]"),
        ('model = "MODEL"\n[[lora]]\nfile = "a"\nweight = nan', "number from -10 to 10"),
        ('model = "MODEL"\n[[lora]]\nfile = "no.safetensors"', "no.safetensors: cannot be read"),
    ],
)
def test_settings(model_folder: BuildModel, tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(line.replace("MODEL", str(model_folder("sd-4"))))
    with pytest.raises(EngineError, match=said):
        describe(file)


def test_a_configuration_that_is_not_there(model_folder: BuildModel, tmp_path: Path) -> None:
    from diffusers import DiffusionPipeline

    from fakes import single_file

    pipeline = DiffusionPipeline.from_pretrained(model_folder("sd-4"))
    single_file.write(pipeline, tmp_path / "a.safetensors")
    file = tmp_path / "mine.toml"
    file.write_text('model = "a.safetensors"\nconfig = "nowhere"\n')
    with pytest.raises(EngineError, match=r"nowhere: no model_index\.json"):
        describe(file)


def test_loading_a_model_prints_nothing(model_folder: BuildModel) -> None:
    """A server's terminal is for what its user can act on."""
    code = (
        "from sfumato_server.engines.diffusion.engine import DiffusersEngine;"
        f"DiffusersEngine.of({str(model_folder('sd-4'))!r})().load()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_device_that_is_not_there_is_told_at_loading(
    model_folder: BuildModel, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'model = "{model_folder("sd-4")}"\ndevice = "cuda:7"\n')
    engine = DiffusersEngine.of(str(file))()
    with pytest.raises(EngineError, match='ask for the device "cuda:7"'):
        engine.load()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": 10_000}, "Got 10000 steps; expected 1 to 150"),
        ({"steps": -1}, "Got -1 steps"),
        ({"strength": 0.0}, "Got strength 0"),
        ({"strength": 1.5}, "Got strength 1.5"),
        ({"prompt": "a" * 10_000}, "prompt of 10000 characters"),
        ({"negative_prompt": "a" * 10_000}, "prompt of 10000 characters"),
    ],
)
def test_passes_that_cannot_be(load_engine: LoadEngine, changes: dict[str, Any], said: str) -> None:
    engine = load_engine("sd-9")
    with pytest.raises(EngineError, match=said):
        picture(engine, replace(job(disc(), 0.6), **changes))
    picture(engine, job(disc(), 0.6))


def test_one_px_of_selection_is_a_small_change(load_engine: LoadEngine) -> None:
    mask = everywhere(0)
    mask[40, 24] = 1
    engine = load_engine("sd-4")
    result, held = (picture(engine, job(one, steps=80)) for one in (mask, everywhere(0.001)))
    assert 0 < np.abs(result - held).mean() < 0.1
    assert result.shape == (SIDE, SIDE, 3)
