"""A replay shows a record to every consumer of its topic again, and late: who had taken it says nothing new, keeps the same rows, does nothing twice."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from infra.settings import Settings
from processors.sla.core import SlaCore
from processors.verification.core import VerificationCore
from schemas.events import Event
from schemas.reference import Reference
from schemas.topics import TOPICS, topic_of
from tests.connectors import life
from tests.connectors.delivery_scene import Scene
from tests.core import routing_cases
from tests.core.audit_life import clean, dead, on_the_log
from tests.core.routing_cases import HEALTH, NOBODY, Partition
from tests.core.test_audit_of_the_cores import Prepared
from tests.core.test_verification_core import BROKEN, MISSING, PASSED, submitted

READERS = {topic.name: set(topic.consumers) for topic in TOPICS if topic.consumers}


def all_of(events: Iterable[Event], consumer: str) -> list[Event]:
    """Return what a consumer reads of a life."""
    return [event for event in events if consumer in READERS[topic_of(type(event))]]


def ids(events: Iterable[Event]) -> list[str]:
    """Return the events' ids."""
    return [event.event_id for event in events]


def said_again(partition: Partition, events: Iterable[Event]) -> tuple[set[str], dict[str, bytes], dict[str, bytes]]:
    """Play a life, then all of it again at its end; return new ids of the second time, and the rows before and after."""
    events = list(events)
    first = {new for event in events for new in ids(partition.take(event, event.recorded_at or event.occurred_at))}
    rows = dict(partition.rows)
    again = {new for event in events for new in ids(partition.take(event, event.recorded_at or event.occurred_at))}
    return again - first, rows, partition.rows


def test_the_router_drops_what_it_had_routed() -> None:
    """Two verdicts, one for a repeat, statuses by an entitled agency and by a foreign one."""
    again = routing_cases.signed(HEALTH, NOBODY, causation_id="handed over again")
    events = [
        routing_cases.signed(HEALTH, NOBODY),
        routing_cases.status("01", HEALTH, event_id="taken"),
        routing_cases.status("13", HEALTH, event_id="not entitled"),
        again,
        routing_cases.status("03", HEALTH, event_id="arrived"),
    ]
    new, before, after = said_again(Partition(), events)

    assert (set(), before) == (new, after)


def test_the_watcher_drops_what_it_had_counted() -> None:
    """A whole life with alerts, receipts, statuses, refusals."""
    events = all_of([*clean().values(), *life.whole_life()], "watcher")
    new, before, after = said_again(Partition(core=SlaCore()), events)

    assert (set(), before) == (new, after)


@pytest.mark.parametrize("judgement", [PASSED, MISSING, BROKEN])
def test_the_verifier_answers_with_the_same_verdict(judgement: object) -> None:
    """Passed, waiting, refused: the same event id, whatever reference data are in force by then."""
    partition = Partition(core=Prepared(judgement, VerificationCore()), reference=Reference(epoch="one"))  # type: ignore[arg-type] # one of three
    first = ids(partition.take(submitted()))
    partition.reference = Reference(epoch="two")
    again = ids(partition.take(submitted()))

    assert 1 == len(first)
    assert set(again) <= set(first)


def test_delivery_lays_nothing_out_a_second_time(tmp_path: Path) -> None:
    """Dispatched, taken away, a status said: seen again, the inbox stays as the recipient left it."""
    scene = Scene(Settings(var=tmp_path / "var"))
    events: list[Event] = [scene.dispatched(), scene.acknowledged("03", 31), life.refused(), life.held()]
    for event in events:
        scene.take(event)
    scene.packet().unlink()
    scene.tick(life.at(40))
    said, names, due = ids(scene.said), scene.names(), dict(scene.due)
    for event in events:
        scene.take(event)
    scene.tick(life.at(60))

    assert (names, due) == (scene.names(), scene.due)
    assert set(said) == set(ids(scene.said))


def test_every_consumer_was_asked() -> None:
    """The same law of the register is in test_register, that of notify in test_notify; a new consumer needs its test here."""
    assert {"verifier", "router", "watcher", "deliver", "notify", "register"} == set().union(*READERS.values())


def test_a_replay_among_a_life_breaks_no_law() -> None:
    """Each record of a clean log, buried by the register and put back behind all others: the audit has nothing to say."""
    from infra.audit.law import judge  # noqa: PLC0415 - the judge is asked here alone
    from infra.audit.reading import enter_all  # noqa: PLC0415 - as above

    events = list(clean().values())
    records = list(on_the_log([*events, *events]))
    letters = [dead(record, "register", offset=number) for number, record in enumerate(records[: len(events)])]

    assert judge(enter_all([*records, *letters])).ok
