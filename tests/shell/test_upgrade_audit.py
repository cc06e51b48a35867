"""While two releases write, one event may lie on the log in two versions of its schema: the audit sees that it is one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import fastavro
import pytest

from infra.audit import facts
from infra.audit.facts import facts_of
from infra.audit.log import Names
from infra.audit.reading import read
from infra.errors import EnvironmentFaultError
from infra.kafka.tail import Row
from schemas import codec, glance
from schemas.events import DocumentReceived, Event
from tests.shell.cores import RECEIVED, received

NEXT_ID = max(codec.formats()) + 1
FIELD = {"name": "lane", "type": "string", "default": "", "doc": "Lane."}


def _forget() -> None:
    for cached in (codec._newest, codec._written, codec.frames_of_several, glance.glance):
        cached.cache_clear()
    facts._READERS.clear()


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return what turns this process into a release that writes version 2, which says more: a lane."""
    original = codec.formats()

    def now(lane: str) -> None:
        one = next(form for form in original.values() if form.event is DocumentReceived)
        text = json.loads((codec.FOLDER / "avro" / "DocumentReceived.v1.avsc").read_text())
        schema = fastavro.parse_schema(text | {"fields": [*text["fields"], FIELD]})
        said = tuple((header, value.replace(b"1", b"2")) for header, value in one.said)

        def write(event: Event) -> dict[str, Any]:
            return {**one.write(event), "lane": lane}

        two = replace(one, id=NEXT_ID, version=2, schema=schema, said=said, write=write)
        for module in (codec, glance):
            monkeypatch.setattr(module, "formats", lambda: {**original, NEXT_ID: two})
        _forget()

    yield now
    monkeypatch.undo()
    _forget()


def row(offset: int, *, endpoint: str = "e") -> Row:
    """Return one receipt as this release writes it."""
    encoded = codec.encode(replace(received("d1"), endpoint=endpoint), source="/test")
    return RECEIVED, 0, offset, encoded.key, encoded.value, tuple(encoded.headers)


def compared(*rows: Row) -> tuple[int, list[str]]:
    """Return the repeats and conflicts of some records."""
    names = Names()
    names.note(facts_of(each, each[4] or b"")[1] for each in rows)
    return names.repeats, names.conflicts


def test_the_same_in_two_versions_is_a_repeat(upgrade: Callable[[str], None]) -> None:
    """The older release wrote it, the newer one did it again, with a field more: one event."""
    older = row(0)
    upgrade("urgent")
    newer = row(1)

    assert older[4] != newer[4]
    assert (2, []) == compared(older, newer, row(2))
    assert (1, []) == compared(newer, older)


def test_another_content_is_a_conflict_in_any_version(upgrade: Callable[[str], None]) -> None:
    """Across the versions, where they share the field; within one, any field."""
    older = row(0)
    upgrade("urgent")
    newer = row(1)
    conflict = [f"{received('d1').event_id}: {RECEIVED}/0/0 and {RECEIVED}/0/2 differ"]

    assert conflict == compared(older, row(2, endpoint="another"))[1]

    upgrade("normal")

    assert 1 == len(compared(newer, row(3))[1])


def test_an_older_audit_judges_no_newer_records(
    upgrade: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot read them, and says so, instead of calling them unexplained."""
    upgrade("urgent")
    newer = row(7)
    monkeypatch.undo()
    _forget()

    with pytest.raises(EnvironmentFaultError, match=r"written by newer software: document\.received/0/7"):
        read([newer], lambda _name, _fact: None)
