"""No code comes with a model: what lies in its folder is never run."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engines.diffusion.conftest import BuildModel, everywhere, job, picture
from fakes.places import ROOT
from fakes.spoiled_models import GOOD, safetensors
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.diffusion.description import Model, describe
from sfumato_server.engines.diffusion.device import Placement
from sfumato_server.engines.diffusion.engine import DiffusersEngine

Spoil = Callable[[Path], None]


def edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def part(name: str, library: str, kind: str = "Mine") -> Spoil:
    return lambda folder: edit(folder / "model_index.json", **{name: [library, kind]})


@pytest.fixture
def hostile(tmp_path: Path, model_folder: BuildModel) -> tuple[Path, Path]:
    """A model with modules wherever one might be looked for, and the file that they would write."""
    folder, mark = tmp_path / "hostile", tmp_path / "ran"
    shutil.copytree(model_folder("sd-9"), folder)
    code = f"open({str(mark)!r}, 'a').write(__name__)\nclass Mine:\n    pass\n"
    for place in (folder, *(one for one in folder.iterdir() if one.is_dir())):
        for name in ("my_module", "pipeline", "mine", "modeling_mine", "unet"):
            (place / f"{name}.py").write_text(code)
    return folder, mark


@pytest.mark.parametrize(
    "spoil",
    [
        part("unet", "my_module"),
        part("unet", "unet", "Mine"),
        part("scheduler", "pipeline"),
        part("mine", "my_module"),
        part("safety_checker", "my_module"),
        part("image_encoder", "my_module"),
        part("text_encoder", "os", "system"),
        part("../hostile/unet", "diffusers", "UNet2DConditionModel"),
        lambda folder: edit(folder / "model_index.json", _class_name=["pipeline", "Mine"]),
        lambda folder: edit(folder / "model_index.json", _class_name="Mine"),
    ],
)
def test_a_model_that_names_code_of_its_own_is_refused(
    hostile: tuple[Path, Path], spoil: Spoil
) -> None:
    folder, mark = hostile
    spoil(folder)
    with pytest.raises(EngineError, match=r"No code comes with a model|cannot inpaint here"):
        describe(folder)
    assert not mark.exists()


def test_code_that_merely_lies_there_is_not_run(hostile: tuple[Path, Path]) -> None:
    folder, mark = hostile
    edit(folder / "unet" / "config.json", auto_map={"AutoModel": "my_module.Mine"})
    edit(
        folder / "text_encoder" / "config.json",
        auto_map={"AutoModel": "modeling_mine.Mine", "AutoConfig": "mine.Mine"},
        trust_remote_code=True,
    )
    edit(folder / "model_index.json", custom_pipeline="pipeline", trust_remote_code=True)
    engine = DiffusersEngine.of(str(folder))()
    engine.load()
    assert picture(engine, job(everywhere())).shape == (64, 64, 3)
    engine.close()
    assert not mark.exists()


@pytest.mark.parametrize("spoil", [part("unet", "my_module"), part("unet", "unet", "Mine")])
def test_the_library_would_not_run_it_either(
    hostile: tuple[Path, Path], spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What our own look at the folder let pass: the floor of diffusers is where it asks first."""
    from sfumato_server.engines.diffusion.loading import load

    folder, mark = hostile
    model: Model = describe(folder)
    spoil(folder)
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one])
    with pytest.raises(EngineError, match="cannot be loaded"):
        load(model, Placement("cpu", "float32", "", "tests"))
    assert not mark.exists()


def test_a_configuration_for_a_single_file_names_no_code_either(
    hostile: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, mark = hostile
    part("image_encoder", "my_module")(folder)
    (tmp_path / "one.safetensors").write_bytes(safetensors(GOOD))
    settings = tmp_path / "one.toml"
    settings.write_text(f'model = "one.safetensors"\nconfig = "{folder}"\n')
    with pytest.raises(EngineError, match="No code comes with a model"):
        describe(settings)
    assert not mark.exists()


def test_the_floor_of_diffusers_is_where_it_asks_before_it_runs_code() -> None:
    found = re.search(r'"diffusers>=0\.(\d+)', (ROOT / "pyproject.toml").read_text())
    assert found is not None
    assert int(found[1]) >= 40
