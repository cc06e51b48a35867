"""Plain forms made by compiled functions: what `dataclasses.asdict` and `uuid.uuid5` would give, and never a value of another bundle."""

import json
import uuid
from dataclasses import asdict, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.examples import Example, load
from schemas.ids import NAMESPACE, event_id
from schemas.plain import plain_of
from schemas.reference import Reference
from schemas.reference.made_once import MadeOnce
from tests.reference_files import demo, present

EXAMPLES = load()


def as_json(value: Any) -> Any:
    """Say what the old way would have written."""

    def other(each: Any) -> Any:
        assert isinstance(each, datetime | date | Enum)
        return each.value if isinstance(each, Enum) else each.isoformat()

    return json.loads(json.dumps(value, default=other))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_plain_form_is_what_asdict_gives(example: Example) -> None:
    """Every event of the examples: the same fields in the same order, tuples as lists, moments as ISO 8601."""
    kind: type = type(example.event)
    made = plain_of(kind)(example.event)

    assert as_json(asdict(example.event)) == json.loads(json.dumps(made))
    assert list(asdict(example.event)) == list(made)


def test_a_plain_form_shares_nothing_that_its_value_could_lose() -> None:
    """Nested values are made anew: changing the plain form leaves the event as it was."""
    event = next(each.event for each in EXAMPLES if each.name == "DocumentSigned")
    kind: type = type(event)
    plain_of(kind)(event)["envelope"]["subject"] = "x"

    assert "x" != asdict(event)["envelope"]["subject"]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_an_event_id_is_a_uuid_of_version_5(parts: list[str]) -> None:
    """Whatever the parts: the same text as the standard library's."""
    assert str(uuid.uuid5(NAMESPACE, "\n".join(parts))) == event_id(*parts)


def test_what_is_made_once_is_made_anew_for_another_bundle() -> None:
    """Kept while one bundle is asked about; another bundle, equal or not, never gets its value."""
    made: list[Reference] = []

    def make(reference: Reference) -> int:
        made.append(reference)
        return len(made)

    once, first = MadeOnce(make), demo()
    second = replace(first)

    assert [1, 1, 2, 3] == [once.of(each) for each in (first, first, second, first)]


def test_a_calendar_made_from_another_remembers_nothing_of_it() -> None:
    """Spans are kept by the calendar they belong to."""
    calendar = present(demo().calendar)
    calendar.spans["x", date(2026, 11, 23)] = ()

    assert {} == replace(calendar, days={}).spans
    del calendar.spans["x", date(2026, 11, 23)]
