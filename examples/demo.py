"""A photograph, a selection, a real server: what Sfumato does, in one run.

    python examples/demo.py [--recipe NAME] [--selection ellipse:x,y,w,h] [--out FOLDER]

Starts `sfumato serve` as a process of its own, in a home of its own, so that a server that you run
for your work is left alone.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from skimage import data

from sfumato_server.cli.progress import PassBars
from sfumato_server.cli.selections import parse
from sfumato_server.client import contact_sheet, openraster
from sfumato_server.client.client import Client
from sfumato_server.client.errors import ClientError
from sfumato_server.client.pixels import Image

# A badge on the flight suit: cloth all around to grow from, and a seam to close.
SELECTION = "ellipse:270,330,68,56"
STOP_SECONDS = 10


def main() -> None:
    options = _options()
    image: Image = data.astronaut()
    selection = parse(options.selection, image.shape[1], image.shape[0])
    console = Console()
    console.print(f"Photograph: {image.shape[1]} x {image.shape[0]} px, {options.selection}")
    with tempfile.TemporaryDirectory(prefix="sfumato-demo-") as home, _server(home) as address:
        console.print(f"Server: {address}")
        token = Path(home, "token").read_text().strip()
        with Client.connect(address, token) as client, PassBars(console) as bars:
            job = client.inpaint(
                image, selection, recipe=options.recipe, seed=options.seed, on_event=bars.hear
            )
    options.out.mkdir(parents=True, exist_ok=True)
    openraster.write(options.out / "demo.ora", job)
    contact_sheet.write(options.out / "demo.png", job)
    console.print(f"Layers, for Krita: {options.out / 'demo.ora'}", soft_wrap=True)
    console.print(f"Contact sheet:     {options.out / 'demo.png'}", soft_wrap=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Inpaint a part of a photograph.")
    parser.add_argument("--recipe", default="face-swap-boundary")
    parser.add_argument("--selection", default=SELECTION, help="ellipse:x,y,w,h or rect:x,y,w,h")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out").resolve())
    return parser.parse_args()


@contextlib.contextmanager
def _server(home: str) -> Iterator[str]:
    """A server process on a free port; gives its address, the last word of its first line."""
    command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0", "--home", home]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline().split()
        if not greeting:
            raise ClientError(f"The server ended with status {process.wait()}; see above.")
        yield greeting[-1]
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    try:
        main()
    except ClientError as error:
        sys.exit(f"demo: {error}")
