"""A model from the Hugging Face hub, into huggingface_hub's own cache.

The library begins a file anew after an interruption. Weights are many gigabytes, so theirs are
fetched first, each into a part beside its place in the cache, from which a later call goes on; the
library then finds them there and fetches the rest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engines.base import EngineError
from ..engines.diffusion.description import needed_parts, read_index

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

_PLAIN_FILES = ("*.json", "*.txt", "*.model")
WORTH_A_PART = 10_000_000  # bytes of a file; the library writes blocks of 10 MiB


def fetched(name: str, variant: str) -> Path:
    """The folder of the model `name` (owner/model), downloaded; goes on where it stopped.

    variant: such as "fp16", of which weights only these are taken. Raises `EngineError` when it
    cannot be had, or is nothing that inpaints; `KeyboardInterrupt` leaves what came.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub

    index_file = Path(_ask(name, huggingface_hub.hf_hub_download, filename="model_index.json"))
    index, _ = read_index(index_file, name)
    wanted = _wanted(index, variant)
    if not huggingface_hub.constants.HF_HUB_OFFLINE:
        _ask(name, _weights, wanted=wanted)
    return Path(_ask(name, huggingface_hub.snapshot_download, **wanted))


def _ask(name: str, call: Callable[..., Any], **named: Any) -> Any:
    try:
        return call(name, **named)
    except EngineError:
        raise
    except Exception as error:  # the library raises many kinds, of its own and of others
        raise EngineError(
            f'"{name}" could not be had from the hub ({type(error).__name__}: {error}). '
            "Check the name (owner/model), the network and HF_HUB_OFFLINE."
        ) from error


def _wanted(index: dict[str, Any], variant: str) -> dict[str, list[str]]:
    """The library's patterns for the parts that are loaded; of weights, safetensors only."""
    weights = f"*.{variant}*.safetensors" if variant else "*.safetensors"
    patterns = [
        f"{part}/{kind}" for part in needed_parts(index) for kind in (*_PLAIN_FILES, weights)
    ]
    return {
        "allow_patterns": ["model_index.json", *patterns],
        "ignore_patterns": [] if variant else ["*.fp16.*"],
    }


def _weights(name: str, wanted: dict[str, list[str]]) -> None:
    """Fetch the large files among `wanted` into the cache's blobs, each from where it stopped."""
    from huggingface_hub import HfApi, constants, utils
    from huggingface_hub.file_download import repo_folder_name

    tools: Any = utils  # which exports the filter without saying so
    info = HfApi().model_info(name, files_metadata=True)
    folder = repo_folder_name(repo_id=name, repo_type="model")
    blobs = Path(constants.HF_HUB_CACHE) / folder / "blobs"
    files = tools.filter_repo_objects(
        info.siblings or [], key=lambda file: file.rfilename, **wanted
    )
    for file in files:
        if file.lfs is not None and file.lfs.size >= WORTH_A_PART:
            _weight(name, info.sha or "main", file, blobs / file.lfs.sha256)


def _weight(name: str, revision: str, file: RepoSibling, blob: Path) -> None:
    """One file of weights, which the cache keeps under its SHA-256."""
    from huggingface_hub import hf_hub_url, utils
    from huggingface_hub.file_download import http_get

    assert file.lfs is not None
    tools: Any = utils  # which exports these two without saying so
    blob.parent.mkdir(parents=True, exist_ok=True)
    part = blob.with_name(f"{blob.name}.part")
    with tools.WeakFileLock(f"{part}.lock"):
        if blob.exists():
            return
        with part.open("ab") as target:
            http_get(
                hf_hub_url(name, file.rfilename, revision=revision),
                target,
                resume_size=target.tell(),
                headers=tools.build_hf_headers(),
                expected_size=file.lfs.size,
                displayed_filename=file.rfilename,
            )
        _check(part, file, blob.name)
        part.replace(blob)


def _check(part: Path, file: RepoSibling, sha256: str) -> None:
    digest = hashlib.sha256()
    with part.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != sha256:
        part.unlink()
        raise EngineError(
            f"{file.rfilename} arrived damaged (SHA-256 {digest.hexdigest()[:12]}… instead of "
            f"{sha256[:12]}…) and was removed. Give the same command again."
        )
