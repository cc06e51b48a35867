"""`lienthong audit` on SQL: positions beside the log, and the register beside a recount."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from connectors.register.projection import project
from connectors.register.tables import DELIVERY, METADATA, TOLD
from infra.kafka import provision
from infra.kafka.projection import Arrived
from infra.kafka.records import Where
from infra.kafka.tail import read_all
from infra.settings import Settings
from infra.state import METADATA as ENGINE
from infra.state import open_database
from infra.state.database import writing
from infra.state.tables import POSITION
from schemas.codec import decode
from schemas.topics import BY_NAME, TOPICS, read_by
from tests.core.audit_life import clean, on_the_log
from tests.kafka.test_audit_command import answer, write

Spoil = Callable[[Engine], None]


@pytest.fixture
def register(settings: Settings) -> Engine:
    """Yield the register of a clean life, as its process leaves it."""
    provision.apply(settings, TOPICS)
    write(settings, on_the_log(clean().values()))
    open_database(settings.register_url, ENGINE).dispose()
    engine = open_database(settings.register_url, METADATA)
    settle(settings, engine)
    return engine


def settle(settings: Settings, engine: Engine) -> None:
    """Project all that lies on the topics, with the positions."""
    read = [each for each in read_all(settings, [topic.name for topic in read_by("register")]) if each.value]
    last = {(each.topic, each.partition): each.offset for each in read}
    events = [
        Arrived(decode(each.topic, each.key, each.value, each.headers), Where(each.topic, each.partition), each.offset)
        for each in read
    ]
    rows = [{"app": "register", "topic": t, "partition": p, "last_offset": offset} for (t, p), offset in last.items()]
    with writing(engine) as connection:
        project(connection, events)
        connection.execute(insert(POSITION), rows)


def test_a_register_that_is_as_counted_is_in_order(settings: Settings, register: Engine) -> None:
    """Every row is compared; nobody is behind."""
    code, said = answer(settings, "--no-contents", "--state")
    register.dispose()

    assert (0, True, {}) == (code, said["ok"], said["behind"])
    assert said["register_rows"] > len(clean())


def change_a_row(engine: Engine) -> None:
    """Let a delivery say what no event says."""
    with writing(engine) as connection:
        connection.execute(update(DELIVERY).where(DELIVERY.c.recipient == "000.00.17.H53").values(label="x"))


def lose_a_row(engine: Engine) -> None:
    """Forget whom an alert told."""
    with writing(engine) as connection:
        connection.execute(delete(TOLD).where(TOLD.c.place == 0))


def add_a_row(engine: Engine) -> None:
    """Add a document that nobody handed over."""
    with writing(engine) as connection:
        connection.execute(text("insert into document values ('k', 'd', 's')"))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (change_a_row, "label differ, last event document."),
        (lose_a_row, "missing, last event document.alerts/"),
        (add_a_row, "register document k: no event says so"),
    ],
)
def test_a_register_that_differs_is_named_with_its_event(
    settings: Settings, register: Engine, spoil: Spoil, says: str
) -> None:
    """A changed, a lost and an added row each are found, and people read how to mend it."""
    spoil(register)
    code, said = answer(settings, "--no-contents", "--state")
    register.dispose()

    assert 1 == code
    assert said["unexplained"]
    assert all(says in each for each in said["unexplained"])
    assert "register.sqlite" in said["mend"][0]


def test_who_is_behind_is_said(settings: Settings, register: Engine) -> None:
    """A record that the register has not read is no fault of the log, but explains what is not done yet; the recount stops where the register stands."""
    life: Any = clean()
    write(settings, on_the_log([life["first"]]))
    code, said = answer(settings, "--no-contents", "--state")
    register.dispose()

    assert (0, {"register": 1}) == (code, said["behind"])


def test_a_position_beyond_the_log_is_of_another_log(settings: Settings, register: Engine) -> None:
    """Somebody restored one of the two: named with its place."""
    with writing(register) as connection:
        mine = POSITION.c.topic == "document.signed"
        connection.execute(update(POSITION).where(mine).values(last_offset=POSITION.c.last_offset + 100))
    code, said = answer(settings, "--no-contents")
    register.dispose()

    assert 1 == code
    assert all("register settled document.signed/" in each for each in said["unexplained"])
    assert BY_NAME["document.signed"].partitions >= len(said["unexplained"]) > 0
