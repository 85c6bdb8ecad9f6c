"""The models folder: found at the start, offered, run through the socket; and the commands."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from engines.diffusion.conftest import BuildModel
from fakes import engines as zoo
from server.conftest import StartServer, Talk, start_server, submission
from sfumato_protocol.messages import Failed, Hello, JobDone, PassDone, Welcome
from sfumato_server.__main__ import main
from sfumato_server.config import Config
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.diffusion.description import describe
from sfumato_server.engines.registry import traits_of
from sfumato_server.imaging.resample import model_size
from sfumato_server.offer.models import ENGINE, scan

__all__ = ["start_server"]


@pytest.fixture
def folder(tmp_path: Path, model_folder: BuildModel) -> Path:
    """A models folder with one of everything."""
    made = tmp_path / "models"
    made.mkdir()
    (made / "tiny fill").symlink_to(model_folder("flux-fill"))
    (made / "wall.toml").write_text(
        f'model = "{model_folder("sd-9")}"\nsteps = 6\ntitle = "Wall"\n'
    )
    (made / "old.ckpt").write_bytes(b"\x80\x04")
    (made / "broken.safetensors").write_bytes(b"nothing")
    (made / "notes.txt").write_text("not a model")
    (made / "loras").mkdir()
    (made / "empty").mkdir()
    return made


def test_what_can_be_used_is_listed_and_what_not_is_explained(folder: Path) -> None:
    shelf = scan(folder)
    assert [one.name for one in shelf.models] == ["wall", "tiny-fill"]
    wall, fill = shelf.models
    assert (wall.traits.title, wall.traits.native) == ("Wall", 64)
    assert fill.traits.title == "tiny fill (Flux.1 Fill)"
    assert {one.path.name for one in shelf.refused} == {
        "old.ckpt",
        "broken.safetensors",
        "empty",
    }
    assert scan(folder / "nowhere").models == ()


def test_a_model_named_by_settings_is_listed_once(folder: Path, model_folder: BuildModel) -> None:
    (folder / "wall of stone").symlink_to(model_folder("sd-9"))
    (folder / "wall").symlink_to(model_folder("sd-4"))
    names = [one.name for one in scan(folder).models]
    assert names == ["wall", "tiny-fill", "wall-2"]


def test_looking_at_the_folder_needs_no_torch(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato_server.offer.models import scan;"
        f"assert len(scan(Path({str(folder)!r})).models) == 2;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'diffusers', 'transformers')))"
    )
    started = time.monotonic()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert time.monotonic() - started < 30


def hear(talk: Talk, *kinds: type) -> tuple[object, list[object]]:
    """As `hear_until`, with time for an engine process to import torch."""
    before: list[object] = []
    while True:
        message = talk.hear(timeout=200).message
        if isinstance(message, kinds):
            return message, before
        before.append(message)


def test_the_folder_is_offered_and_a_ladder_runs_with_a_model_of_it(
    start_server: StartServer, folder: Path
) -> None:
    server = start_server(zoo.Painter, home=folder.parent)
    with server.talk(greet=False) as talk:
        talk.say(Hello("sfumato/1", "tests"))
        welcome = talk.hear().message
        assert isinstance(welcome, Welcome)
        offered = {engine.name: engine for engine in welcome.engines}
        assert list(offered) == ["painter", "wall", "tiny-fill"]
        wall = offered["wall"]
        assert (wall.title, wall.native, wall.cell) == ("Wall", 64, 8)

        submit, blobs = submission(engine="wall", prompt="a wall <lora:nothing:1>")
        talk.say(submit, blobs)
        end, _ = hear(talk, JobDone, Failed)
        assert isinstance(end, Failed)
        assert 'no LoRA "nothing"' in end.got

        submit, blobs = submission(engine="wall", prompt="a plaster wall")
        talk.say(submit, blobs)
        end, before = hear(talk, JobDone, Failed)
        assert isinstance(end, JobDone), end
        done = [one for one in before if isinstance(one, PassDone)]
        assert [one.planned.strength for one in done] == [0.7, 0.4, 0.25]


def test_the_list_command(folder: Path) -> None:
    ran = CliRunner().invoke(main, ["models", "list", "--home", str(folder.parent)])
    assert ran.exit_code == 1
    assert "wall" in ran.output
    assert "Flux.1 Fill" in ran.output
    assert "can run any program" in ran.output


def test_adding_a_folder_and_what_is_no_model(tmp_path: Path, model_folder: BuildModel) -> None:
    home = tmp_path / "home"
    add = ["models", "add", "--home", str(home)]
    ran = CliRunner().invoke(main, [*add, "--name", "Mörtel wall", str(model_folder("sdxl-9"))])
    assert ran.exit_code == 0, ran.output
    assert "Stable Diffusion XL, made for 64 px" in ran.output
    (listed,) = scan(Config(home=home).models_folder).models
    assert listed.model.path == model_folder("sdxl-9").resolve()
    again = CliRunner().invoke(main, [*add, "--name", "Mörtel wall", str(model_folder("sdxl-9"))])
    assert again.exit_code == 1
    assert "there already" in again.output
    wrong = CliRunner().invoke(main, [*add, "runwayml/stable-diffusion"])
    assert wrong.exit_code == 1
    assert "There is no model at" in wrong.output
    assert "--hub runwayml/stable-diffusion" in wrong.output


def test_names_keep_their_letters_and_a_suffix_in_capitals_is_told(
    tmp_path: Path, model_folder: BuildModel
) -> None:
    from diffusers import DiffusionPipeline

    from fakes import single_file

    pipeline = DiffusionPipeline.from_pretrained(model_folder("sd-4"))
    file = single_file.write(pipeline, tmp_path / "Müll (v2).safetensors")
    (listed,) = scan(tmp_path).models
    assert listed.name == "Mull-v2"
    file.rename(file.with_suffix(".SAFETENSORS"))
    (refused,) = scan(tmp_path).refused
    assert "Rename it" in refused.reason


def test_a_folder_s_name_may_end_in_a_slash(tmp_path: Path, model_folder: BuildModel) -> None:
    add = ["models", "add", "--home", str(tmp_path), f"{model_folder('sd-4')}/"]
    assert CliRunner().invoke(main, add).exit_code == 0
    (listed,) = scan(tmp_path / "models").models
    assert listed.name == model_folder("sd-4").name


def test_a_home_that_cannot_be_written(tmp_path: Path, model_folder: BuildModel) -> None:
    (tmp_path / "home").write_text("a file")
    add = ["models", "add", "--home", str(tmp_path / "home"), str(model_folder("sd-4"))]
    ran = CliRunner().invoke(main, add)
    assert ran.exit_code == 1
    assert "cannot be written" in ran.output
    assert "--home" in ran.output


def test_a_hub_that_cannot_be_reached_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    ran = CliRunner().invoke(
        main, ["models", "add", "--hub", "--home", str(tmp_path), "someone/some-model"]
    )
    assert ran.exit_code == 1
    assert '"someone/some-model" could not be had from the hub' in ran.output
    assert not list(tmp_path.glob("models/*"))


def test_an_engine_is_named_by_path_or_by_name_and_path(
    tmp_path: Path, model_folder: BuildModel
) -> None:
    place = tmp_path / "a=b #1"
    place.symlink_to(model_folder("sd-9"))
    assert traits_of(f"{ENGINE}#{place}").name == "a-b-1"
    assert traits_of(f"{ENGINE}#wall={place}").name == "wall"
    with pytest.raises(EngineError, match="no engine"):
        traits_of(ENGINE)


@pytest.mark.parametrize("shape", [(512, 512), (700, 300), (333, 1500), (1024, 1024), (90, 2000)])
def test_klein_is_never_given_more_than_its_pipeline_keeps(
    shape: tuple[int, int], model_folder: BuildModel
) -> None:
    traits = describe(model_folder("flux2-klein")).traits("klein")
    width, height = model_size(*shape, traits.native, traits.multiple, traits.largest)
    assert width * height <= 1024 * 1024
