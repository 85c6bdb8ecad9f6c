"""Records out of .kra files, good ones and hostile ones."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes import plugin_values as values
from sfumato.core.placement import plan_layers
from sfumato_protocol import provenance
from sfumato_protocol.provenance import LARGEST, PREFIX
from sfumato_server.__main__ import main
from sfumato_server.cli import kra

JOB = plan_layers(values.finished_job(prompt="\x1b[2J größer"))


def place(key: str = JOB.provenance_key) -> str:
    return f"photo/annotations/{key}"


def packed(entries: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", kind) as archive:
        for name, content in {"mimetype": b"application/x-kra", **entries}.items():
            archive.writestr(name, content)
    return whole.getvalue()


def read(content: bytes) -> tuple[provenance.Provenance, ...]:
    return kra.read(io.BytesIO(content))


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_records_are_found_among_the_rest(kind: int) -> None:
    entries = {place(): JOB.provenance, "photo/annotations/icc": b"x", "maindoc.xml": b"<x/>"}
    assert read(packed(entries, kind)) == (provenance.read(JOB.provenance),)
    assert read(packed({})) == ()
    assert read(packed({"photo/layers/" + PREFIX: b""})) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a zip"),
        (packed({place(): b"{}"}), "a record is none"),
        (packed({place(): bytes(200 * LARGEST)}), f"{LARGEST + 1} bytes of at most"),
        (packed({place(): JOB.provenance}, zipfile.ZIP_BZIP2), "packed in a way"),
        (packed({place(f"{PREFIX}{n}"): b"" for n in range(501)}, 0), "501 records"),
        (packed({"x" * 60_000 + str(n): b"" for n in range(80)}, 0), "a list of entries"),
        (packed({place(): JOB.provenance})[:-30], "not a zip"),
    ],
)
def test_what_is_no_good_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(kra.UnreadableFile, match=words):
        read(content)


def test_a_claimed_size_is_not_believed() -> None:
    content = bytearray(packed({place(): JOB.provenance}))
    end = content.rindex(b"PK\5\6")
    struct.pack_into("<I", content, end + 12, 2**32 - 2)
    with pytest.raises(kra.UnreadableFile):
        read(bytes(content))


def test_the_command_prints_json_that_no_terminal_obeys(tmp_path: Path) -> None:
    file = tmp_path / "photo.kra"
    file.write_bytes(packed({place(): JOB.provenance}))
    result = CliRunner().invoke(main, ["provenance", str(file)])
    assert result.exit_code == 0
    assert result.output.isascii()
    assert "\x1b" not in result.output
    assert json.loads(result.output) == json.loads(JOB.provenance)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "photo.kra"
    file.write_bytes(b"no zip")
    result = CliRunner().invoke(main, ["provenance", str(file)])
    assert result.exit_code == 1
    assert "cannot be read: File is not a zip file" in result.output
