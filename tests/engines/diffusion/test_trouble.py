"""Trouble within a pass: the engine says what, and can be used on."""

from __future__ import annotations

import numpy as np
import pytest

from engines.diffusion.conftest import BuildModel, disc, everywhere, finish, job, picture
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.diffusion.engine import DiffusersEngine


@pytest.fixture
def engine(model_folder: BuildModel) -> DiffusersEngine:
    loaded = DiffusersEngine.of(str(model_folder("sd-4")))()
    loaded.load()
    return loaded


def test_out_of_memory_once_is_done_in_smaller_pieces(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    wanted = job(disc(), 0.6)
    expected = picture(engine, wanted)
    forward, calls = engine.loaded.pipe.unet.forward, []

    def short_of_memory(*positional: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(*positional, **named)

    monkeypatch.setattr(engine.loaded.pipe.unet, "forward", short_of_memory)
    steps, result = finish(engine, wanted)
    assert [step.index for step in steps] == [1, 1, 2, 3, 4]
    np.testing.assert_allclose(result, expected, atol=1e-3)
    assert engine.loaded.pipe.vae.use_tiling


@pytest.mark.parametrize(
    "error",
    [RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), MemoryError("60 GB")],
)
def test_out_of_memory_for_good_is_explained(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def no_memory(*_: object, **__: object) -> object:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(engine.loaded.pipe.unet, "forward", no_memory)
        with pytest.raises(EngineError, match=r"64x64 px need more memory.*smaller region"):
            picture(engine, job(disc(), 0.6))
    picture(engine, job(disc(), 0.6))


@pytest.mark.parametrize("part", ["unet", "vae"])
def test_no_number_is_explained(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    import torch

    expected = picture(engine, job(disc(), 0.6))
    name = "conv_out" if part == "unet" else "post_quant_conv"
    layer = getattr(getattr(engine.loaded.pipe, part), name)
    with monkeypatch.context() as patched, torch.no_grad():
        patched.setattr(layer, "forward", lambda x: layer._conv_forward(x, layer.weight, None) / 0)
        with pytest.raises(EngineError, match=r'no number \(NaN\).*precision = "fp32"'):
            picture(engine, job(disc(), 0.6, image=np.zeros((64, 64, 3), np.float32)))
    np.testing.assert_array_equal(picture(engine, job(disc(), 0.6)), expected)


def test_what_a_part_raises_reaches_the_caller(
    engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("by nothing")

    with monkeypatch.context() as patched:
        patched.setattr(engine.loaded.pipe.unet, "forward", broken)
        with pytest.raises(ZeroDivisionError):
            picture(engine, job(everywhere(), 0.6))
    picture(engine, job(everywhere(), 0.6))


def test_a_closed_engine_can_be_loaded_again(engine: DiffusersEngine) -> None:
    expected = picture(engine, job(disc(), 0.6))
    engine.close()
    engine.load()
    np.testing.assert_array_equal(picture(engine, job(disc(), 0.6)), expected)
