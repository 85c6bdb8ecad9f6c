"""Models from a hub: one on loopback, whose line breaks in the middle of the weights."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from engines.diffusion.conftest import BuildModel
from fakes.hub import Hub, serving
from sfumato_server.offer.models import scan

NAME = "someone/some-model"
LARGE = "unet/more.safetensors"
MIB = 1 << 20


@pytest.fixture
def hub(tmp_path: Path, model_folder: BuildModel) -> Iterator[Hub]:
    """A tiny model with 24 MiB more of weights, half-size weights beside the vae's, and parts and
    files that are not loaded."""
    folder = tmp_path / "repository"
    shutil.copytree(model_folder("sd-4"), folder)
    save_file({"zeros": np.zeros(24 * MIB // 4, np.float32)}, folder / LARGE)
    vae = folder / "vae" / "diffusion_pytorch_model.safetensors"
    shutil.copy(vae, vae.with_name("diffusion_pytorch_model.fp16.safetensors"))
    (folder / "unet" / "weights.bin").write_bytes(b"pickled")
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "model.safetensors").write_bytes(b"a gigabyte that nobody loads")
    with serving(Hub(NAME, folder)) as one:
        yield one


def start(hub: Hub, *more: str, offline: bool = False) -> subprocess.Popen[str]:
    """`sfumato models add --hub` in a process of its own, with a cache of its own."""
    beside = hub.folder.parent
    surroundings = {
        **os.environ,
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(beside / "cache"),
        "HF_HUB_OFFLINE": str(int(offline)),
    }
    add = ["models", "add", "--hub", "--home", str(beside / "home"), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "sfumato_server", *add],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_hears_ctrl_c,
    )


def _hears_ctrl_c() -> None:
    """Whoever runs the tests in the background may ignore it, and children take that over."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit status and what it said."""
    said = process.communicate(timeout=120)[0]
    return process.returncode, said


def cached(hub: Hub) -> set[str]:
    """The files that the cache offers of the model."""
    (snapshot,) = (hub.folder.parent / "cache" / "hub").glob("models--*/snapshots/*")
    found = (path for path in snapshot.rglob("*") if path.is_file())
    return {path.relative_to(snapshot).as_posix() for path in found}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_download_goes_on_where_it_stopped(hub: Hub, how: signal.Signals) -> None:
    hub.breaks[LARGE] = 22 * MIB
    stopped = start(hub, NAME)
    assert hub.stuck.wait(60)
    stopped.send_signal(how)
    status, said = finish(stopped)
    assert status != 0
    assert how is signal.SIGKILL or "The same command goes on from here." in said
    hub.let_go.set()
    hub.asked.clear()
    status, said = finish(start(hub, NAME))
    assert status == 0, said
    assert dict(hub.asked)[LARGE] >= 10 * MIB
    assert cached(hub) == set(hub.files()) - {
        "unet/weights.bin",
        "safety_checker/model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
    }
    (listed,) = scan(hub.folder.parent / "home" / "models").models
    assert listed.name == "some-model"
    assert (listed.model.path / LARGE).read_bytes() == (hub.folder / LARGE).read_bytes()


def test_what_is_there_is_not_fetched_again_and_serves_offline(hub: Hub) -> None:
    assert finish(start(hub, NAME))[0] == 0
    hub.asked.clear()
    assert finish(start(hub, NAME, "--name", "again"))[0] == 0
    assert hub.asked == []
    status, said = finish(start(hub, NAME, "--name", "offline", offline=True))
    assert status == 0, said


def test_a_line_that_breaks_is_taken_up_by_itself(hub: Hub) -> None:
    hub.breaks[LARGE] = 22 * MIB
    hub.let_go.set()
    status, said = finish(start(hub, NAME))
    assert status == 0, said
    asked = [first for file, first in hub.asked if file == LARGE]
    assert asked[0] == 0
    assert asked[1] >= 10 * MIB


def test_weights_that_arrive_damaged_are_removed(hub: Hub) -> None:
    hub.spoils.add(LARGE)
    status, said = finish(start(hub, NAME))
    assert status == 1
    assert "arrived damaged" in said
    assert not list(hub.folder.parent.glob("cache/**/*.part"))
    hub.spoils.clear()
    assert finish(start(hub, NAME))[0] == 0


def test_a_variant_s_weights_alone_are_taken(hub: Hub) -> None:
    for file in [each for each in hub.files() if each.endswith(".safetensors")]:
        if "fp16" not in file:
            half = file.replace(".safetensors", ".fp16.safetensors")
            (hub.folder / file).rename(hub.folder / half)
            (hub.folder / file).write_bytes(b"full size")
    status, said = finish(start(hub, NAME, "--variant", "fp16"))
    assert status == 0, said
    weights = {file for file in cached(hub) if file.endswith(".safetensors")}
    half_size = {file for file in hub.files() if file.endswith(".fp16.safetensors")}
    assert weights == {file for file in half_size if not file.startswith("safety_checker")}


def test_a_name_that_the_hub_does_not_know_is_said(hub: Hub) -> None:
    status, said = finish(start(hub, "someone/else"))
    assert status == 1
    assert '"someone/else" could not be had from the hub' in said
