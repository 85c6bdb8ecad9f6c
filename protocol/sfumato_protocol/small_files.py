"""Small files that people keep by hand, a token or a TOML file: read in a bounded way."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(file: Path) -> BinaryIO:
    """`file` opened for reading. Raises `OSError`, and for a pipe or a device too: they may wait or
    go on for ever."""
    if stat.S_ISREG(os.stat(file).st_mode):
        opened = open(os.open(file, os.O_RDONLY | _FLAGS), "rb")  # noqa: SIM115  # the caller's
        if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            return opened
        opened.close()
    raise OSError(errno.EINVAL, "it is no ordinary file", str(file))


def read(file: Path, most: int) -> bytes:
    """What `file` holds. Raises `OSError`, and for more than `most` bytes too."""
    with open_regular(file) as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, "it has more than {} bytes".format(most), str(file))
    return content


def read_text(file: Path, most: int) -> str:
    """As `read`, from UTF-8 with or without a byte-order mark. Raises `UnicodeDecodeError` too."""
    return read(file, most).decode("utf-8-sig")


# Not to wait for a pipe that took the file's place meanwhile; not to translate line ends.
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
