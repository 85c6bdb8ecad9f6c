"""A ladder of three passes with the diffusers engine against three calls of the stock pipeline.

python -m benchmarks.diffusers_ladder [--full] [--rounds N]     prints a Markdown table
--full: Stable Diffusion 1.5 and XL at full size, for a GPU; else narrowed ones for the CPU.

On a CPU what is measured is processor time, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sfumato_server.engines.base import DenoiseJob
from sfumato_server.engines.diffusion.engine import DiffusersEngine

from .diffusers_models import build
from .figures import Figure

STRENGTHS = (0.7, 0.4, 0.25)
STEPS = 20
PROMPT = "a weathered plaster wall in evening light"
MODELS = (("sd", 9), ("sd", 4), ("sdxl", 9))  # family, channels into the UNet
SIDES = {("sd", True): 128, ("sd", False): 512, ("sdxl", True): 128, ("sdxl", False): 1024}


@dataclass(frozen=True)
class Run:
    """Seconds of a ladder, of the stock calls and of the denoiser alone within the ladder."""

    ours: float
    stock: float
    denoiser: float


class Bench:
    """One model loaded twice: as the engine's, and as a stock pipeline with the same settings."""

    def __init__(self, folder: Path, side: int, settings: dict[str, object]) -> None:
        lines = [f'model = "{folder}"', *(f"{key} = {_toml(one)}" for key, one in settings.items())]
        file = folder.parent / "settings.toml"
        file.write_text("\n".join(lines) + "\n")
        self.engine = DiffusersEngine.of(str(file))()
        self.engine.load()
        self._pipe: Any = self.engine.loaded.pipe
        self.device = str(self._pipe._execution_device)
        self._stock = _stock(folder, self._pipe)
        self._image = _photo(side)
        self._mask = _disc(side)

    def run(self) -> Run:
        """Each once. The engine has not seen the prompt before, as a new job has not."""
        self.engine.loaded.prompts.clear()
        denoiser = _Stopwatch(self.device)
        with denoiser.around(self._pipe.unet):
            ours = self._timed(self._ladder)
        return Run(ours, self._timed(self._calls), denoiser.seconds)

    def _timed(self, call: Callable[[], None]) -> float:
        _wait(self.device)
        start = _now(self.device)
        call()
        _wait(self.device)
        return _now(self.device) - start

    def _ladder(self) -> None:
        image = self._image
        for index, strength in enumerate(STRENGTHS):
            job = DenoiseJob(
                image, self._mask, PROMPT, "", strength, STEPS, 7.5, seed=index, continues=index > 0
            )
            steps = self.engine.denoise(job)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    image = end.value
                    break

    def _calls(self) -> None:
        import PIL.Image
        import torch

        image = PIL.Image.fromarray(np.rint(self._image * 255).astype(np.uint8))
        mask = PIL.Image.fromarray((self._mask * 255).astype(np.uint8))
        for index, strength in enumerate(STRENGTHS):
            image = self._stock(
                prompt=PROMPT,
                negative_prompt="",
                image=image,
                mask_image=mask,
                strength=strength,
                num_inference_steps=STEPS,
                guidance_scale=7.5,
                height=image.height,
                width=image.width,
                generator=torch.Generator("cpu").manual_seed(index),
            ).images[0]


class _Stopwatch:
    """Adds up the time that a module's `forward` takes."""

    def __init__(self, device: str) -> None:
        self._device = device
        self.seconds = 0.0

    @contextmanager
    def around(self, module: Any) -> Iterator[None]:
        forward = module.forward

        def timed(*positional: Any, **named: Any) -> Any:
            _wait(self._device)
            start = _now(self._device)
            answer = forward(*positional, **named)
            _wait(self._device)
            self.seconds += _now(self._device) - start
            return answer

        module.forward = timed
        try:
            yield
        finally:
            module.forward = forward


def _stock(folder: Path, pipe: Any) -> Any:
    stock = type(pipe).from_pretrained(folder, dtype=pipe.unet.dtype).to(pipe.device)
    stock.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config)
    stock.set_progress_bar_config(disable=True)
    return stock


def _now(device: str) -> float:
    return time.process_time() if device == "cpu" else time.perf_counter()


def _wait(device: str) -> None:
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize()


def _photo(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    noise = np.random.default_rng(1).normal(0, 0.03, (side, side, 3))
    return np.clip(np.stack([x, y, 1 - x], 2) * 0.8 + 0.1 + noise, 0, 1).astype(np.float32)


def _disc(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    inside = np.hypot(x - side / 2, y - side / 2) < side / 4
    return np.asarray(inside, dtype=np.float32)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def measure() -> Iterator[Figure]:
    """The narrowed models on the CPU, for the table of all benchmarks."""
    import torch

    torch.set_num_threads(1)
    for family, channels in MODELS:
        with tempfile.TemporaryDirectory() as name:
            folder = build(family, channels, Path(name) / "model", is_small=True, half=False)
            bench = Bench(folder, SIDES[family, True], {})
            bench.run()
            runs = [bench.run() for _ in range(5)]
        shares = tuple(100 * run.ours / run.stock for run in runs)
        yield Figure(
            f"{family}-{channels} narrowed, CPU: ladder of 3 to 3 stock calls", "%", shares, 85
        )


VARIANTS: dict[str, dict[str, object]] = {
    "fp32": {"precision": "fp32"},
    "fp16": {"precision": "fp16"},
    "fp16, channels last": {"precision": "fp16", "channels_last": True},
    "fp16, channels last, compiled": {
        "precision": "fp16",
        "channels_last": True,
        "compile": True,
    },
}


def _rows(family: str, channels: int, is_full: bool, rounds: int) -> Iterator[str]:
    import torch

    variants = VARIANTS if is_full else {"fp32": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = build(family, channels, Path(name) / "model", is_small=not is_full, half=is_full)
        for variant, settings in variants.items():
            bench = Bench(folder, SIDES[family, not is_full], settings)
            bench.run()
            if bench.device.startswith("cuda"):
                torch.cuda.reset_peak_memory_stats()
            runs = [bench.run() for _ in range(rounds)]
            ours, stock, denoiser = (
                statistics.median(getattr(run, part) for run in runs)
                for part in ("ours", "stock", "denoiser")
            )
            peak = (
                f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GB"
                if bench.device.startswith("cuda")
                else "–"
            )
            yield (
                f"| {family}, {channels} channels, {variant} | {ours:.2f} | {stock:.2f} "
                f"| {ours / stock:.2f} | {denoiser:.2f} | {ours / denoiser:.2f} | {peak} |"
            )
            bench.engine.close()
            del bench


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="full-size models, for a GPU")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.full and not torch.cuda.is_available():
        parser.error("--full needs a CUDA GPU; without --full narrowed models run on the CPU")
    if not options.full:
        torch.set_num_threads(1)
    device = torch.cuda.get_device_name() if options.full else "CPU, one thread"
    print(f"{device}, torch {torch.__version__}, {STEPS} steps, strengths {STRENGTHS}\n")
    print("| model | ladder s | 3 stock calls s | ratio | denoiser alone s | ratio | peak memory |")
    print("|---|---|---|---|---|---|---|")
    for family, channels in MODELS:
        for row in _rows(family, channels, options.full, options.rounds):
            print(row, flush=True)


if __name__ == "__main__":
    main()
