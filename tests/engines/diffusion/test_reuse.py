"""One job, not n calls: what is computed once, and that it makes no difference it should not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from engines.diffusion.conftest import (
    BuildModel,
    disc,
    everywhere,
    job,
    picture,
    texture,
)
from fakes.engines import Adder
from fakes.families import BY_KEY
from server.test_runner import ladder as small_ladder
from sfumato_server.engines.base import Engine
from sfumato_server.engines.diffusion.caches import LatentCache
from sfumato_server.engines.diffusion.engine import DiffusersEngine
from sfumato_server.engines.diffusion.preview import Preview, heading_for
from sfumato_server.execution import runner

LADDER = (0.7, 0.4, 0.25)


def fresh(folder: Path) -> DiffusersEngine:
    engine = DiffusersEngine.of(str(folder))()
    engine.load()
    return engine


def ladder(engine: DiffusersEngine, mask: np.ndarray, **changes: Any) -> list[np.ndarray]:
    """Three passes, each on the result of the one before, laid over as the runner does."""
    image, results = texture(), []
    for index, strength in enumerate(LADDER):
        wanted = job(mask, strength, image=image, continues=index > 0, **changes)
        image = np.where(mask[..., None] > 0, picture(engine, wanted), image)
        results.append(image)
    return results


def calls_of(part: torch.nn.Module) -> list[None]:
    """Grows by one with each call of a pipeline's part."""
    calls: list[None] = []
    part.register_forward_hook(lambda *_: calls.append(None))
    return calls


def test_a_ladder_encodes_its_prompt_and_its_crop_once(model_folder: BuildModel) -> None:
    engine = fresh(model_folder("sd-4"))
    pipe = engine.loaded.pipe
    texts, pictures = calls_of(pipe.text_encoder), calls_of(pipe.vae.encoder)
    ladder(engine, disc(value=1.0))
    assert len(texts) == 2  # the prompt and the negative prompt
    # The whole picture changes nowhere else than where it was decoded: cells on the mask's edge
    # are neither as sent nor as decoded, so later passes encode, once each, and no masked picture.
    assert len(pictures) <= 3


def test_where_every_cell_is_known_nothing_is_encoded(model_folder: BuildModel) -> None:
    engine = fresh(model_folder("sd-4"))
    pictures = calls_of(engine.loaded.pipe.vae.encoder)
    mask = everywhere(0)
    mask[16:48, 16:48] = 1  # on the cells' own edges
    ladder(engine, mask)
    assert len(pictures) == 1


def test_models_that_see_the_mask_encode_each_masked_picture(model_folder: BuildModel) -> None:
    engine = fresh(model_folder("sd-9"))
    pictures = calls_of(engine.loaded.pipe.vae.encoder)
    mask = everywhere(0)
    mask[16:48, 16:48] = 1
    ladder(engine, mask)
    # The crop, and what is left of it around the mask: the same in every pass.
    assert len(pictures) == 2


@pytest.mark.parametrize("name", ["sd-9", "sd-4", "flux", "qwen-image", "flux2-klein"])
def test_a_job_is_the_same_whatever_ran_before(name: str, model_folder: BuildModel) -> None:
    engine = fresh(model_folder(name))
    first = ladder(engine, disc())
    picture(engine, job(disc(radius=8), 0.5, seed=99))
    for before, after in zip(first, ladder(engine, disc()), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", ["sd-4", "flux", "qwen-image", "flux2-klein"])
def test_carried_latents_are_not_decoded_and_encoded_again(
    name: str, model_folder: BuildModel
) -> None:
    """A second pass that never frees anything gives back the first one's picture."""
    engine = fresh(model_folder(name))
    first = picture(engine, job(everywhere(), 0.7))
    unchanged = picture(engine, job(everywhere(0.01), 0.3, image=first, continues=True))
    np.testing.assert_allclose(unchanged, first, atol=1e-5)
    alone = picture(engine, job(everywhere(0.01), 0.3, image=first))
    assert np.abs(alone - first).mean() > 0.01  # through an untrained VAE


def test_windows_of_a_crop_do_not_mix(model_folder: BuildModel) -> None:
    """Passes go from window to window; each goes on from its own pictures, and from those alone."""
    views = ((0, 0, 64, 64), (100, 0, 64, 64))
    alike = texture(seed=6)
    alike[:32] = texture()[:32]  # cells of one that are cells of the other, among other neighbours
    images = (texture(), alike)

    def both(engine: DiffusersEngine, shown: tuple[int, ...]) -> list[np.ndarray]:
        now = list(images)
        made: list[np.ndarray] = []
        for strength in (0.7, 0.3):
            for number in shown:
                changes = {"view": views[number], "continues": bool(made)}
                value = everywhere(0.01) if strength < 0.5 else disc()
                result = picture(engine, job(value, strength, image=now[number], **changes))
                now[number] = result
                made.append(result)
        return made[-len(shown) :]

    together = both(fresh(model_folder("sd-4")), (0, 1))
    for number, result in enumerate(together):
        (alone,) = both(fresh(model_folder("sd-4")), (number,))
        np.testing.assert_allclose(result, alone, atol=1e-6)


def test_rounding_to_eight_bits_is_not_a_change(model_folder: BuildModel) -> None:
    engine = fresh(model_folder("sd-4"))
    first = picture(engine, job(everywhere(), 0.7))
    rounded = (np.rint(first * 255) / 255).astype(np.float32)
    unchanged = picture(engine, job(everywhere(0.01), 0.3, image=rounded, continues=True))
    np.testing.assert_allclose(unchanged, first, atol=1e-5)


def test_minus_zero_is_zero() -> None:
    encoded = []

    def encode(pixels: Any) -> Any:
        encoded.append(pixels)
        return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: pixels[:, :, ::8, ::8]))

    vae = SimpleNamespace(encode=encode, decode=None)
    LatentCache(vae)
    vae.encode(torch.zeros(1, 3, 8, 8))
    vae.encode(-torch.zeros(1, 3, 8, 8))
    assert len(encoded) == 1


