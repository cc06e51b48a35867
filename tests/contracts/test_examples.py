"""The examples are messages as the axis writes them: exact, complete, and consistent with each other."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas import codec
from schemas.events import Event
from schemas.examples import FOLDER, Example, load, read
from schemas.ids import document_key, split_delivery_id
from schemas.reasons import REASONS
from schemas.reference.kinds import parse
from schemas.topics import BY_NAME, TOPICS, topic_of

EXAMPLES = load()
PROVINCE = Path(__file__).parents[2] / "infra" / "demo" / "reference"
UNKNOWN = "000.99.99.H53"
"""Addressed in an example, and in no directory."""

KEYS: dict[str, Callable[[Any], set[str]]] = {
    "document key": lambda event: {event.document_key},
    "document key of the older one": lambda event: {event.subject},
    "delivery id": lambda event: {event.delivery_id},
    "document key, delivery or SHA-256": lambda event: {
        event.document_key,
        f"{event.document_key}-{event.addressed}",
        event.sha256,
    },
    "delivery id or document key": lambda event: {event.subject},
    "what it is about": lambda event: {getattr(event, "about", None) or event.subject},
    "alert id": lambda event: {event.alert_id},
    "kind": lambda event: {event.kind},
}
"""The words of topics.yaml for keys -> the keys they allow."""


def by_name(example: Example) -> str:
    """Name a test's case."""
    return example.name


@pytest.fixture(params=EXAMPLES, ids=by_name)
def example(request: pytest.FixtureRequest) -> Example:
    """Return one example after the other."""
    found: Example = request.param
    return found


def test_an_example_becomes_bytes_and_comes_back(example: Example) -> None:
    """Example -> event -> bytes -> event: nothing is lost, and the headers say what the example says."""
    encoded = codec.encode(example.event, source=example.source, simulated=example.simulated)

    assert example.event == codec.decode(encoded.topic, encoded.key, encoded.value, encoded.headers)
    headers = {name: value.decode() for name, value in encoded.headers}
    said = {f"ce_{name}": value for name, value in example.attributes.items()}
    assert said | {"content-type": "application/avro", "traceparent": headers["traceparent"]} == headers


def test_its_key_is_what_topics_yaml_says(example: Example) -> None:
    """The word for the key in topics.yaml, and the field that the event takes its key from."""
    topic = BY_NAME[topic_of(type(example.event))]

    assert example.event.key in KEYS[topic.key](example.event)


def test_its_writer_is_a_producer_of_the_topic(example: Example) -> None:
    """`ce_source` names a process that topics.yaml lists."""
    topic = BY_NAME[topic_of(type(example.event))]

    assert example.source.removeprefix("/lienthong/") in topic.producers


def test_every_producer_is_shown() -> None:
    """Where several processes write to a topic, there is an example of each that writes an event of its own kind."""
    shown = {(topic_of(type(each.event)), each.source.removeprefix("/lienthong/")) for each in EXAMPLES}

    assert {("document.refused", name) for name in BY_NAME["document.refused"].producers} <= shown


def test_its_ids_are_made_as_ids_are(example: Example) -> None:
    """Document keys follow from sender and document id, delivery ids from key and recipient; one correlation a document."""
    event: Any = example.event
    plain = {name: getattr(event, name, "") for name in ("document_key", "sender", "delivery_id", "recipient")}
    document_id = getattr(event, "document_id", "") or getattr(getattr(event, "envelope", None), "document_id", "")
    if plain["document_key"]:
        assert plain["document_key"] == event.correlation_id
    if plain["document_key"] and plain["sender"] and not getattr(event, "about_status", False):
        assert document_key(plain["sender"], document_id) == plain["document_key"]
    if plain["delivery_id"]:
        assert (plain["document_key"], plain["recipient"]) == split_delivery_id(plain["delivery_id"])


def values(value: Any) -> Iterator[tuple[type, Field[Any], Any]]:
    """Yield each field of an event and of what it holds, with its value."""
    if isinstance(value, tuple):
        for each in value:
            yield from values(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield type(value), each, getattr(value, each.name)
            yield from values(getattr(value, each.name))


def test_every_field_is_shown() -> None:
    """No field is at its default in all examples, so that each can be seen with a value that means something."""
    seen: defaultdict[str, bool] = defaultdict(bool)
    for example in EXAMPLES:
        for kind, field, value in values(example.event):
            default = field.default_factory() if field.default_factory is not MISSING else field.default
            holder = (
                Event if field.name in {own.name for own in fields(Event)} else kind
            )  # causes are not of every event
            seen[f"{holder.__name__}.{field.name}"] |= value != default

    assert [] == sorted(name for name, shown in seen.items() if not shown)


def test_agencies_and_codes_are_the_demo_provinces() -> None:
    """Every agency code is in the demo directory, every reason in the closed list, every official in its contacts."""
    directory, faults = parse("directory", {file.name: file.read_bytes() for file in PROVINCE.glob("*.csv")})
    assert directory is not None
    assert () == faults
    contacts = (PROVINCE / "contacts.csv").read_text(encoding="utf-8")
    for example in EXAMPLES:
        event: Any = example.event
        said = {getattr(event, name, "") for name in ("sender", "recipient", "debtor", "creditor", "endpoint_owner")}
        day = event.occurred_at.date()
        assert set() == {code for code in said - {"", UNKNOWN} if directory.agency(code, day) is None}
        verdict = getattr(event, "verdict", None)
        codes = {getattr(event, "reason", ""), *getattr(event, "reasons", ()), *(verdict.reasons if verdict else ())}
        assert set() == {code for code in codes if code.isupper()} - set(REASONS)
        for told in getattr(event, "to", ()):
            assert f"{told.organ_id},{told.role},{told.name}," in contacts
            assert f",{told.mobile},{told.mailbox}" in contacts


def test_each_event_of_a_topic_has_a_plain_example() -> None:
    """`Event.json` is the case one meets first; the others say their case in the name."""
    assert {topic.event.__name__ for topic in TOPICS if topic.event} <= {example.name for example in EXAMPLES}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"subject":', '"subjekt":'),
        ('"size": ', '"size": "x", "sise": '),
        ("vn.lienthong.DocumentSubmitted.v2", "vn.lienthong.DocumentLost.v2"),
        ('"promulgated_on": "2026-', '"promulgated_on": "26-'),
        ('"channel": "folder"', '"channel": 5'),
        ('"recordedtime"', '"recorded"'),
        ("}\n}\n", "}\n"),
    ],
)
def test_a_misspelt_example_is_no_example(old: str, new: str, tmp_path: Path) -> None:
    """A field, type or value that the event does not have is named with its file, never skipped."""
    text = (FOLDER / "DocumentSubmitted.json").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "Planted.json").write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(ValueError, match=r"Planted\.json"):
        read(tmp_path / "Planted.json")


def test_a_default_is_not_written_out(example: Example) -> None:
    """The files hold what differs, so that a reader sees what matters: a field at its default is left out."""
    plain = json.loads((FOLDER / f"{example.name}.json").read_text(encoding="utf-8"))["data"]
    own = {field.name for field in fields(Event)}
    for field in fields(example.event):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.name not in own:
            assert (getattr(example.event, field.name) != default) == (field.name in plain)
