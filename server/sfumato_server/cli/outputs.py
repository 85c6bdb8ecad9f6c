"""The files that one command writes: named, looked at before any work, and written whole."""

from __future__ import annotations

import itertools
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..client import contact_sheet, new_file, openraster, png, record
from ..client.result import Inpainted


class BadOutput(ValueError):
    """Files that cannot or must not be written; the text says which, why and what to do."""


@dataclass(frozen=True)
class Outputs:
    """layers: the .ora file. png, sheet: whether those are written beside it. overwrite: whether
    files that are there may be replaced."""

    layers: Path
    png: bool = False
    sheet: bool = False
    overwrite: bool = False

    @classmethod
    def beside(cls, image: Path, png: bool, sheet: bool) -> Outputs:
        """Under the first of NAME.ora, NAME-2.ora … of which no file is there yet."""
        for number in itertools.count(1):
            end = f"-{number}" if number > 1 else ""
            found = cls(image.with_name(f"{image.stem}{end}.ora"), png, sheet)
            if not any(os.path.lexists(file) for file in found.files()):
                break
        return found

    def files(self) -> list[Path]:
        """All that will be written, the layers first."""
        return [file for file, _ in self._writers()]

    def check(self, *sources: tuple[str, Path]) -> None:
        """Raise `BadOutput` for what would fail after the work, or cost the user a file. sources:
        what is read, each with what it is."""
        if self.layers.suffix.lower() != ".ora":
            raise BadOutput(
                f"got --out {self.layers}; expected a name that ends in .ora, as the file is "
                "OpenRaster."
            )
        for file in self.files():
            for what, source in sources:
                if _same(file, source):
                    raise BadOutput(
                        f"{file} is the {what} itself and would be lost. Name another file with "
                        "--out."
                    )
        try:
            self.layers.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.layers.parent):
                pass
        except OSError as error:
            raise _unwritable(self.layers.parent, error) from error
        for file in self.files():
            self._check_free(file)

    def write(self, job: Inpainted) -> list[Path]:
        """Write them, none before all are whole; the files. Raises `BadOutput`."""
        file = self.layers
        try:
            with ExitStack() as unfinished:
                for file, fill in reversed(self._writers()):
                    self._check_free(file)
                    fill(unfinished.enter_context(new_file.beside(file, self.overwrite)), job)
        except FileExistsError as error:
            raise BadOutput(_taken(Path(error.filename or file))) from error
        except (OSError, ValueError) as error:
            if isinstance(error, BadOutput):
                raise
            raise _unwritable(file, error) from error
        return self.files()

    def _writers(self) -> list[tuple[Path, Callable[[Path, Inpainted], None]]]:
        found: list[tuple[Path, Callable[[Path, Inpainted], None]]]
        found = [(self.layers, openraster.fill)]
        if self.png:
            found.append((self.layers.with_suffix(".png"), _fill_png))
        if self.sheet:
            found.append((self.layers.with_suffix(".sheet.png"), contact_sheet.fill))
        return found

    def _check_free(self, file: Path) -> None:
        try:
            kind = file.stat().st_mode if file.exists() else None
        except OSError as error:
            raise _unwritable(file, error) from error
        if kind is not None and not stat.S_ISREG(kind):
            raise BadOutput(f"{file} is no ordinary file. Name another place with --out.")
        if os.path.lexists(file) and not self.overwrite:
            raise BadOutput(_taken(file))


def _fill_png(path: Path, job: Inpainted) -> None:
    texts = {record.name(job): record.written(job)}
    path.write_bytes(png.encode(job.flattened, job.colour, texts))


def _same(file: Path, source: Path) -> bool:
    try:
        return file.samefile(source)
    except OSError:  # one of them is not there, or no name of a file at all
        return False


def _taken(file: Path) -> str:
    return f"{file} is there already. Name another with --out, or replace it with --overwrite."


def _unwritable(place: Path, error: Exception) -> BadOutput:
    reason = getattr(error, "strerror", None) or error
    return BadOutput(f"{place} cannot be written ({reason}). Name another place with --out.")
