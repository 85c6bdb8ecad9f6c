"""What reuse can save at full size, by arithmetic: multiplications and additions, not seconds.

python -m benchmarks.diffusers_flops     prints a Markdown table; needs neither weights nor a GPU

Three stock calls of S steps in all: S denoiser steps with guidance, 6 pictures encoded (the picture
and the masked one, each call), 3 decoded, 6 prompts encoded. A ladder: the same steps, 3 decoded, 2
prompts, and 1 to 6 pictures encoded.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato_server.engines.diffusion.configurations.unfold import unfolded

STEPS = 27  # 20 at the strengths 0.7, 0.4 and 0.25
SIDES = {"sd": 512, "sdxl": 1024}
TEXT_TOKENS = 77
ENCODED = (1, 2, 4)


@dataclass(frozen=True)
class Work:
    """10^12 operations: a denoiser step of both guidance halves, a picture in, out, a prompt."""

    step: float
    encode: float
    decode: float
    prompt: float

    def ladder(self, encoded: int) -> float:
        """Of a ladder that encodes so many pictures."""
        return STEPS * self.step + encoded * self.encode + 3 * self.decode + 2 * self.prompt

    @property
    def stock(self) -> float:
        """Of three calls of the stock pipeline."""
        return STEPS * self.step + 6 * self.encode + 3 * self.decode + 6 * self.prompt


def count(family: str) -> Work:
    """Count the work of a 9-channel model of "sd" or "sdxl", built without memory for weights."""
    import diffusers
    import torch

    side, cells = SIDES[family], SIDES[family] // 8
    with unfolded(family, 9) as folder, torch.device("meta"), torch.no_grad():
        unet = _made(diffusers.UNet2DConditionModel, folder / "unet")
        coder = _made(diffusers.AutoencoderKL, folder / "vae")
        context = torch.empty(2, TEXT_TOKENS, unet.config.cross_attention_dim)
        latents = torch.empty(2, 9, cells, cells)
        more: dict[str, Any] = {}
        if family == "sdxl":
            ids = {"text_embeds": torch.empty(2, 1280), "time_ids": torch.empty(2, 6)}
            more = {"added_cond_kwargs": ids}
        return Work(
            step=_operations(lambda: unet(latents, torch.tensor(1.0), context, **more)),
            encode=_operations(lambda: coder.encoder(torch.empty(1, 3, side, side))),
            decode=_operations(lambda: coder.decoder(torch.empty(1, 4, cells, cells))),
            prompt=sum(_prompt(folder / part) for part in ("text_encoder", "text_encoder_2")),
        )


def _prompt(folder: Path) -> float:
    import torch

    if not folder.exists():
        return 0.0
    kind = "CLIPTextModelWithProjection" if folder.name.endswith("2") else "CLIPTextModel"
    made: Any = getattr(importlib.import_module("transformers"), kind)
    encoder = made(made.config_class.from_pretrained(folder))
    return _operations(lambda: encoder(torch.zeros(1, TEXT_TOKENS, dtype=torch.long)))


def _made(kind: Any, folder: Path) -> Any:
    return kind.from_config(kind.load_config(folder))


def _operations(call: Callable[[], object]) -> float:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        call()
    return float(counter.get_total_flops()) / 1e12


def main() -> None:
    heads = " | ".join(f"{number} encoded" for number in ENCODED)
    print(f"| model | step | encode | decode | prompt | {heads} |")
    print("|---|" + "---|" * (4 + len(ENCODED)))
    for family, side in SIDES.items():
        work = count(family)
        ratios = " | ".join(f"{work.ladder(number) / work.stock:.2f}" for number in ENCODED)
        print(
            f"| {family}, 9 channels, {side} px | {work.step:.2f} | {work.encode:.2f} "
            f"| {work.decode:.2f} | {work.prompt:.3f} | {ratios} |"
        )


if __name__ == "__main__":
    main()
