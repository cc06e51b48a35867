"""The register's tables: idempotent, the same whatever the order of the topics, on SQLite and PostgreSQL."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from connectors.register import tables
from connectors.register.projection import project
from infra.kafka.projection import Arrived
from infra.state.database import open_database, writing
from schemas.events import Event, Stage
from schemas.ids import document_key, event_id
from tests.connectors import life
from tests.postgres import database, postgres, postgres_server

__all__ = ["database", "postgres", "postgres_server"]

LIFE = list(life.on_topics(life.whole_life()))


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Yield an empty register of either kind."""
    made = open_database(database, tables.METADATA)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield one SQLite register that is emptied between examples."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('register') / 'r.sqlite'}", tables.METADATA)
    yield made
    made.dispose()


def write(engine: Engine, *batches: Sequence[Arrived]) -> None:
    """Project batch after batch, each in its own transaction."""
    for batch in batches:
        with writing(engine) as connection:
            project(connection, batch)


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables, sorted by their keys."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in tables.METADATA.sorted_tables
        }


def empty(engine: Engine) -> None:
    """Remove all rows."""
    with writing(engine) as connection:
        for table in tables.METADATA.sorted_tables:
            connection.execute(delete(table))


def one(engine: Engine, table: str) -> dict[str, Any]:
    """Return the only row of a table."""
    (row,) = contents(engine)[table]
    return row


def test_a_life_leaves_its_rows(engine: Engine) -> None:
    """Each table holds what the life says, on either database."""
    write(engine, LIFE)
    found = contents(engine)

    assert len(LIFE) == len(found["event"])
    assert [{"document_key": life.KEY, "document_id": life.DOCUMENT_ID, "sender": life.PROVINCE}] == found["document"]
    (packet,) = found["submission"]
    assert ("signed", 2, 1) == (packet["state"], packet["handed_over"], packet["repeats"])
    assert {life.DELIVERY: "06", life.OTHER_DELIVERY: "offered"} == {
        row["delivery_id"]: row["label"] for row in found["delivery"]
    }
    assert {"transport": False, "intake": True} == {row["clock"]: row["open"] for row in found["obligation"]}
    assert ["FIRING", "RESOLVED"] == sorted(row["state"] for row in found["alert"])
    assert ["RECIPIENT_UNKNOWN", "STATUS_NOT_ENTITLED"] == sorted(row["reason"] for row in found["refusal"])
    assert 1 == len(found["attempt"])


def test_times_come_back_as_utc(engine: Engine) -> None:
    """What goes in as an aware moment comes out as the same one, to the microsecond."""
    moment = life.at(0.123456)
    write(engine, list(life.on_topics([life.submitted(occurred_at=moment)])))

    assert moment == one(engine, "event")["occurred_at"]
    assert moment.tzinfo == one(engine, "event")["occurred_at"].tzinfo


def test_a_repeat_changes_nothing(engine: Engine) -> None:
    """The same records again, and a replay that wrote the same events behind them, leave every table as it was."""
    write(engine, LIFE)
    before = contents(engine)
    ends = {arrived.where: arrived.offset + 1000 for arrived in LIFE}
    replayed = [Arrived(life.later(a.event, 60), a.where, ends[a.where] + a.offset) for a in LIFE]
    write(engine, LIFE, replayed)

    assert before == contents(engine)


def test_a_repeat_within_a_batch_counts_once(engine: Engine) -> None:
    """One batch may hold an event twice."""
    first, *_ = LIFE
    write(engine, [first, first._replace(offset=1)])

    assert 1 == one(engine, "submission")["handed_over"]


def test_names_of_people_are_in_one_table(engine: Engine) -> None:
    """Deleting the rows of `told` deletes every name and mailbox."""
    write(engine, LIFE)
    found = contents(engine)
    told = found.pop("told")

    assert {life.CLERK.name} == {row["name"] for row in told}
    assert life.CLERK.name not in str(found)
    assert life.CLERK.mailbox not in str(found)


def test_a_text_with_nul_is_kept(engine: Engine) -> None:
    """PostgreSQL's text has no NUL; a stranger's answer must not stop the register."""
    write(engine, list(life.on_topics([life.said("02", 5, reason="a\x00b")])))

    assert "02: a�b" == one(engine, "event")["why"]


