"""topics.yaml and the code agree on who reads and who writes what."""

from pathlib import Path

import pytest

from connectors.__main__ import CONNECTORS
from processors.topology import FLOWS
from schemas import events
from schemas.events import Event
from schemas.topics import DEAD_LETTER, TOPICS, Topic, read_by, topic_of
from tests.contracts import code

ROOT = Path(__file__).parents[2]
PLACES = {
    "verifier": ("processors/verification",),
    "router": ("processors/routing",),
    "watcher": ("processors/sla",),
    "intake": ("connectors/intake",),
    "deliver": ("connectors/delivery",),
    "notify": ("connectors/notify",),
    "register": ("connectors/register",),
    "trust": ("connectors/trust", "infra/publish.py"),
    "cli": ("infra/commands", "infra/letters", "infra/publish.py", "connectors/commands", "processors/commands"),
}
"""Process -> where its code lies; what runs them (`infra.kafka`) makes no events but dead letters."""

OFF_LOG = {"api", "console", "outbox"}
"""They speak to doors, and show what others wrote down: they are on no topic."""

AHEAD: set[tuple[str, str]] = set()
"""Declared, and written by commands that are still to come."""

TRAVELLING = {
    name
    for name, kind in vars(events).items()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event and name != "TimerFired"
}


def events_of(topics: tuple[Topic, ...]) -> set[str]:
    """Name the events of topics."""
    return {topic.event.__name__ for topic in topics if topic.event}


def declared(producer: str) -> set[str]:
    """Name the events that topics.yaml lets a process write."""
    return events_of(tuple(topic for topic in TOPICS if producer in topic.producers))


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_a_flow_reads_what_topics_yaml_says(flow: object) -> None:
    """`FLOWS` on the topology's one screen, and `consumers` of topics.yaml."""
    name, reads = getattr(flow, "name", ""), getattr(flow, "reads", ())

    assert {topic.name for topic in read_by(name)} == set(reads)
    assert len(reads) == len(set(reads))


def test_every_process_is_known() -> None:
    """Producers and consumers are flows, connectors or the command line; every one of these reads or writes something."""
    named = {name for topic in TOPICS for name in (*topic.producers, *topic.consumers)}

    assert {*FLOWS, *CONNECTORS, "cli"} - OFF_LOG == named
    assert set(PLACES) == named


@pytest.mark.parametrize("process", PLACES)
def test_a_process_writes_what_topics_yaml_says(process: str) -> None:
    """Events that its code makes: those it may write, all of them, and (read back from its state) those it reads."""
    made = code.written(ROOT, *PLACES[process]) & TRAVELLING
    ahead = {name for of, name in AHEAD if of == process}

    assert set() == made - declared(process) - events_of(read_by(process))
    assert set() == declared(process) - made - ahead


@pytest.mark.parametrize("process", [*FLOWS, "deliver", "notify"])
def test_a_process_acts_on_what_it_reads(process: str) -> None:
    """Nobody waits for an event of a topic that never reaches him."""
    acted_on = code.matched(ROOT, *PLACES[process]) & TRAVELLING

    assert set() == acted_on - events_of(read_by(process)) - declared(process)


def test_dead_letters_come_from_every_process_that_settles() -> None:
    """Who reads a topic may bury a record of it; nobody reads dead letters but people."""
    readers = {name for topic in TOPICS for name in topic.consumers}
    letters = next(topic for topic in TOPICS if topic.name == DEAD_LETTER)

    assert readers == set(letters.producers)
    assert () == letters.consumers


def test_every_topic_has_a_writer_and_a_reader() -> None:
    """But dead letters, which wait for a person."""
    assert [] == [topic.name for topic in TOPICS if not topic.producers]
    assert [DEAD_LETTER] == [topic.name for topic in TOPICS if not topic.consumers]


def test_the_register_hears_everything() -> None:
    """It is the memory of people: every event reaches it."""
    assert TRAVELLING == events_of(read_by("register"))


def test_one_key_meets_in_one_partition() -> None:
    """All topics keyed by document or delivery have one partition count, so that their events lie in the same number."""
    counts = {topic.partitions for topic in TOPICS if topic.event and topic.name != "reference"}

    assert {12} == counts


def test_facts_are_kept_for_ever() -> None:
    """Audit and rebuild read from the start: nothing is deleted by age or size; only the newest matters where a topic is compacted."""
    for topic in TOPICS:
        assert "-1" == topic.config["retention.ms"]
        assert "retention.bytes" not in topic.config
        assert topic.config["cleanup.policy"] in ("delete", "compact")
    assert topic_of(events.ReferencePublished) in {topic.name for topic in TOPICS if topic.compacted}
