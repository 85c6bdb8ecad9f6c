"""A VAE of the usual kind with weights set by hand: means of 8 x 8 px and a cast.

A tiny VAE of random weights makes noise of any picture. In this one every residual is 0; the norms,
which would take the mean away, see the colours beside two opposite constants so large that these
decide them; what is left of the mean goes as the constants' mean is subtracted; SiLU works far
above 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes import tiny_models

_LARGE = 200.0  # a constant; colours are in -1..1
_COLOURS = (0, 1, 4)  # their channels, of two groups of four
_CONSTANTS = ((2, 3), (6, 7))
_FAR = 30.0  # where SiLU(x) is x


def set_weights(vae: Any, cast: tuple[float, float, float]) -> None:
    """Set the weights of an AutoencoderKL of 8 channels, 2 norm groups and 4 levels.

    cast: added to every picture that is decoded, in 0..1 of R, G, B.
    """
    import torch

    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith(("weight", "bias")):
                parameter.zero_()
        coder: Any
        for coder in (vae.encoder, vae.decoder):
            coder.conv_norm_out.weight.fill_(1)
            coder.conv_norm_out.bias.fill_(_FAR)
            for colour, channel in enumerate(_COLOURS):
                coder.conv_in.weight[channel, colour, 1, 1] = 1
                # Of a group of four with two constants the deviation is their size over root 2.
                coder.conv_out.weight[colour, channel, 1, 1] = _LARGE / 2**0.5
                for constant in _CONSTANTS[channel // 4]:
                    coder.conv_out.weight[colour, constant, 1, 1] = -_LARGE / 2**1.5
            for first, second in _CONSTANTS:
                coder.conv_in.bias[first] = _LARGE
                coder.conv_in.bias[second] = -_LARGE
        vae.encoder.conv_out.bias[4:] = -30  # of the posterior's variance, as logarithm
        vae.decoder.conv_out.bias += 2 * torch.tensor(cast)
        for between in (vae.quant_conv, vae.post_quant_conv):
            for channel in range(4):
                between.weight[channel, channel] = 1
        vae.quant_conv.weight[4:] = 0
        vae.quant_conv.bias[4:] = -30
        same = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
        mean = torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 0]]) / 4
        for module in vae.modules():
            kernel = {"Downsample2D": mean, "Upsample2D": same}.get(type(module).__name__)
            if kernel is not None:
                for channel in range(8):
                    module.conv.weight[channel, channel] = kernel


def build(folder: Path, cast: tuple[float, float, float]) -> Path:
    """Write a tiny Stable Diffusion model with such a VAE as a diffusers folder; the folder."""
    import torch

    torch.manual_seed(3)
    pipeline = tiny_models.sd(4)
    vae = tiny_models.vae(4, None, norm_num_groups=2)
    set_weights(vae, (0, 0, 0))
    tiny_models.normalise(vae)
    set_weights(vae, cast)
    pipeline.register_modules(vae=vae)
    pipeline.save_pretrained(folder)
    return folder
