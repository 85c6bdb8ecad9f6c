"""What is declared, what is pinned and what is imported agree."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from .rooms import FOREIGN
from .sources import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)\Z")
# Import names that differ from the package's.
_PACKAGES = {"cv2": "opencv-python-headless", "PIL": "pillow"}
_BROUGHT_BY_KRITA = {"krita", "pykrita", "PyQt6"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return content


def requirements() -> list[Requirement]:
    extras = project()["optional-dependencies"].values()
    lines = [*project()["dependencies"], *(line for extra in extras for line in extra)]
    return [Requirement(line) for line in lines]


def pins() -> dict[str, Version]:
    found = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pin = _PIN.match(line)
            assert pin, f"{line} is no exact version"
            found[plain(pin[1])] = Version(pin[2])
    return found


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    if requirement.marker and not requirement.marker.evaluate({"python_version": "3.11"}):
        return
    version = pins().get(plain(requirement.name))
    assert version is not None, f"constraints.txt lacks {requirement.name}"
    assert requirement.specifier.contains(version)


def test_what_is_imported_is_declared() -> None:
    declared = {plain(requirement.name) for requirement in requirements()}
    wanted = {_PACKAGES.get(name, name) for name in FOREIGN if name not in _BROUGHT_BY_KRITA}
    assert {plain(name) for name in wanted} <= declared


def test_pins_carry_no_build_of_one_machine() -> None:
    """A pin like 2.13.0+cpu would shut out everybody's graphics card."""
    assert not [name for name, version in pins().items() if version.local]
