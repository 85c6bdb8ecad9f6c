"""Where a client command takes a server's token from."""

from __future__ import annotations

import os
from pathlib import Path

from .saying import say

VARIABLE = "SFUMATO_TOKEN"
_LONGEST = 4096


class BadToken(ValueError):
    """A file that holds no token; the text says why."""


def given(token: str | None, file: Path | None) -> str | None:
    """The token of the command line: from a file, else as it is given, else from the environment;
    None leaves it to the client, which knows where a local server's lies. Raises `BadToken`."""
    if file is not None:
        return _read(file)
    if token is not None:
        say(
            "--token can be read by every user of this computer while the command runs; "
            f"--token-file and ${VARIABLE} cannot.", error=True,
        )  # fmt: skip
        return token
    return os.environ.get(VARIABLE) or None


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(_LONGEST + 1)
        token = content.decode("utf-8-sig").strip()
    except OSError as error:
        raise BadToken(f"The token file {file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadToken(f"The token file {file} holds no text; expected a token.") from error
    if not token or len(content) > _LONGEST or not token.isprintable() or " " in token:
        raise BadToken(f"The token file {file} holds no token; expected one line, and only that.")
    return token
