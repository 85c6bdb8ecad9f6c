"""Writes a diffusers folder as the one .safetensors file that people share: the other way round
from what a loader does, so that the loader can be tested with models of any size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
_CODER_ATTENTION = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}


def write(pipeline: Any, file: Path) -> Path:
    """`pipeline` (SD or SDXL) as a single file."""
    from safetensors.torch import save_file

    tensors: dict[str, Any] = {}
    for name, tensor in pipeline.unet.state_dict().items():
        tensors["model.diffusion_model." + _unet_name(name, pipeline.unet.config)] = tensor
    for name, tensor in pipeline.vae.state_dict().items():
        new = _coder_name(name, len(pipeline.vae.config.block_out_channels))
        is_linear = "mid.attn" in new and tensor.ndim == 2
        tensors["first_stage_model." + new] = tensor[:, :, None, None] if is_linear else tensor
    is_xl = hasattr(pipeline, "text_encoder_2")
    first = "conditioner.embedders.0.transformer." if is_xl else "cond_stage_model.transformer."
    for name, tensor in pipeline.text_encoder.state_dict().items():
        tensors[first + "text_model." + name.removeprefix("text_model.")] = tensor
    if is_xl:
        second = _open_clip(pipeline.text_encoder_2.state_dict())
        tensors |= {f"conditioner.embedders.1.model.{name}": one for name, one in second.items()}
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, file)
    return file


def _unet_name(name: str, config: Any) -> str:
    layers, downs = config.layers_per_block, config.down_block_types
    for ours, theirs in _ENDS.items():
        if name.startswith(ours + "."):
            rest = name.removeprefix(ours)
            return theirs + (_inner(rest) if "resnets" in ours else rest)
    side, block, kind, place, rest = re.match(
        r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.(.*)", name
    ).groups()  # type: ignore[union-attr]
    at, turn = int(block), int(place)
    if side == "down":
        if kind == "downsamplers":
            return f"input_blocks.{(layers + 1) * (at + 1)}.0.op.{rest.removeprefix('conv.')}"
        number = 1 + (layers + 1) * at + turn
        return f"input_blocks.{number}{_part(kind, rest)}"
    attends = "CrossAttn" in downs[len(downs) - 1 - at]
    if kind == "upsamplers":
        return f"output_blocks.{(layers + 1) * at + layers}.{1 + attends}.{rest}"
    number = (layers + 1) * at + turn
    return f"output_blocks.{number}{_part(kind, rest)}"


def _part(kind: str, rest: str) -> str:
    return f".1.{rest}" if kind == "attentions" else f".0{_inner('.' + rest)}"


def _inner(rest: str) -> str:
    """A resnet's part, ".norm1.weight"."""
    for ours, theirs in _RESNET.items():
        if rest.startswith(f".{ours}."):
            return rest.replace(f".{ours}.", f".{theirs}.", 1)
    return rest


def _coder_name(name: str, levels: int) -> str:
    name = name.replace("mid_block.resnets.0", "mid.block_1")
    name = name.replace("mid_block.resnets.1", "mid.block_2")
    if "mid_block.attentions.0" in name:
        name = name.replace("mid_block.attentions.0", "mid.attn_1")
        for ours, theirs in _CODER_ATTENTION.items():
            name = name.replace(f"attn_1.{ours}.", f"attn_1.{theirs}.")
    name = re.sub(r"down_blocks\.(\d+)\.resnets\.", r"down.\1.block.", name)
    name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0\.", r"down.\1.downsample.", name)
    name = re.sub(
        r"up_blocks\.(\d+)\.(resnets|upsamplers\.0)\.",
        lambda m: (
            f"up.{levels - 1 - int(m[1])}." + ("block." if m[2] == "resnets" else "upsample.")
        ),
        name,
    )
    return name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")


def _open_clip(tensors: dict[str, Any]) -> dict[str, Any]:
    import torch

    named = {name.removeprefix("text_model."): tensor for name, tensor in tensors.items()}
    made = {
        "token_embedding.weight": named["embeddings.token_embedding.weight"],
        "positional_embedding": named["embeddings.position_embedding.weight"],
        "ln_final.weight": named["final_layer_norm.weight"],
        "ln_final.bias": named["final_layer_norm.bias"],
        "text_projection": named["text_projection.weight"].T,
    }
    count = 1 + max(int(name.split(".")[2]) for name in named if name.startswith("encoder"))
    parts = {
        "layer_norm1": "ln_1",
        "layer_norm2": "ln_2",
        "mlp.fc1": "mlp.c_fc",
        "mlp.fc2": "mlp.c_proj",
        "self_attn.out_proj": "attn.out_proj",
    }
    for layer in range(count):
        ours, theirs = f"encoder.layers.{layer}", f"transformer.resblocks.{layer}"
        for end in ("weight", "bias"):
            for part, new in parts.items():
                made[f"{theirs}.{new}.{end}"] = named[f"{ours}.{part}.{end}"]
            joined = [named[f"{ours}.self_attn.{one}_proj.{end}"] for one in "qkv"]
            made[f"{theirs}.attn.in_proj_{end}"] = torch.cat(joined)
    return made
