"""The history of a store's tables, and whether this code may work with the tables it finds (ADR 0014).

Revisions are numbered `0001`, `0002` … and run by Alembic; each names the `lowest` revision whose code can still work with
what it leaves. Tables that are newer than the code are fine for it as long as it is not below that floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import structlog
from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select, table
from sqlalchemy import column as named

from infra.errors import EnvironmentFaultError

KEY = "history"
"""Where a store's MetaData keeps its history (`MetaData.info`)."""

ENVIRONMENT = Path(__file__).parent / "migrations"
log = structlog.get_logger(__name__)

OWN = MetaData()
FLOOR = Table(
    "schema_floor",
    OWN,
    Column("store", Text, primary_key=True),
    Column("lowest", Text, nullable=False, comment="revision that code must know at least"),
    Column("software", Text, nullable=False, comment="version that made the tables what they are"),
)
"""One row a store: who may work with its tables as they are now."""


class NewerTablesError(EnvironmentFaultError):
    """The tables were changed by a newer release in a way that this one cannot work with."""


class OlderTablesError(EnvironmentFaultError):
    """The tables were made by an older release, and whoever asks only reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where a store's revisions are, and which is the newest this code knows."""

    store: str
    newest: str
    folder: Path

    @property
    def version_table(self) -> str:
        """Alembic's own table, one for each store, so that several share a database."""
        return f"alembic_{self.store}"


def bring_up(connection: Connection, history: History) -> None:
    """Make the tables what this code needs, in the caller's transaction and under its lock; raise `NewerTablesError`."""
    revision = standing(connection, history)
    if revision == history.newest:
        return
    if revision is not None and int(revision) > int(history.newest):
        _require_compatible(connection, history, revision)
        return
    OWN.create_all(connection)
    lowest = _upgrade(connection, history)
    software = metadata.version("lienthong") if any(metadata.distributions(name="lienthong")) else "unknown"
    connection.execute(FLOOR.delete().where(FLOOR.c.store == history.store))
    connection.execute(FLOOR.insert().values(store=history.store, lowest=lowest, software=software))
    log.info("tables_brought_up", store=history.store, before=revision or "none", now=history.newest)


def require_readable(connection: Connection, history: History) -> None:
    """Look only: raise `NewerTablesError`, or `OlderTablesError` where the store's own process must bring the tables up first."""
    revision = standing(connection, history)
    if revision is None or int(revision) < int(history.newest):
        raise OlderTablesError(
            f"the tables of `{history.store}` are of an older release (revision {revision or 'none'}, needed {history.newest})",
            "start its process once (`lienthong up`): it brings them up",
        )
    if revision != history.newest:
        _require_compatible(connection, history, revision)


def standing(connection: Connection, history: History) -> str | None:
    """Return the revision at which a store's tables are, None for tables of before there were revisions, or none at all."""
    if not inspect(connection).has_table(history.version_table):
        return None
    found: Sequence[str] = (
        connection.execute(select(named("version_num")).select_from(table(history.version_table))).scalars().all()
    )
    return str(found[0]) if found else None


def _require_compatible(connection: Connection, history: History, revision: str) -> None:
    found = connection.execute(select(FLOOR.c.lowest, FLOOR.c.software).where(FLOOR.c.store == history.store)).one()
    if int(history.newest) < int(found.lowest):
        raise NewerTablesError(
            f"the tables of `{history.store}` were changed by a newer release, {found.software} (revision {revision};"
            f" it needs code that knows {found.lowest}, this one knows {history.newest})",
            f"upgrade this process to {found.software} or newer; or stop all and restore a copy from before the upgrade",
        )
    log.info("tables_are_newer", store=history.store, revision=revision, known=history.newest)


def _upgrade(connection: Connection, history: History) -> str:
    """Run the missing revisions; return the floor that the newest sets."""
    from alembic import command  # noqa: PLC0415 - only a process that has something to change pays for importing it

    config = configuration(history)
    config.attributes.update(connection=connection, version_table=history.version_table)
    command.upgrade(config, history.newest)
    return lowest(history, history.newest)


def configuration(history: History):  # type: ignore[no-untyped-def]  # noqa: ANN201 - Alembic's type, imported late
    """Return Alembic's configuration for a store: no file, the connection is ours."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    for option, value in {
        "script_location": str(ENVIRONMENT),
        "version_locations": str(history.folder),
        "path_separator": "os",
    }.items():
        config.set_main_option(option, value.replace("%", "%%"))
    return config


def lowest(history: History, revision: str) -> str:
    """Return the lowest revision whose code can work with the tables of this one."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    return str(ScriptDirectory.from_config(configuration(history)).get_revision(revision).module.lowest)