@pytest.mark.parametrize("key", ["sd", "flux", "flux2-klein"])
def test_a_preview_of_latents_that_follow_colours_is_those_colours(key: str) -> None:
    """In each layout; the map is learnt from one picture and shows another."""
    from diffusers import Flux2KleinInpaintPipeline, FluxInpaintPipeline

    family, image = BY_KEY[key], texture(64, 96)
    cell = family.cell
    mixing = torch.randn(16, 3, generator=torch.Generator().manual_seed(2))

    def latents(pixels: np.ndarray) -> Any:
        shown = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        colours = torch.nn.functional.avg_pool2d(shown, cell)
        made = torch.einsum("kc,bchw->bkhw", mixing, colours) + 0.5
        if family.layout == "packed":
            return FluxInpaintPipeline._pack_latents(made, 1, 16, *made.shape[-2:])
        if family.layout == "patched":
            return Flux2KleinInpaintPipeline._pack_latents(made)
        return made

    other = np.ascontiguousarray(image[::-1] * np.float32(0.5))
    shown = Preview(family, latents(image), image).picture(latents(other))
    expected = cv2.resize(other, (96 // cell, 64 // cell), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(shown, expected, atol=0.03)


@pytest.mark.parametrize("is_flow", [True, False])
def test_a_step_heads_for_its_clean_end(is_flow: bool) -> None:
    """On a straight way from noise to a picture the estimate is the picture, from any step."""

    clean, noise = torch.tensor([0.3, -0.7]), torch.tensor([1.0, 2.0])

    def at(level: float) -> Any:
        return (1 - level) * clean + level * noise if is_flow else clean + level * noise

    scheduler = SimpleNamespace(
        sigmas=torch.tensor([0.9, 0.5, 0.2, 0.0]),
        step_index=2,
        init_noise_sigma=0.9,
        **({"scale_noise": None} if is_flow else {}),
    )
    torch.testing.assert_close(heading_for(scheduler, at(0.5), at(0.2)), clean)


def test_after_another_engines_pass_the_crop_is_encoded_anew(model_folder: BuildModel) -> None:
    """To the bit as if the model's process had been new: nothing of its first pass is carried."""

    def passes(model: Engine, names: tuple[str, ...], done: int = 0) -> list[runner.Finished]:
        work = small_ladder("face-swap-boundary")
        named = zip(work.passes, names, strict=True)
        work = replace(work, passes=tuple(replace(one, engine=name) for one, name in named))
        engines = {"": model, "other": Adder()}
        events = runner.run(work.after(tuple(before[:done])), engines.__getitem__)
        return [replace(e, seconds=0) for e in events if isinstance(e, runner.Finished)]

    before: list[runner.Finished] = []
    first = fresh(model_folder("sd-4"))
    encoded = calls_of(first.loaded.pipe.vae.encoder)
    before = passes(first, ("", "other", ""))
    assert len(encoded) == 2
    assert passes(fresh(model_folder("sd-4")), ("", "other", ""), done=2) == before[2:]
