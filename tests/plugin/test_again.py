"""A job that is asked for once more from one of its passes on."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from fakes import plugin_values as values
from fakes.flat_server import WELCOME
from sfumato.core import again, provenance
from sfumato.core.again import Base, Wish, make_again
from sfumato.core.hand import MaskHand
from sfumato.core.job import FAILED, Job, hear
from sfumato.core.placement import plan_layers
from sfumato.core.request import Request, encode
from sfumato.core.types import PassMask
from sfumato_protocol import errors
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Again, PassSpec

JOB = values.finished_job(prompt="a mole")
RECORD = provenance.provenance(JOB)
MASKS = [bytes(result.mask) for result in JOB.results]
LAYERS = [layer.layer for layer in RECORD.passes]
EARLIER = ((values.CROP, b"\7" * len(MASKS[0])),)


def wanted(wish: Wish, base: Base | None = None, seed: int = 99) -> Request:
    base = base or Base(RECORD, hides=("group", "sibling"))
    return make_again(base, wish, seed, values.reading(), WELCOME, "/a.kra")


def seen(*masks: bytes, names: list[str] = LAYERS) -> list[PassMask]:
    return [
        PassMask(f"{n}", name, mask)
        for n, (name, mask) in enumerate(zip(names, masks, strict=True))
    ]


def test_the_request_says_what_is_otherwise_and_sends_no_picture() -> None:
    request = wanted(Wish(2))
    message, pictures = encode(request, count(1).__next__)
    assert isinstance(message, Again)
    assert (message.base, message.first, message.seed) == (JOB.id, 2, 99)
    assert (message.prompt, message.masks, message.engine) == ("a mole", RECORD.masks, "flat")
    assert message.passes == JOB.request.recipe.passes
    assert (message.earlier, message.selection, pictures) == ((), (), ())
    plan = plan_layers(replace(JOB, request=request))
    assert (plan.above, plan.hides) == ("group", ("group", "sibling"))


def test_painted_masks_and_a_new_selection_go_along() -> None:
    request = wanted(Wish(2, selects=True), Base(RECORD, earlier=EARLIER))
    message, pictures = encode(request, count(1).__next__)
    assert isinstance(message, Again)
    assert [blob.pixels() for blob in pictures] == [EARLIER[0][1], values.reading().selection]
    assert message.blobs() == tuple(blob.info for blob in pictures)
    assert encode(wanted(Wish(1), Base(RECORD, earlier=EARLIER)), count(1).__next__)[1] == ()


def test_strength_and_prompt_count_from_the_pass_on() -> None:
    asked = (
        PassSpec("whole", 0.8),
        PassSpec("ring", 0.4, prompt="skin"),
        PassSpec("ring", 0.2, prompt="hair"),
    )
    record = replace(RECORD, asked=asked)
    passes = again.ladder(record, Wish(2, strength=0.6, prompt="a scar"))
    assert [one.strength for one in passes] == [0.8, 0.6, 0.3]
    assert [one.prompt for one in passes] == ["", "", "hair"]
    assert again.ladder(record, Wish(2)) == asked
    assert again.ladder(replace(record, asked=()), Wish(2)) == ()


def test_the_mask_in_hand_counts_where_it_is_wanted() -> None:
    request = wanted(Wish(1, hand=MaskHand(feather=3.0, keep_inside=True)))
    assert (request.masks.feather, request.masks.keep_inside) == (3.0, True)


def test_variations_have_seeds_of_their_own() -> None:
    seeds = Wish(1, count=8, seed=5).seeds(7)
    assert len(set(seeds)) == 8
    assert seeds[0] == 5
    assert 7 not in seeds
    assert wanted(Wish(1, count=2)).aside
    assert not wanted(Wish(1)).aside


def test_masks_as_they_came_are_not_sent() -> None:
    here = seen(*MASKS)
    assert again.earlier_masks(RECORD, [here, here]) == ()
    painted = seen(b"\0" * len(MASKS[0]), MASKS[1])
    told = again.earlier_masks(RECORD, [painted, painted])
    assert told == ((values.CROP, painted[0].mask), (values.CROP, MASKS[1]))
    merged: list[PassMask] = []
    assert again.earlier_masks(RECORD, [merged]) == ()


def test_a_layer_is_known_by_its_name_and_else_by_its_place() -> None:
    one, other = b"\1" * len(MASKS[0]), b"\2" * len(MASKS[0])
    turned = seen(one, other, names=LAYERS[::-1])
    assert [mask for _, mask in again.earlier_masks(RECORD, [turned, turned])] == [other, one]
    renamed = seen(one, other, names=["left", "right"])
    assert [mask for _, mask in again.earlier_masks(RECORD, [renamed, renamed])] == [one, other]
    with_more = seen(one, other, names=[LAYERS[0], "dodge"])
    assert [mask for _, mask in again.earlier_masks(RECORD, [with_more])] == [one]


def test_a_pass_that_the_artist_has_deleted_is_not_seen() -> None:
    left = seen(MASKS[1], names=[LAYERS[1]])
    assert again.earlier_masks(RECORD, [left])[0][1] == bytes(len(MASKS[1]))


def test_what_a_pass_was_told_and_how_strongly() -> None:
    assert (again.prompt_of(RECORD, 1), again.strength_of(RECORD, 2)) == ("a mole", 0.4)
    assert again.strength_of(replace(RECORD, asked=()), 1) == 0.7
    assert again.strength_of(RECORD, 9) == 0.0


def test_a_server_that_has_let_go_is_told_with_what_to_do() -> None:
    request = wanted(Wish(2))
    failed = values.failed(request, errors.UNKNOWN_JOB)
    job = hear(Job(request), failed.message)
    assert job.stage == FAILED
    assert "Run the job again" in job.said


def test_the_record_tells_where_it_comes_from() -> None:
    request = wanted(Wish(2))
    record = provenance.provenance(replace(JOB, request=request))
    assert (record.base, record.first, record.asked) == (JOB.id, 2, RECORD.asked)
    assert provenance.read(plan_layers(replace(JOB, request=request)).provenance) == record


@pytest.mark.parametrize("changes", [{"first": 0}, {"count": 9}, {"strength": 1.5}])
def test_no_such_wish(changes: dict[str, float]) -> None:
    with pytest.raises(errors.InvalidField):
        Wish(**{"first": 1, **changes})  # type: ignore[arg-type]


def test_of_earlier_masks_those_before_the_pass_are_sent() -> None:
    both = ((values.CROP, b"1"), (Rect(0, 0, 1, 1), b"2"))
    assert wanted(Wish(2), Base(RECORD, earlier=both)).earlier == both[:1]
