"""Run the benchmarks and print one table.

python -m benchmarks [NAME ...]      all that have a `measure` function, or the named modules
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from .figures import Figure, table


def main(names: list[str]) -> None:
    figures: list[Figure] = []
    for name in names or found():
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"benchmarks.{name}").measure()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(table(figures))


def found() -> list[str]:
    """The modules beside this one that define `measure()`."""
    paths = sorted(Path(__file__).parent.glob("*.py"))
    return [
        path.stem for path in paths if "\ndef measure() -> " in path.read_text(encoding="utf-8")
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
