"""Which rows the relay takes: the oldest open one of each aggregate, and none that another relay has."""

import pytest

from connectors.outbox.sources import Shard, sources
from connectors.outbox.table import Note, Table
from infra.settings import Settings
from tests.axis import until
from tests.connectors.outbox_scene import ADDRESS, System

pytestmark = pytest.mark.postgres
TAKEN = Note(receipt={"at": "2026-11-23T09:00:00+07:00", "accepted": True})
REFUSED = Note(receipt=None, refusal={"code": "NOT_EDXML"})


@pytest.fixture
def system(postgres: str) -> System:
    """Return a document system; no axis is needed."""
    found = System(settings=Settings(), url=postgres.replace("+psycopg", ""))
    found.prepare()
    return found


def table(system: System, shard: str = "") -> Table:
    """Open the table as a relay does."""
    (source,) = sources(Settings(outbox=f"{ADDRESS}={system.url}"))
    return Table(source, Shard.parse(shard))


def heads(opened: Table) -> list[str]:
    """Look at what would be taken now."""
    with opened.transaction():
        return opened.heads(10)


@pytest.mark.parametrize("note", [TAKEN, REFUSED])
def test_a_successor_waits_for_its_predecessor_alone(system: System, note: Note) -> None:
    """Of each aggregate the oldest; the next one after it is finished and committed, handed over or refused."""
    first, second = system.write("doc-1", b"1", b"2")
    (other,) = system.write("doc-2", b"3")
    one = table(system)
    with one.transaction():
        assert [first, other] == one.heads(10)
        one.note(first, note, delete=False)
    with one.transaction():
        assert [second, other] == one.heads(10)
    one.close()


def test_what_another_relay_has_is_skipped_with_its_successors(system: System) -> None:
    """While one holds the oldest row, a second neither waits nor takes the next; when the first dies, the row is free."""
    first, second = system.write("doc-1", b"1", b"2")
    one, two = table(system), table(system)
    with one.transaction():
        assert [first] == one.heads(10)
        with two.transaction():
            assert [] == two.heads(10)
        one.note(first, TAKEN, delete=False)
        with two.transaction():
            assert [] == two.heads(10)
    with two.transaction():
        assert [second] == two.heads(10)
        two.close()
    until(lambda: heads(one) == [second])  # the server takes a moment to see that the other is gone
    one.close()


def test_shards_divide_the_aggregates(system: System) -> None:
    """Every row belongs to exactly one of three."""
    written = {row for number in range(30) for row in system.write(f"doc-{number}", b"1")}
    found: list[str] = []
    for number in range(3):
        one = table(system, f"{number}/3")
        with one.transaction():
            heads = one.heads(100)
        assert (len(heads), True) == (one.waiting()[0], 0 < len(heads) < 30)
        found += heads
        one.close()

    assert 30 == len(found)
    assert written == set(found)
