"""One target under atheris: `python -m fuzz.guided TARGET FOLDER [libFuzzer's options]`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "sfumato_protocol",
        "sfumato_server.jobs.spool",
        "sfumato_server.offer",
        "sfumato_server.engines.diffusion",
        "sfumato_server.cli.kra",
        "sfumato.core",
    ]
):
    from fuzz.__main__ import cases


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    logging.disable(logging.CRITICAL)
    program, name, folder, *options = sys.argv
    target, seeds = cases(Path(folder))[name]
    corpus = Path(folder, f"corpus-{name}")
    corpus.mkdir()
    for number, seed in enumerate(seeds()):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup([program, *options, "-max_len=70000", str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
