import json
from dataclasses import replace

import pytest

from fakes import plugin_values as values
from sfumato.core.job import Job, hear
from sfumato.core.placement import plan_layers
from sfumato_protocol import errors


@pytest.fixture
def finished() -> Job:
    return values.finished_job(prompt="ein Muttermal – größer")


def test_names_say_recipe_pass_zone_strength_and_seed(finished: Job) -> None:
    plan = plan_layers(finished)
    assert plan.group_name == "Sfumato · two · seed 7"
    assert [layer.name for layer in plan.layers] == [
        "1 whole · strength 0.70 · seed 7",
        "2 ring · strength 0.40 · seed 8",
    ]


def test_layers_carry_the_passes_first_lowest_without_copies(finished: Job) -> None:
    plan = plan_layers(finished)
    for layer, result in zip(plan.layers, finished.results, strict=True):
        assert layer.pixels is result.pixels
        assert layer.mask is result.mask
        assert layer.area == values.CROP
    assert plan.colour == finished.request.reading.colour


def moved(job: Job, dx: int, keeps_alpha: bool = False) -> Job:
    """The same job at another place."""
    results = tuple(
        replace(one, area=one.area.moved(dx, 0), keeps_alpha=keeps_alpha) for one in job.results
    )
    request = replace(job.request, job=f"{dx:032x}")
    return replace(job, request=request, results=results)


def test_a_pass_is_one_layer_in_all_places_of_a_click(finished: Job) -> None:
    first, second = moved(finished, 0), moved(finished, 1000, keeps_alpha=True)
    plan = plan_layers(first, second)
    assert [layer.name[0] for layer in plan.layers] == ["1", "2"]
    for layer, one, other in zip(plan.layers, first.results, second.results, strict=True):
        assert [patch.area for patch in layer.patches] == [one.area, other.area]
        assert layer.patches[1].pixels is other.pixels
        assert layer.inherit_alpha
    keys = [key for key, _ in plan.other_records if key.startswith("sfumato.job.")]
    assert keys == ["sfumato.job." + second.id]


def test_places_that_touch_hide_nothing_of_each_other(finished: Job) -> None:
    first, second = moved(finished, 0), moved(finished, values.CROP.width - 1)
    layers = plan_layers(first, second).layers
    assert [(layer.name[0], len(layer.patches)) for layer in layers] == [
        ("1", 1), ("1", 1), ("2", 1), ("2", 1),
    ]  # fmt: skip


def test_a_place_that_ended_early_is_in_the_layers_that_it_finished(finished: Job) -> None:
    short = moved(finished, 1000)
    layers = plan_layers(replace(short, results=short.results[:1]), finished).layers
    assert [len(layer.patches) for layer in layers] == [2, 1]


def test_layers_over_transparency_inherit_alpha(finished: Job) -> None:
    assert not any(layer.inherit_alpha for layer in plan_layers(finished).layers)
    over_transparency = replace(
        finished, results=tuple(replace(one, keeps_alpha=True) for one in finished.results)
    )
    assert all(layer.inherit_alpha for layer in plan_layers(over_transparency).layers)


def test_provenance_is_json_that_names_every_parameter(finished: Job) -> None:
    plan = plan_layers(finished)
    record = json.loads(plan.provenance.decode("utf-8"))
    assert plan.provenance_key.endswith(finished.id)
    assert record["prompt"] == "ein Muttermal – größer"
    assert (record["recipe"], record["engine"], record["seed"]) == ("two", "flat", 7)
    assert record["crop"] == {"x": 20, "y": 10, "width": 64, "height": 48}
    assert record["masks"]["feather"] == finished.request.masks.feather
    assert [step["extent"]["zone"] for step in record["plan"]] == ["whole", "ring"]
    assert [step["seconds"] for step in record["passes"]] == [0.5, 0.5]
    assert record["passes"][0]["figures"] == [
        {"name": "seam", "value": 1.25, "word": "", "sentence": ""},
        {"name": "drift", "value": 0.5, "word": "", "sentence": ""},
    ]
    assert record["advice"] == ["mask.small"]
    assert record["complete"] is True


def test_an_incomplete_job_says_so_in_its_record() -> None:
    wanted = values.request()
    job = Job(wanted)
    for received in (
        values.accepted(wanted),
        values.pass_done(wanted, 1),
        values.failed(wanted, errors.ENGINE_HUNG, "no step for 60 s"),
    ):
        job = hear(job, received.message, received.blobs)
    record = json.loads(plan_layers(job).provenance)
    assert record["complete"] is False
    assert "no step for 60 s" in record["ended"]
    assert len(record["passes"]) == 1
    assert len(record["plan"]) == 2
