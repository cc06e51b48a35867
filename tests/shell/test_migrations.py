"""Tables change by numbered revisions, on both databases: done once, whole or not at all, and old code beside new tables is asked whether it may."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from connectors.http import memory
from connectors.register import tables as register
from infra.state import Changes, State, open_database
from infra.state.database import open_to_read, writing
from infra.state.history import KEY, History, NewerTablesError, OlderTablesError, configuration, lowest, standing
from infra.state.tables import HISTORY, MEMORY, METADATA

STORES = {"engine": METADATA, "register": register.METADATA, "api": memory.METADATA}
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, lowest = "0002", "0001", "{lowest}"
def upgrade():
    op.add_column("memory", sa.Column("touched_at", sa.BigInteger))
    {more}
"""
OPENER = """
import sys
from pathlib import Path
from sqlalchemy import MetaData
from infra.state import open_database
from infra.state.history import KEY, History
history = History(store="engine", newest="0002", folder=Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
open_database(sys.argv[1], MetaData(info={KEY: history})).dispose()
"""

Release = Callable[..., MetaData]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Return a maker of the next release's engine tables: today's, and a column more."""

    def made(*, floor: str = "0001", more: str = "pass") -> MetaData:
        folder = tmp_path / "versions"
        folder.mkdir(exist_ok=True)
        for file in HISTORY.folder.glob("r*.py"):
            (folder / file.name).write_text(file.read_text())
        (folder / "r0002_second.py").write_text(SECOND.format(lowest=floor, more=more))
        return MetaData(info={KEY: History(store="engine", newest="0002", folder=folder)})

    return made


def opened(url: str, metadata: MetaData) -> None:
    """Open and close."""
    open_database(url, metadata).dispose()


def columns(url: str, table: Table) -> set[str]:
    """Return what a table has."""
    engine = create_engine(url)
    try:
        return {str(column["name"]) for column in inspect(engine).get_columns(table.name)}
    finally:
        engine.dispose()


def revision(url: str, history: History = HISTORY) -> str | None:
    """Return where a store's tables are."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return standing(connection, history)
    finally:
        engine.dispose()


@pytest.mark.parametrize("store", STORES)
def test_the_revisions_make_the_tables_that_the_code_declares(database: str, store: str) -> None:
    """Whoever changes a table without a revision, or a revision without the table, sees the difference here."""
    metadata = STORES[store]
    engine = open_database(database, metadata)
    with engine.connect() as connection:
        options = {"include_object": lambda _object, name, kind, *_: kind != "table" or name in metadata.tables}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()

    assert [] == found


@pytest.mark.parametrize("store", STORES)
def test_the_newest_revision_is_the_last_and_no_floor_sinks(store: str) -> None:
    """What the code says it knows is the end of the chain; a floor is never above its own revision, nor below the one before."""
    history: History = STORES[store].info[KEY]
    chain = [each.revision for each in ScriptDirectory.from_config(configuration(history)).walk_revisions()][::-1]
    floors = [lowest(history, each) for each in chain]

    assert [f"{number:04}" for number in range(1, len(chain) + 1)] == chain
    assert chain[-1] == history.newest
    assert floors == sorted(floors)
    assert all(floor <= each for floor, each in zip(floors, chain, strict=True))


def test_tables_of_before_there_were_revisions_are_taken_as_they_are(database: str) -> None:
    """Made by an earlier release, with rows: the rows stay, and from now on there is a revision."""
    engine = open_database(database, METADATA)
    with writing(engine) as connection:
        for gone in (HISTORY.version_table, "schema_floor"):
            connection.execute(text(f"drop table {gone}"))
        connection.execute(MEMORY.insert().values(app="a", partition=0, row="r", value=b"kept"))
    engine.dispose()
    engine = open_database(database, METADATA)
    with engine.connect() as connection:
        assert [b"kept"] == [bytes(row.value) for row in connection.execute(MEMORY.select())]
    engine.dispose()

    assert "0001" == revision(database)


def test_two_stores_share_a_database(database: str) -> None:
    """Each has a version table of its own; to open one changes nothing in the other."""
    for metadata in STORES.values():
        opened(database, metadata)

    assert {"engine": "0001", "register": "0006", "api": "0001"} == {
        name: revision(database, metadata.info[KEY]) for name, metadata in STORES.items()
    }


def test_an_older_worker_goes_on_beside_compatible_newer_tables(database: str, release: Release) -> None:
    """Expanded: a column more. The older code opens, claims, writes and reads; the tables stay as they are."""
    opened(database, METADATA)
    opened(database, release())
    engine = open_database(database, METADATA)
    state = State(engine, "app")
    epoch = state.claim(0, {"t": 0}).epoch
    state.settle(0, epoch, Changes(memory={"r": b"1"}), topic="t", expected=-1, last=0)

    assert {"r": b"1"} == state.beginning_with(0, "r")
    engine.dispose()
    assert ("0002", True) == (revision(database), "touched_at" in columns(database, MEMORY))


def test_an_older_worker_refuses_tables_it_cannot_work_with(database: str, release: Release) -> None:
    """Contracted: the floor is above what it knows. It says which release made them and what to do, and changes nothing."""
    opened(database, release(floor="0002"))
    for opening in (open_database, open_to_read):
        with pytest.raises(
            NewerTablesError, match=r"`engine`.*newer release, 0\.1\.0.*knows 0002, this one knows 0001"
        ) as caught:
            opening(database, METADATA)
        assert "upgrade this process to 0.1.0 or newer" in caught.value.mend

    assert "0002" == revision(database)


def test_workers_that_start_at_once_change_the_tables_once(database: str, release: Release) -> None:
    """Three processes find the older tables at the same moment; a column cannot be added twice, so one does it and the others wait."""
    opened(database, METADATA)
    folder = str(release().info[KEY].folder)
    argv = [sys.executable, "-c", OPENER, database, folder]
    workers = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    for worker in workers:
        assert worker.stdout is not None
        assert b"ready\n" == worker.stdout.readline()
    for worker in workers:
        worker.communicate(b"go\n", timeout=60)

    assert [0] * 3 == [worker.returncode for worker in workers]
    assert ("0002", True) == (revision(database), "touched_at" in columns(database, MEMORY))


def test_a_revision_that_fails_leaves_all_as_it_was(database: str, release: Release) -> None:
    """Its second statement is wrong: the first one is taken back as well, and the older code goes on."""
    opened(database, METADATA)
    before = columns(database, MEMORY)
    with pytest.raises(SQLAlchemyError):
        open_database(database, release(more='op.execute("update nobody set x = 1")'))

    assert ("0001", before) == (revision(database), columns(database, MEMORY))
    opened(database, METADATA)


def test_who_only_reads_changes_nothing(database: str, release: Release) -> None:
    """A command of the newer release on tables of the older: it says who brings them up, and leaves them to that process."""
    opened(database, METADATA)
    with pytest.raises(OlderTablesError, match="revision 0001, needed 0002"):
        open_to_read(database, release())

    assert "0001" == revision(database)
    open_to_read(database, METADATA).dispose()
