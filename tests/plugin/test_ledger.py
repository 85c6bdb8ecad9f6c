"""What a restarted Krita knows of its jobs: kept as text, trusted no further than it can be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import plugin_values as values
from sfumato.core import ledger
from sfumato.core.debts import Debt
from sfumato.core.request import Request


def stored(**changes: Any) -> str:
    """A ledger of one good record with some of its fields replaced."""
    (record,) = json.loads(ledger.write([values.request()]))
    return json.dumps([{**record, **changes}])


def without_pixels(request: Request) -> Request:
    reading = replace(request.reading, pixels=b"", selection=b"")
    return replace(request, reading=reading)


@pytest.mark.parametrize("depth", ["U8", "U16"])
def test_all_but_the_pixels_comes_back(depth: str) -> None:
    request = replace(values.request(depth, prompt="two\nlines “Öl” \\ $HOME"), file="/p/Bäume.kra")
    text = ledger.write([request])
    assert ledger.read(text) == (without_pixels(request),)


def test_it_is_one_line_of_ascii_however_odd_the_prompt() -> None:
    text = ledger.write([values.request(prompt='a\r\nb\u2028c\0"[x]=\\\t✨')])
    assert text.isascii()
    assert text.isprintable()


def test_it_holds_no_pixels() -> None:
    assert len(ledger.write([values.large_request(1024)])) < 2000


def test_no_jobs_leave_no_text() -> None:
    assert ledger.write([]) == ""
    assert ledger.read("") == ()


def test_the_newest_64_are_kept_in_their_order() -> None:
    requests = [values.request(seed=seed) for seed in range(72)]
    text = ledger.write(requests)
    assert [request.choices.seed for request in ledger.read(text)] == list(range(8, 72))
    more = json.dumps([record for r in requests for record in json.loads(ledger.write([r]))])
    assert [request.choices.seed for request in ledger.read(more)] == list(range(8, 72))


def test_a_job_recorded_twice_is_one() -> None:
    request = values.request()
    assert len(ledger.read(ledger.write([request, request]))) == 1


def test_a_request_that_no_server_takes_is_not_recorded() -> None:
    good, bad = values.request(), values.request(prompt="\ud800")
    assert ledger.read(ledger.write([bad, good])) == (without_pixels(good),)


@pytest.mark.parametrize(
    "changes",
    [
        {"job": "../../etc/passwd"},
        {"job": 7},
        {"file": "x" * 5000},
        {"file": None},
        {"address": "x" * 2001},
        {"asked": -1},
        {"document": ["document"]},
        {"canvas": {"x": 0, "y": 0, "width": 10, "height": 10}},
        {"crop": {"x": 0, "y": 0, "width": 0, "height": 10}},
        {"crop": [0, 0, 10, 10]},
        {"bounds": {"x": 0.5, "y": 0, "width": 1, "height": 1}},
        {"colour": {"model": "CMYKA", "depth": "U8", "profile": ""}},
        {"colour": {"model": "RGBA", "depth": "F32", "profile": ""}},
        {"choices": {"recipe": "two", "seed": -1}},
        {"choices": {"recipe": "two", "prompt": "x" * 10_001}},
        {"recipe": {"name": "two", "title": "", "description": "", "passes": []}},
        {"masks": {"feather": 1e9, "grow": 0, "ring_width": 0, "wide_feather": 0}},
    ],
)
def test_a_malformed_record_is_dropped_alone(changes: dict[str, Any]) -> None:
    (bad,) = json.loads(stored(**changes))
    (good,) = json.loads(ledger.write([values.request()]))
    assert len(ledger.read(json.dumps([bad, good]))) == 1
    assert ledger.read(json.dumps([bad])) == ()


def test_records_keep_their_names_so_that_other_versions_read_them() -> None:
    (record,) = json.loads(stored())
    assert " ".join(sorted(record)) == (
        "above address asked base bounds canvas choices click colour context crop document file "
        "first hides job masks passes recipe server"
    )
    assert record["document"] == values.reading().document_id


def test_fields_of_a_later_version_are_ignored() -> None:
    assert len(ledger.read(stored(mood="sunny"))) == 1


OWED = (
    Debt("a" * 32, (1, 3), "ws://127.0.0.1:9440/sfumato", 1_700_000_000),
    Debt("b" * 32, (), "", 0),
)


def test_debts_lie_beside_the_jobs() -> None:
    request = replace(values.request(), address="wss://studio:9440/sfumato", asked=1_700_000_000)
    text = ledger.write([request], OWED)
    assert ledger.read(text) == (without_pixels(request),)
    assert ledger.read_debts(text) == OWED
    assert ledger.read_debts(ledger.write([], OWED)) == OWED
    assert ledger.read(ledger.write([], OWED)) == ()


def test_a_file_from_before_servers_were_noted_is_read() -> None:
    (record,) = json.loads(stored())
    del record["address"], record["asked"]
    (request,) = ledger.read(json.dumps([record]))
    assert (request.address, request.asked) == ("", 0)
    assert ledger.read_debts(json.dumps([record])) == ()


@pytest.mark.parametrize(
    "changes",
    [{"job": "x"}, {"passes": [0]}, {"passes": [1] * 17}, {"passes": 1}, {"address": "x" * 2001},
     {"since": -1}, {"since": 1.5}],
)  # fmt: skip
def test_a_malformed_debt_is_dropped_alone(changes: dict[str, Any]) -> None:
    first, second = json.loads(ledger.write([], OWED))
    assert ledger.read_debts(json.dumps([{**first, **changes}, second])) == OWED[1:]


@pytest.mark.parametrize(
    "text", ["{}", "[", "null", "7", "[null, 7, [], {}]", "[" * 100_000, "\x00", "x" * 5_000_000]
)
def test_garbage_is_no_ledger(text: str) -> None:
    assert ledger.read(text) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = sorted(json.loads(stored())[0])


@settings(max_examples=200, deadline=None)
@given(field=st.sampled_from(FIELDS), value=JSON)
def test_any_value_in_any_field_is_a_record_or_none(field: str, value: Any) -> None:
    for request in ledger.read(stored(**{field: value})):
        assert ledger.read(ledger.write([request])) == (request,)


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(ledger.read(text), tuple)
