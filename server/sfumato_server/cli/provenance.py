"""`sfumato provenance`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from sfumato_protocol import codec
from sfumato_protocol import provenance as stored
from sfumato_protocol.provenance import LARGEST, PREFIX, Provenance

from ..client import png_chunks
from . import kra
from .saying import say

_LARGEST_PNG = 2 << 30


def run(path: Path) -> int:
    """Print the records in a .kra, .ora or .png file, one JSON object each; the exit status."""
    try:
        with path.open("rb") as file:
            is_png = file.read(8) == png_chunks.SIGNATURE
        found = tuple(_in_png(path)) if is_png else kra.jobs(path)
    except (kra.UnreadableFile, stored.Unreadable, OSError, MemoryError) as error:
        say(f"sfumato provenance: {path} cannot be read: {error}", error=True)
        return 1
    for record in found:  # as ASCII: a prompt may hold what a terminal obeys
        click.echo(json.dumps(codec.to_map(record), indent=2))
    if not found:
        say(f"No Sfumato job is recorded in {path}.", error=True)
    return 0


def _in_png(path: Path) -> Iterator[Provenance]:
    """Of its text chunks those that `sfumato inpaint` writes: neither packed nor translated."""
    with path.open("rb") as file:
        content = file.read(_LARGEST_PNG)
    records = 0
    for kind, first, end in png_chunks.walk(content):
        key = PREFIX.encode("ascii")
        if kind != b"iTXt" or content[first + 8 : first + 8 + len(key)] != key:
            continue
        records += 1
        if records > kra.MOST_RECORDS or end - first > LARGEST + 200:
            raise kra.UnreadableFile("more or larger records than any job has written")
        text = png_chunks.content(content, first, end)
        yield stored.read(text[text.index(b"\0") + 5 :] if b"\0" in text else b"")
