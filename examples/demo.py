"""A face with a seam and three spots made good by a real server, in one run.

    python examples/demo.py [--seed NUMBER] [--out FOLDER]

A part of a portrait is pasted back over itself as by hand: cut out with a hard edge, a few px
off, in darker and warmer light; three spots are painted on the skin. `face-swap-boundary` brings
the part back into the portrait, `heal` takes the spots away. Starts `sfumato serve` as a process of
its own, in a home of its own, so that a server that you run for your work is left alone.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont
from rich.console import Console
from skimage import data

from sfumato_server.cli.progress import PassBars
from sfumato_server.cli.selections import parse
from sfumato_server.client import openraster
from sfumato_server.client.client import Client
from sfumato_server.client.errors import ClientError
from sfumato_server.client.pixels import Image, Mask
from sfumato_server.client.result import Inpainted

# Round eyes, nose and mouth, x and y in px, over skin all the way.
LASSO = (
    (188, 98), (205, 95), (226, 95), (245, 96), (262, 100), (265, 112), (262, 130), (256, 148),
    (244, 163), (228, 170), (210, 164), (195, 150), (187, 128), (186, 110),
)  # fmt: skip
SHIFT = (-3, -1)  # px to the right and down
LIGHT = (0.72, 0.62, 0.48)  # on red, green and blue, linear
SPOTS = ((219, 86, 1.8), (250, 130, 2.2), (229, 162, 2.0))  # x, y and radius in px
PIGMENT = (0.42, 0.55, 0.58)  # of each channel's light that a spot keeps back
SHOWN = (slice(62, 192), slice(160, 295))  # rows and columns on the sheet
SCALE, GAP, TEXT = 5, 18, 76
STOP_SECONDS = 10


@dataclass(frozen=True)
class Spoilt:
    """picture: (H, W, 3) uint8. pasted, spots: (H, W) uint8, selections of what is wrong in it."""

    picture: Image
    pasted: Mask
    spots: Mask


def main() -> None:
    options = _options()
    portrait = spoilt(data.astronaut())
    console = Console()
    with tempfile.TemporaryDirectory(prefix="sfumato-demo-") as home, _server(home) as address:
        console.print(f"Server: {address}")
        token = Path(home, "token").read_text().strip()
        with Client.connect(address, token) as client:
            jobs = mended(client, portrait, options.seed, console)
    options.out.mkdir(parents=True, exist_ok=True)
    openraster.write(options.out / "demo.ora", _as_one(*jobs))
    _sheet(jobs).save(options.out / "demo.png", optimize=True)
    console.print(f"Layers, for Krita: {options.out / 'demo.ora'}", soft_wrap=True)
    console.print(f"Before and after:  {options.out / 'demo.png'}", soft_wrap=True)


def spoilt(photograph: Image) -> Spoilt:
    """The photograph with a part pasted over and spots."""
    drawn = np.zeros(photograph.shape[:2], np.uint8)
    cv2.fillPoly(drawn, [np.array(LASSO, np.int32)], 255)
    pasted = np.where(cv2.GaussianBlur(drawn, (0, 0), 3) >= 128, 255, 0).astype(np.uint8)
    moved = np.roll(photograph, SHIFT[::-1], (0, 1)) / 255
    dark = (moved**2.2 * LIGHT) ** (1 / 2.2) * 255
    picture = np.where(pasted[..., None] > 0, dark, photograph)
    spots = np.zeros_like(pasted)
    height, width = spots.shape
    y, x = np.mgrid[:height, :width]
    for across, down, radius in SPOTS:
        cover = np.exp(-((np.hypot(x - across, y - down) / radius) ** 4))
        picture *= 1 - cover[..., None] * PIGMENT
        left, top, side = (
            round(n) for n in (across - radius - 2, down - radius - 2, 2 * radius + 5)
        )
        spots |= parse(f"ellipse:{left},{top},{side},{side}", width, height)
    return Spoilt(np.rint(picture).astype(np.uint8), pasted, spots)


def mended(
    client: Client, portrait: Spoilt, seed: int, console: Console
) -> tuple[Inpainted, Inpainted]:
    """The two jobs, the second on the first's result."""

    def run(picture: Image, selection: Mask, recipe: str) -> Inpainted:
        console.print(recipe)
        with PassBars(console) as bars:
            return client.inpaint(picture, selection, recipe=recipe, seed=seed, on_event=bars.hear)

    joined = run(portrait.picture, portrait.pasted, "face-swap-boundary")
    return joined, run(joined.flattened, portrait.spots, "heal")


def _as_one(first: Inpainted, second: Inpainted) -> Inpainted:
    """Both jobs' layers over the picture as it was."""
    last = len(first.passes)
    above = tuple(
        replace(done, planned=replace(done.planned, index=last + done.planned.index))
        for done in second.passes
    )
    return replace(first, passes=first.passes + above)


def _sheet(jobs: tuple[Inpainted, Inpainted]) -> Pictures.Image:
    """Before and after, enlarged, and below them what the server says of each job's end."""
    pictures = [_enlarged(jobs[0].image), _enlarged(jobs[1].flattened)]
    width, height = pictures[0].size
    sheet = Pictures.new("RGB", (2 * width + 3 * GAP, height + 2 * GAP + 30 + TEXT), (30, 30, 32))
    pen = ImageDraw.Draw(sheet)
    titles = ("Before: a part pasted off its place, in other light; three spots", "After")
    for column, (picture, title, job) in enumerate(zip(pictures, titles, jobs, strict=True)):
        x = GAP + column * (width + GAP)
        pen.text((x, 12), title, (236, 236, 238), ImageFont.load_default(19))
        sheet.paste(picture, (x, GAP + 24))
        pen.text((x, GAP + height + 34), _told(job), (190, 190, 196), ImageFont.load_default(15))
    return sheet


def _enlarged(picture: Image) -> Pictures.Image:
    part = Pictures.fromarray(picture[SHOWN])
    return part.resize((part.width * SCALE, part.height * SCALE), Pictures.Resampling.BICUBIC)


def _told(job: Inpainted) -> str:
    """The figures of the job's last pass, in the server's words."""
    done = job.passes[-1]
    words = " ".join(done.sentences[name] for name in done.figures)
    words = words.replace("ΔE", "delta E")  # Pillow's font has no Greek
    return textwrap.fill(f"{job.submit.recipe}, {job.seconds:.1f} s. {words}", 88)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mend a spoilt portrait.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out").resolve())
    return parser.parse_args()


@contextlib.contextmanager
def _server(home: str) -> Iterator[str]:
    """A server process on a free port; gives its address, the last word of its first line."""
    command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0", "--home", home]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
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


if __name__ == "__main__":
    try:
        main()
    except ClientError as error:
        sys.exit(f"demo: {error}")