@st.composite
def interleavings(draw: st.DrawFn) -> list[list[Arrived]]:
    """Draw the life in batches of one partition each: order within a partition kept, all else free, some batches twice."""
    waiting: defaultdict[Any, list[Arrived]] = defaultdict(list)
    for arrived in LIFE:
        waiting[arrived.where].append(arrived)
    batches = []
    while waiting:
        where = draw(st.sampled_from(sorted(waiting)))
        size = draw(st.integers(1, 3))
        batches.append(waiting[where][:size])
        waiting[where] = waiting[where][size:]
        if not waiting[where]:
            del waiting[where]
        elif draw(st.booleans()):
            batches.append(batches[-1])
    return batches


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=interleavings())
def test_topics_may_race(shared: Engine, batches: list[list[Arrived]]) -> None:
    """However topics and partitions interleave, and whatever is read twice, the tables are the same in the end."""
    empty(shared)
    write(shared, LIFE)
    expected = contents(shared)
    empty(shared)
    write(shared, *batches)

    assert expected == contents(shared)


@pytest.mark.parametrize(
    ("events", "state", "reason"),
    [
        ([life.submitted()], "submitted", ""),
        ([life.submitted(), life.held()], "held", "CRL_STALE"),
        ([life.held(), life.signed(confirms=life.held().event_id)], "signed", ""),
        ([life.signed(provisional=True)], "provisional", ""),
        ([life.signed(provisional=True), life.refused(recalls=life.signed().event_id)], "refused", "CHANGED_AFTER_SIGNING"),
        ([life.signed(), life.refused("SENDER_NOT_ALLOWED", stage=Stage.ROUTING)], "refused", "SENDER_NOT_ALLOWED"),
    ],
)  # fmt: skip
def test_the_state_is_the_current_verdict(shared: Engine, events: list[Event], state: str, reason: str) -> None:
    """Superseded verdicts count no more, a held one never against a final one, whatever the order."""
    for order in (events, events[::-1]):
        empty(shared)
        for event in order:
            write(shared, list(life.on_topics([event])))

        assert (state, reason) == (one(shared, "submission")["state"], one(shared, "submission")["reason"])


def test_an_unreadable_packet_is_no_document(shared: Engine) -> None:
    """The door refuses by digest: there is a refusal, and neither document nor submission."""
    empty(shared)
    nothing = {"subject": "b" * 64, "sha256": "b" * 64, "document_key": "", "document_id": "", "stage": Stage.INTAKE}
    write(shared, list(life.on_topics([life.refused("SECRET_FORBIDDEN", **nothing)])))
    found = contents(shared)

    assert ("b" * 64, "SECRET_FORBIDDEN") == (found["refusal"][0]["sha256"], found["refusal"][0]["reason"])
    assert [] == found["document"] + found["submission"]


def test_an_obligation_that_shrinks_back_stays_newest(shared: Engine) -> None:
    """The newest record is the truth, also where it says what an older one said."""
    empty(shared)
    events = [life.owed("transport", minute, due=due) for minute, due in ((5, 240), (6, 300), (7, 200))]
    write(shared, list(life.on_topics(events)))

    assert life.at(200) == one(shared, "obligation")["breach_at"]


def test_two_thousand_events_a_second(tmp_path: Path) -> None:
    """A rebuild of the register is not a matter of days (SQLite, batches of 2,000; the machine is shared, so half is asked)."""
    engine = open_database(f"sqlite:///{tmp_path / 'r.sqlite'}", tables.METADATA)
    keys = [document_key(life.PROVINCE, f"{life.PROVINCE},2026-11-23,{n}/X") for n in range(2000)]
    packets = [life.submitted(document_key=key, event_id=event_id("s", key)) for key in keys]
    ways = [
        life.dispatched(document_key=key, delivery_id=f"{key}-{life.HEALTH}", event_id=event_id(key)) for key in keys
    ]
    batches = [list(life.on_topics(events)) for events in (packets, ways)]
    started = time.perf_counter()
    write(engine, *batches)

    assert 1000 < 4000 / (time.perf_counter() - started)
    engine.dispose()
