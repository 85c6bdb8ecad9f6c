"""`sfumato doctor`: one line for each thing that must be right. Never prints the token."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import click

import sfumato_protocol
from sfumato_protocol import endpoint

from .. import __version__
from ..client.client import Client
from ..client.errors import ClientError
from ..config import Config
from ..engines.base import EngineError
from ..engines.registry import traits_of
from ..offer import recipes
from ..offer.models import scan
from .install_plugin import installed_version, is_enabled, krita_places

_NEEDED = (
    "msgpack",
    "websockets",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "torch",
    "diffusers",
)
_MARKS = {True: "ok  ", False: "FAIL", None: "note"}


@dataclass(frozen=True)
class Finding:
    """One line. right: None for what is worth knowing and not needed."""

    right: bool | None
    text: str


def run(self_test: bool) -> int:
    """Print every finding as it is made; 1 if something needed is missing."""
    failed = False
    for finding in look(self_test):
        click.echo(f"{_MARKS[finding.right]}  {finding.text}")
        failed = failed or finding.right is False
    click.echo(
        "Something needed is missing, see FAIL." if failed else "All that is needed is here."
    )
    return int(failed)


def look(self_test: bool) -> Iterator[Finding]:
    """Everything there is to find, in the order of reading; last, if asked for, a whole job."""
    yield Finding(True, f"Sfumato {__version__}, protocol {sfumato_protocol.VERSION}")
    yield Finding(True, f"Python {platform.python_version()} on {platform.platform()}")
    yield from _packages()
    yield from _engines()
    yield from _token()
    yield _server()
    yield from _krita()
    if self_test:
        yield _self_test()


def _self_test() -> Finding:
    from . import selftest

    try:
        seconds = selftest.heal_something()
    except (ClientError, selftest.SelfTestFailed, OSError) as error:
        return Finding(False, f"self-test: {_short(error)}")
    return Finding(True, f"self-test: a small picture was healed in {seconds:.1f} s")


def _packages() -> Iterator[Finding]:
    for name in _NEEDED:
        try:
            yield Finding(True, f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield Finding(False, f"{name} is not installed: pip install {name}")
    nvidia = shutil.which("nvidia-smi")
    yield Finding(
        None, "NVIDIA driver found" if nvidia else "no NVIDIA driver: engines use the CPU"
    )


def _engines() -> Iterator[Finding]:
    for spec in Config().engines:
        try:
            traits = traits_of(spec)
        except EngineError as error:
            yield Finding(False, f"engine {spec}: {error}")
        else:
            yield Finding(True, f"engine {traits.name}: {traits.title}")
    shelf = scan(Config().models_folder)
    for one in shelf.models:
        yield Finding(True, f"model {one.name}: {one.traits.title}, for {one.traits.native} px")
    for refused in shelf.refused:
        yield Finding(None, _short(refused.reason))
    for reason in recipes.look([Config().recipes_folder]).refused:
        yield Finding(None, _short(reason))
    if shelf.models:  # torch takes seconds to import: not where no model asks for it
        from ..engines.diffusion import device

        yield Finding(None, device.describe())


def _token() -> Iterator[Finding]:
    file = endpoint.token_file()
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        yield Finding(None, f"no token in {_short(file)} yet: the first `sfumato serve` makes it")
        return
    if os.name == "posix" and mode & 0o077:
        yield Finding(False, f"{_short(file)} can be read by others (mode {mode:o}): chmod 600 it")
    else:
        yield Finding(True, f"token file {_short(file)}, mode {mode:o}")


def _server() -> Finding:
    if endpoint.read_token() is None:
        taken = _is_taken(endpoint.HOST, endpoint.PORT)
        return Finding(None, f"port {endpoint.PORT} is {'taken' if taken else 'free'}")
    try:
        with Client.connect() as client:
            return Finding(True, f"{client.welcome.server} answers at {endpoint.url()}")
    except ClientError as error:
        return Finding(None, _short(str(error)))


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


def _krita() -> Iterator[Finding]:
    found = shutil.which("krita")
    yield Finding(None, f"Krita: {found}" if found else "Krita is not on the PATH")
    for place in krita_places():
        version = installed_version(place.resources)
        where = f"{_short(place.resources)} ({place.label})"
        if version is None:
            yield Finding(None, f"no plugin in {where}: sfumato install-plugin")
            continue
        same = version == __version__
        yield Finding(same, f"plugin {version} in {where}" + ("" if same else ": install anew"))
        if not is_enabled(place.config):
            yield Finding(None, "it is not enabled: Krita, Settings, Python Plugin Manager")


def _short(text: object) -> str:
    """`text` with the home folder, which has the user's name in it, as ~."""
    return str(text).replace(str(Path.home()) + os.sep, "~" + os.sep)
