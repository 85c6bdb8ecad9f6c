"""LoRAs: on, off, mixed up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.diffusion.conftest import BuildModel, disc, job, picture
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.diffusion.engine import DiffusersEngine
from sfumato_server.engines.diffusion.lora import asked_for
from sfumato_server.engines.diffusion.settings import Lora

PLACE = ("down_blocks", "1", "attentions", "0", "transformer_blocks", "0", "attn1", "to_q")


def write_lora(file: Path, kohya: bool, width: int = 32, rank: int = 2) -> Path:
    """A LoRA on one layer of the tiny UNet, in diffusers' or kohya's format."""
    import torch
    from safetensors.torch import save_file

    file.parent.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(5)
    down = torch.randn(rank, width, generator=generator)
    up = torch.randn(width, rank, generator=generator)
    if kohya:
        name = "lora_unet_" + "_".join(PLACE)
        tensors = {
            f"{name}.lora_down.weight": down,
            f"{name}.lora_up.weight": up,
            f"{name}.alpha": torch.tensor(float(rank)),
        }
    else:
        name = "unet." + ".".join(PLACE)
        tensors = {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}
    save_file(tensors, file)
    return file


@pytest.fixture(scope="module")
def engine(model_folder: BuildModel, tmp_path_factory: pytest.TempPathFactory) -> DiffusersEngine:
    """An SD engine whose model stands beside a folder of LoRAs."""
    home = tmp_path_factory.mktemp("with-loras")
    (home / "tiny").symlink_to(model_folder("sd-4"))
    write_lora(home / "loras" / "ink.safetensors", kohya=False)
    write_lora(home / "loras" / "kohya.safetensors", kohya=True)
    write_lora(home / "loras" / "other family.safetensors", kohya=False, width=48)
    from safetensors.numpy import save_file

    save_file({"weight": np.zeros(3, np.float32)}, home / "loras" / "none.safetensors")
    loaded = DiffusersEngine.of(str(home / "tiny"))()
    loaded.load()
    return loaded


def painted(engine: DiffusersEngine, prompt: str) -> np.ndarray:
    return picture(engine, job(disc(), 0.8, prompt=prompt))


@pytest.mark.parametrize("name", ["ink", "kohya"])
def test_a_lora_has_an_effect_by_weight_and_leaves_no_trace(
    engine: DiffusersEngine, name: str
) -> None:
    base = painted(engine, "a wall")
    half = painted(engine, f"a wall <lora:{name}:0.5>")
    full = painted(engine, f"a wall <lora:{name}>")
    none = painted(engine, f"a wall <lora:{name}:0>")
    assert 0 < np.abs(half - base).mean() < np.abs(full - base).mean()
    np.testing.assert_allclose(none, base, atol=1e-5)
    np.testing.assert_array_equal(painted(engine, "a wall"), base)


def test_two_formats_of_the_same_lora_are_the_same(engine: DiffusersEngine) -> None:
    np.testing.assert_allclose(
        painted(engine, "<lora:ink:0.7>"), painted(engine, "<lora:kohya:0.7>"), atol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other family", "does not fit StableDiffusion: its parts are of other sizes"),
        ("none", "holds no LoRA"),
        ("missing", 'no LoRA "missing".*ink, kohya'),
        ("../tiny/unet/x", "no LoRA"),
    ],
)
def test_a_lora_that_cannot_be_is_explained_and_the_engine_goes_on(
    engine: DiffusersEngine, name: str, said: str
) -> None:
    base = painted(engine, "a wall")
    with pytest.raises(EngineError, match=said):
        painted(engine, f"a wall <lora:{name}:1>")
    np.testing.assert_array_equal(painted(engine, "a wall"), base)


def test_a_models_settings_put_loras_on(engine: DiffusersEngine) -> None:
    folder = engine.folder
    file = folder / "inked.toml"
    file.write_text('model = "tiny"\n[[lora]]\nfile = "loras/ink.safetensors"\nweight = 0.5\n')
    inked = DiffusersEngine.of(str(file))()
    inked.load()
    np.testing.assert_array_equal(
        painted(inked, "a wall"), painted(engine, "a wall <lora:ink:0.5>")
    )


def test_tags_are_taken_out_of_the_prompt(tmp_path: Path) -> None:
    write_lora(tmp_path / "a b.safetensors", kohya=True)
    prompt, loras = asked_for("a wall, <lora:a b:0.25> wet", tmp_path)
    assert prompt == "a wall,  wet"
    assert [(lora.file.name, lora.weight) for lora in loras] == [("a b.safetensors", 0.25)]
    assert asked_for("plain", tmp_path) == ("plain", ())
    assert asked_for("<LoRA:a b>", tmp_path)[1] == (Lora(tmp_path / "a b.safetensors", 1.0),)


def test_a_lora_may_lie_elsewhere_and_be_linked_but_not_be_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "loras"
    folder.mkdir()
    write_lora(tmp_path / "ink.safetensors", kohya=True)
    (folder / "ink.safetensors").symlink_to(tmp_path / "ink.safetensors")
    assert asked_for("<lora:ink>", folder)[1] == (Lora(folder / "ink.safetensors", 1.0),)
    for path in ("../ink", str(tmp_path / "ink")):
        with pytest.raises(EngineError, match="There is no LoRA"):
            asked_for(f"<lora:{path}>", folder)


@pytest.mark.parametrize("weight", ["1.2.3", "much", "nan", "inf", "-11", "1e9"])
def test_a_weight_that_is_none_is_told(tmp_path: Path, weight: str) -> None:
    write_lora(tmp_path / "ink.safetensors", kohya=True)
    with pytest.raises(EngineError, match=r"no number from -10 to 10; write <lora:ink:0\.8>"):
        asked_for(f"a wall <lora:ink:{weight}>", tmp_path)


def test_a_tag_without_an_end_is_told(tmp_path: Path) -> None:
    write_lora(tmp_path / "ink.safetensors", kohya=True)
    with pytest.raises(EngineError, match="has no end"):
        asked_for("a wall <lora:ink:0.8", tmp_path)
