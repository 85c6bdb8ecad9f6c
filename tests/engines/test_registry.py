from __future__ import annotations

import pytest

from sfumato_server.engines import registry
from sfumato_server.engines.base import EngineError
from sfumato_server.engines.retouch.engine import Retouch


def test_the_built_in_engine_is_available_by_its_name() -> None:
    assert registry.traits_of(registry.BUILT_IN[0]).name == "patch-diffusion"
    assert registry.load_class(registry.BUILT_IN[0]) is Retouch
    assert registry.traits_of(registry.BUILT_IN[0]).cell == 1


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("patch_diffusion", "package.module:Class"),
        (":Class", "package.module:Class"),
        ("sfumato_server.engines.nowhere:Engine", "cannot be imported"),
        ("sfumato_server.engines.base:Missing", "no class Missing"),
        ("sfumato_server.engines.base:Step", "no engine"),
    ],
)
def test_a_wrong_name_is_explained(spec: str, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        registry.load_class(spec)
