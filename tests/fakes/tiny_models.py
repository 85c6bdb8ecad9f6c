"""Tiny models of every family, built from configurations with random weights, no network.

The pictures they make are noise; what is tested with them is arithmetic: equality, exactness,
monotony. Each is a diffusers folder of 0.1 to 3 MB that takes well under a second to build.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakes.tiny_text import (
    clip_text,
    clip_tokenizer,
    qwen3_text,
    qwen_tokenizer,
    qwen_vision_text,
    t5_text,
    t5_tokenizer,
)


def vae(channels: int, shift: float | None, levels: int = 4, **extra: Any) -> Any:
    """An AutoencoderKL; `levels` 4 gives the usual 8 px a cell."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=(8,) * levels,
        layers_per_block=1,
        latent_channels=channels,
        sample_size=64,
        scaling_factor=0.18215 if shift is None else 0.36,
        shift_factor=shift,
        **{"norm_num_groups": 4, **extra},
    )


def unet(channels: int, context: int, **extra: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=8,
        in_channels=channels,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(16, 32),
        layers_per_block=1,
        cross_attention_dim=context,
        norm_num_groups=8,
        **{"attention_head_dim": 4, **extra},
    )


def _noise_schedule() -> dict[str, Any]:
    return {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "steps_offset": 1,
    }


def _flow(**extra: Any) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    dynamic = {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 1.15}
    return FlowMatchEulerDiscreteScheduler(**{**dynamic, **extra})


def sd(channels: int = 9, prediction: str = "epsilon", inpaint: bool = True) -> Any:
    from diffusers import (
        DDIMScheduler,
        StableDiffusionInpaintPipeline,
        StableDiffusionPipeline,
    )

    tokenizer = clip_tokenizer()
    schedule = DDIMScheduler(
        **_noise_schedule(), prediction_type=prediction, clip_sample=False, set_alpha_to_one=False
    )
    return (StableDiffusionInpaintPipeline if inpaint else StableDiffusionPipeline)(
        vae=vae(4, None),
        text_encoder=clip_text(tokenizer),
        tokenizer=tokenizer,
        unet=unet(channels, 32),
        scheduler=schedule,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(channels: int = 4) -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLInpaintPipeline

    tokenizer = clip_tokenizer()
    pair = {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 6 * 8 + 32,
        "transformer_layers_per_block": (1, 2),
        "use_linear_projection": True,
        "attention_head_dim": (2, 4),
    }
    return StableDiffusionXLInpaintPipeline(
        vae=vae(4, None, force_upcast=False),
        text_encoder=clip_text(tokenizer, width=16),  # told from the second by its width
        text_encoder_2=clip_text(tokenizer, pooled=True),
        tokenizer=tokenizer,
        tokenizer_2=clip_tokenizer(),
        unet=unet(channels, 48, **pair),
        scheduler=EulerDiscreteScheduler(**_noise_schedule(), timestep_spacing="leading"),
        add_watermarker=False,
    )


def sd3() -> Any:
    from diffusers import SD3Transformer2DModel, StableDiffusion3InpaintPipeline

    tokenizer = clip_tokenizer()
    transformer = SD3Transformer2DModel(
        sample_size=8,
        patch_size=2,
        in_channels=16,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=32,
        caption_projection_dim=32,
        pooled_projection_dim=32,
        out_channels=16,
    )
    return StableDiffusion3InpaintPipeline(
        transformer=transformer,
        scheduler=_flow(use_dynamic_shifting=False, shift=3.0),
        vae=vae(16, 0.06),
        text_encoder=clip_text(tokenizer, width=16, projection=16, pooled=True),
        tokenizer=tokenizer,
        text_encoder_2=clip_text(tokenizer, width=16, projection=16, pooled=True),
        tokenizer_2=clip_tokenizer(),
        text_encoder_3=None,
        tokenizer_3=None,
    )


def _flux(pipeline: str, channels: int, guided: bool = True) -> Any:
    import diffusers

    clip, t5 = clip_tokenizer(), t5_tokenizer()
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=channels,
        out_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=guided,
    )
    return getattr(diffusers, pipeline)(
        scheduler=_flow(),
        vae=vae(16, 0.1),
        text_encoder=clip_text(clip),
        tokenizer=clip,
        text_encoder_2=t5_text(t5),
        tokenizer_2=t5,
        transformer=transformer,
    )


def flux() -> Any:
    return _flux("FluxInpaintPipeline", 64)


def flux_fill() -> Any:
    return _flux("FluxFillPipeline", 2 * 64 + 256)


def flux_kontext() -> Any:
    return _flux("FluxKontextInpaintPipeline", 64)


