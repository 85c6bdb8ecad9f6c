"""What the commands say: plain text, whatever a file or a server has put into it."""

from __future__ import annotations

import contextlib
import sys

import click

from sfumato_protocol.plain_text import printable


def say(text: object, error: bool = False) -> None:
    """A line to standard output or standard error; what has no place in a terminal as escapes. To a
    terminal that is gone nothing is said."""
    stream = sys.stderr if error else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    plain = printable(text).encode(encoding, "backslashreplace").decode(encoding)
    with contextlib.suppress(OSError):
        click.echo(plain, err=error)
