"""The model families that are supported, as one table: all that differs between them as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layout = Literal["grid", "packed", "patched"]


@dataclass(frozen=True)
class Family:
    """What there is to know about a family of models.

    pipeline: the diffusers class that runs it. saved_as: other classes whose folders hold the same
    components. native: side in model px of the square it was made for. cell: model px that share
    one value of the mask. multiple: what sides must be multiples of. steps, guidance: its own.
    guidance_as: the argument that takes the guidance. negative: whether a negative prompt is read.
    layout: of latents within the loop: (1, C, h, w); or 2 x 2 cells in a row, (1, hw/4, 4C); or
    cells already merged by the VAE, (1, hw, C). known_at: where image latents and noise are in
    what `prepare_latents` returns; None if it returns neither. flow: whether noise levels are those
    of flow matching. half: the number format on GPUs. sees_content: the model is shown the old
    content whatever the mask and strength. denoiser: the part that denoises. plain_channels: how
    many that takes in of a model that is not shown the masked picture; None where none is. keys:
    names of tensors that tell a single .safetensors file to be of this family, all of one group;
    none where it must be a folder. checker: whether a safety checker comes with it. resizes:
    whether its pipeline would change the size to one of its favourites. unsaid: entries that its
    pipeline reads in the transformer's configuration and that are not there; they count as False.
    """

    key: str
    title: str
    pipeline: str
    saved_as: tuple[str, ...]
    native: int
    steps: int
    guidance: float
    multiple: int = 16
    cell: int = 8
    guidance_as: str = "guidance_scale"
    negative: bool = True
    layout: Layout = "packed"
    known_at: tuple[int, int] | None = (2, 1)
    flow: bool = True
    half: Literal["float16", "bfloat16"] = "bfloat16"
    sees_content: bool = False
    denoiser: Literal["unet", "transformer"] = "transformer"
    plain_channels: int | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    checker: bool = False
    resizes: bool = False
    unsaid: tuple[str, ...] = ()


UNET_IN = "model.diffusion_model.input_blocks.0.0.weight"
_SD_TEXT = "cond_stage_model.transformer.{}embeddings.token_embedding.weight"
_SD = (
    "StableDiffusionPipeline",
    "StableDiffusionImg2ImgPipeline",
    "LatentConsistencyModelPipeline",
)
_SDXL = ("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline")
_SD3 = ("StableDiffusion3Pipeline", "StableDiffusion3Img2ImgPipeline")

FAMILIES = (
    Family(
        "sd", "Stable Diffusion", "StableDiffusionInpaintPipeline", _SD,
        native=512, steps=25, guidance=7.5, layout="grid", flow=False,
        half="float16", denoiser="unet", plain_channels=4, checker=True,
        keys=(  # older files lack a level in the name of the text encoder's
            (UNET_IN, _SD_TEXT.format("text_model.")),
            (UNET_IN, _SD_TEXT.format("")),
        ),
    ),
    Family(
        "sdxl", "Stable Diffusion XL", "StableDiffusionXLInpaintPipeline", _SDXL,
        native=1024, steps=25, guidance=6.0, layout="grid", flow=False,
        half="float16", denoiser="unet", plain_channels=4,
        keys=((UNET_IN, "conditioner.embedders.1.model.token_embedding.weight"),),
    ),
    Family(
        "sd3", "Stable Diffusion 3", "StableDiffusion3InpaintPipeline", _SD3,
        native=1024, steps=28, guidance=5.0, layout="grid", plain_channels=16,
    ),
    Family(
        "flux", "Flux.1", "FluxInpaintPipeline", ("FluxPipeline", "FluxImg2ImgPipeline"),
        native=1024, steps=28, guidance=3.5, negative=False,
    ),
    Family(
        "flux-fill", "Flux.1 Fill", "FluxFillPipeline", (),
        native=1024, steps=28, guidance=30.0, negative=False, known_at=None, plain_channels=0,
    ),
    Family(
        "flux-kontext", "Flux.1 Kontext", "FluxKontextInpaintPipeline", ("FluxKontextPipeline",),
        native=1024, steps=28, guidance=2.5, negative=False, known_at=(1, 6), sees_content=True,
        resizes=True,
    ),
    # Its pipeline shrinks pictures of more than 1024² px: rounding must not get there.
    Family(
        "flux2-klein", "Flux.2 Klein", "Flux2KleinInpaintPipeline", ("Flux2KleinPipeline",),
        native=1008, steps=8, guidance=4.0, negative=False, cell=16, layout="patched",
        sees_content=True,
    ),
    Family(
        "chroma", "Chroma", "ChromaInpaintPipeline", ("ChromaPipeline", "ChromaImg2ImgPipeline"),
        native=1024, steps=28, guidance=5.0,
        unsaid=("guidance_embeds",),
    ),
    Family(
        "qwen-image", "Qwen-Image", "QwenImageInpaintPipeline",
        ("QwenImagePipeline", "QwenImageImg2ImgPipeline"),
        native=1328, steps=28, guidance=4.0, guidance_as="true_cfg_scale",
    ),
    Family(
        "z-image", "Z-Image", "ZImageInpaintPipeline", ("ZImagePipeline", "ZImageImg2ImgPipeline"),
        native=1024, steps=9, guidance=0.0, layout="grid",
    ),
)  # fmt: skip

BY_CLASS = {name: family for family in FAMILIES for name in (family.pipeline, *family.saved_as)}
