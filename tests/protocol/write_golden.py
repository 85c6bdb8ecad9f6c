"""Writes golden files for message types that have none; never touches those that are there.

    PYTHONPATH=tests python tests/protocol/write_golden.py

What version 1 has said once it says for ever: a test that fails over a golden file means that old
peers would no longer understand, not that the file is out of date.
"""

from __future__ import annotations

from pathlib import Path

from fakes.sample_messages import SAMPLES
from sfumato_protocol import codec

GOLDEN = Path(__file__).parent / "golden"


def main() -> None:
    for message in SAMPLES:
        path = GOLDEN / f"{message.type}.bin"
        if not path.exists():
            path.write_bytes(codec.encode(message))
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
