"""What the register says of obligations whose clock stands still, on SQLite and PostgreSQL."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from connectors.register import tables, words
from connectors.register.duties import owed_by
from connectors.register.projection import project
from infra.state.database import open_database, writing
from schemas.events import Event
from tests.connectors import life
from tests.postgres import database, postgres, postgres_server

__all__ = ["database", "postgres", "postgres_server"]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Yield an empty register of either kind."""
    made = open_database(database, tables.METADATA)
    yield made
    made.dispose()


def write(engine: Engine, events: Sequence[Event]) -> None:
    """Project events."""
    with writing(engine) as connection:
        project(connection, list(life.on_topics(events)))


def breach_of(engine: Engine) -> datetime | None:
    """Return the deadline of the one obligation."""
    with engine.connect() as connection:
        found: datetime | None = connection.execute(select(tables.OBLIGATION.c.breach_at)).scalar_one()
    return found


@pytest.mark.parametrize(
    ("pauses", "late_by", "paused"),
    [
        (("-60/..",), 0, life.at(-60)),  # stood still since before the deadline: none is known
        (("230/..",), 0, life.at(230)),
        (("250/..",), 3600, life.at(250)),  # asked when it was late already: it stays late
        (("230/235",), 3600, None),  # over: the deadline given was moved by it
        ((), 3600, None),
    ],
)
def test_nobody_is_late_while_a_clock_stands_still(
    engine: Engine, pauses: tuple[str, ...], late_by: int, paused: datetime | None
) -> None:
    """`owes`, the story and the lists read the row: a deadline behind an open pause is none, and the pause is shown."""
    ends = ([life.at(float(end)).isoformat() if end != ".." else end for end in each.split("/")] for each in pauses)
    duty = replace(life.owed("intake", 5, due=240), pauses=tuple("/".join(each) for each in ends))
    write(engine, [duty])
    with engine.connect() as connection:
        (owed,) = owed_by(connection, duty.debtor, life.at(300))

    assert (late_by, paused) == (owed["overdue_seconds"], owed["paused_since"])
    assert (late_by == 0) == (breach_of(engine) is None)
    assert ("tạm dừng" in words.obligation(owed)) == (paused is not None)
    write(engine, [duty, life.owed("intake", 6, closed_by="03")])
    assert life.at(240) == breach_of(engine)
