"""The benchmark's cases are what they say, and its peers and blind sheets are fair."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks import quality_peers
from benchmarks.quality_case import Case, levels
from benchmarks.quality_cases import every_case
from benchmarks.quality_eyes import FIGURES, NAMES, agreement, pairs
from benchmarks.quality_faces import ASTRONAUT, HOPPER, Portrait, framed
from benchmarks.quality_figures import appeared, measure
from benchmarks.quality_holes import with_spot
from benchmarks.quality_moles import BROWN, FEATURE, RADIUS, skin
from benchmarks.quality_run import Outcome
from benchmarks.quality_sheet import KEY, write_blind
from numpy.typing import NDArray

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")


def floats(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return picture.astype(np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return every_case()


def test_both_halves_have_faces_pasted_spotted_scratched_and_clean(cases: list[Case]) -> None:
    for held_out in (False, True):
        kinds = {case.kind for case in cases if case.held_out == held_out}
        assert kinds >= {"paste", "feathered", "clean", "wide", "spot", "scratch", "hole", "sky"}
    assert len({case.name for case in cases}) == len(cases)


def test_a_case_differs_from_its_truth_where_it_is_selected_and_nowhere_else(
    cases: list[Case],
) -> None:
    for case in cases:
        assert case.truth is not None
        differs = np.abs(levels(case.image).astype(int) - levels(case.truth)).max(-1) > 2
        if case.kind in ("clean", "wide"):
            assert not differs.any()
            continue
        assert differs[case.mask > 0].any(), case.name
        reach = 15 if case.kind == "feathered" else 2
        near = cv2.dilate(case.mask, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
        assert not differs[~near].any(), case.name


def test_cloning_takes_back_the_light_of_a_paste(cases: list[Case]) -> None:
    case = next(each for each in cases if each.kind == "paste")
    assert case.truth is not None
    assert case.layer is not None
    mask, image = levels(case.mask), levels(case.image)
    before = measure(case.image, case.truth, case.image, mask > 0)
    for layer in (levels(case.layer), quality_peers.extended(image, mask)):
        for clone, left in (
            (quality_peers.seamless_clone, 0.9),
            (quality_peers.poisson_clone, 0.7),
        ):
            after = measure(floats(clone(image, layer, mask)), case.truth, case.image, mask > 0)
            assert after.low < left * before.low
            assert after.keep > 0.97


@pytest.mark.parametrize(("portrait", "fill"), [(ASTRONAUT, "biharmonic"), (HOPPER, "Telea")])
def test_on_skin_a_mole_is_a_feature_and_what_a_smooth_fill_leaves_is_none(
    portrait: Portrait, fill: str
) -> None:
    truth = framed(portrait)[0]
    places = skin(portrait, 12)
    assert len(places) == 12
    for y, x in places:
        moled = levels(with_spot(truth, y, x, RADIUS, BROWN))
        mask = np.zeros(moled.shape[:2], np.uint8)
        cv2.circle(mask, (x, y), 8, 255, -1)
        reach = cv2.dilate(mask, np.ones((9, 9), np.uint8)) > 0
        smooth = floats(quality_peers.fills()[fill](moled, mask))
        assert appeared(smooth, truth, reach) < FEATURE
        assert appeared(floats(moled), truth, reach) > FEATURE


def test_a_blind_sheet_hides_who_is_who_and_choices_count_as_pairs(
    cases: list[Case], tmp_path: Path
) -> None:
    case = next(each for each in cases if each.kind == "spot")
    assert case.truth is not None
    inside = case.mask > 0
    rows = []
    for method, gain in (("good", 1.0), ("dark", 0.8), ("black", 0.2)):
        picture = np.where(inside[..., None], case.truth * np.float32(gain), case.truth)
        figures = measure(picture, case.truth, case.image, inside)
        rows.append(Outcome(method, picture, figures, 0.0, 0.0))
    write_blind(tmp_path, [(case, rows)])
    with (tmp_path / KEY).open(encoding="utf-8") as file:
        letters = {line["method"]: line["label"] for line in csv.DictReader(file)}
    with (tmp_path / FIGURES).open("w", encoding="utf-8") as file:
        file.write(",".join(["case", "method", *NAMES]) + "\n")
        for each in rows:
            values = [str(getattr(each.figures, name)) for name in NAMES]
            file.write(",".join([f'"{case.name}"', each.method, *values]) + "\n")
    choices = tmp_path / "choices.csv"
    choices.write_text(f"row,best,unusable\n1,{letters['good']},{letters['black']}\n")
    found = list(pairs(choices, tmp_path / KEY, tmp_path / FIGURES))
    assert len(found) == 3
    assert agreement(found, {"low": 1.0}) == 1
    assert agreement(found, {"psnr": 1.0}) == 1
    assert agreement(found, {"low": -1.0}) == 0
    assert (tmp_path / "blind-1.png").exists()
