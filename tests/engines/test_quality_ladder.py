"""What later passes of the built-in engine do to a pasted face's edge."""

from __future__ import annotations

import pytest
from benchmarks.quality_ladder import Rung, climb

FACE = ("chelsea", 150, 230)


@pytest.fixture(scope="module")
def rungs() -> list[Rung]:
    return list(climb(*FACE))


def test_the_seam_is_less_visible_than_pasted_and_than_after_one_long_pass(
    rungs: list[Rung],
) -> None:
    pasted, *passes, single, _ = rungs
    assert len(passes) == 3
    assert abs(passes[-1].seam - 1) < abs(passes[0].seam - 1)
    assert abs(passes[-1].seam - 1) < abs(pasted.seam - 1) / 2
    assert abs(passes[-1].seam - 1) < abs(single.seam - 1)