def chroma() -> Any:
    from diffusers import ChromaInpaintPipeline, ChromaTransformer2DModel

    t5 = t5_tokenizer()
    transformer = ChromaTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        axes_dims_rope=(4, 4, 8),
        approximator_num_channels=8,
        approximator_hidden_dim=16,
        approximator_layers=1,
    )
    return ChromaInpaintPipeline(
        scheduler=_flow(use_dynamic_shifting=False, shift=1.0),
        vae=vae(16, 0.1),
        text_encoder=t5_text(t5),
        tokenizer=t5,
        transformer=transformer,
    )


def z_image() -> Any:
    import torch
    from diffusers import ZImageInpaintPipeline, ZImageTransformer2DModel

    tokenizer = qwen_tokenizer()
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=16,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=32,
        axes_dims=[4, 6, 6],
        axes_lens=[1024, 256, 256],
    )
    with torch.no_grad():  # they are made empty, not random
        for name in ("x_pad_token", "cap_pad_token"):
            getattr(transformer, name).normal_()
    return ZImageInpaintPipeline(
        scheduler=_flow(use_dynamic_shifting=False, shift=3.0),
        vae=vae(16, 0.1),
        text_encoder=qwen3_text(tokenizer, causal=False),
        tokenizer=tokenizer,
        transformer=transformer,
    )


def flux2_klein() -> Any:
    from diffusers import (
        AutoencoderKLFlux2,
        Flux2KleinInpaintPipeline,
        Flux2Transformer2DModel,
    )

    tokenizer = qwen_tokenizer()
    transformer = Flux2Transformer2DModel(
        patch_size=1,
        in_channels=128,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=96,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    coder = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=32,
        norm_num_groups=4,
        sample_size=64,
    )
    return Flux2KleinInpaintPipeline(
        scheduler=_flow(),
        vae=coder,
        text_encoder=qwen3_text(tokenizer, causal=True, layers=28),
        tokenizer=tokenizer,
        transformer=transformer,
    )


def qwen_image() -> Any:
    from diffusers import (
        AutoencoderKLQwenImage,
        QwenImageInpaintPipeline,
        QwenImageTransformer2DModel,
    )

    tokenizer = qwen_tokenizer()
    transformer = QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=64,
        out_channels=16,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        axes_dims_rope=(4, 4, 8),
    )
    coder = AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=16,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 16,
        latents_std=[1.0] * 16,
    )
    return QwenImageInpaintPipeline(
        scheduler=_flow(shift_terminal=0.02),
        vae=coder,
        text_encoder=qwen_vision_text(tokenizer),
        tokenizer=tokenizer,
        transformer=transformer,
    )


FAMILIES: dict[str, Callable[[], Any]] = {
    "sd-9": lambda: sd(9),
    "sd-4": lambda: sd(4),
    "sd-v": lambda: sd(4, "v_prediction"),
    "sdxl-4": lambda: sdxl(4),
    "sdxl-9": lambda: sdxl(9),
    "sd3": sd3,
    "flux": flux,
    "flux-fill": flux_fill,
    "flux-kontext": flux_kontext,
    "flux2-klein": flux2_klein,
    "chroma": chroma,
    "qwen-image": qwen_image,
    "z-image": z_image,
}


def build(name: str, folder: Path, seed: int = 3) -> Path:
    """Write a tiny model of a family as a diffusers folder; the folder."""
    import diffusers
    import torch
    import transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # diffusers' own, about its Chroma
        pipeline = FAMILIES[name]()
    _enliven(pipeline)
    normalise(pipeline.vae)
    pipeline.save_pretrained(folder)
    return folder


def _enliven(pipeline: Any) -> None:
    """Give weights that start at zero (a transformer's last layer) values, else nothing shows."""
    import torch

    with torch.no_grad():
        for component in pipeline.components.values():
            if isinstance(component, torch.nn.Module):
                for parameter in component.parameters():
                    if parameter.ndim > 1 and not parameter.any():
                        parameter.normal_(0, 0.05)


def normalise(coder: Any) -> None:
    """Scale a coder's latents to mean 0 and variance 1, as trained ones are."""
    import torch

    if "scaling_factor" not in coder.config or type(coder).__name__ != "AutoencoderKL":
        return
    ramp = torch.linspace(-1, 1, 64)
    picture = torch.stack([ramp.expand(64, 64), ramp[:, None].expand(64, 64), -ramp.expand(64, 64)])
    with torch.no_grad():
        latents = coder.encode(picture[None]).latent_dist.mode()
    shift = coder.config.shift_factor
    spread = latents.std() if shift is not None else latents.square().mean().sqrt()
    coder.register_to_config(scaling_factor=float(1 / spread))
    if shift is not None:
        coder.register_to_config(shift_factor=float(latents.mean()))
