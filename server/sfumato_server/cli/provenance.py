"""`sfumato provenance`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sfumato_protocol import codec

from . import kra


def run(path: Path) -> int:
    """Print the records in a .kra file, one JSON object each; the exit status."""
    try:
        found = kra.jobs(path)
    except (kra.UnreadableFile, OSError) as error:
        click.echo(f"sfumato provenance: {path} cannot be read: {error}", err=True)
        return 1
    for record in found:  # as ASCII: a prompt may hold what a terminal obeys
        click.echo(json.dumps(codec.to_map(record), indent=2))
    if not found:
        click.echo(f"No Sfumato job is recorded in {path}.", err=True)
    return 0
