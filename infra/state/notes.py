"""What an app keeps that belongs to no partition: a row under a number that no partition has, without a fence."""

from sqlalchemy import delete, select

from infra.state.database import upsert, writing
from infra.state.store import State
from infra.state.tables import MEMORY

NOWHERE = -1


def read_note(state: State, row: str) -> bytes | None:
    """Return a note."""
    wanted = select(MEMORY.c.value).where(MEMORY.c.app == state.app, MEMORY.c.partition == NOWHERE, MEMORY.c.row == row)
    with state.engine.connect() as connection:
        found = connection.execute(wanted).scalar()
    return None if found is None else bytes(found)


def write_note(state: State, row: str, value: bytes | None) -> None:
    """Write a note, or remove it."""
    with writing(state.engine) as connection:
        if value is None:
            connection.execute(
                delete(MEMORY).where(MEMORY.c.app == state.app, MEMORY.c.partition == NOWHERE, MEMORY.c.row == row)
            )
        else:
            upsert(connection, MEMORY, [{"app": state.app, "partition": NOWHERE, "row": row, "value": value}])
