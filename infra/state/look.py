"""Looking at an app's position and due rows from outside, without taking part: the demo's clock, `doctor`, tests."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, make_url, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from infra.settings import Settings
from infra.state.store import from_micros, positions_in
from infra.state.tables import DUE
from schemas.topics import TOPICS

REGISTER = "register"
"""The consumer whose position lies beside its own tables, not with the state of the others."""


class Positions:
    """Reads one app's progress; a state that was not made yet reads as nothing."""

    def __init__(self, url: str, app: str) -> None:
        self._url, self._app = make_url(url), app
        self._engine: Engine | None = None

    def read(self) -> dict[tuple[str, int], int]:
        """Return (topic, partition) -> offset of the last settled record."""
        if (engine := self._open()) is None:
            return {}
        try:
            with engine.connect() as connection:
                return positions_in(connection, self._app)
        except (OperationalError, ProgrammingError):
            return {}  # its tables do not exist yet

    def next_due(self) -> datetime | None:
        """Return the earliest due moment of the app, or None."""
        if (engine := self._open()) is None:
            return None
        try:
            with engine.connect() as connection:
                first = connection.execute(select(func.min(DUE.c.due_at)).where(DUE.c.app == self._app)).scalar()
        except (OperationalError, ProgrammingError):
            return None
        return None if first is None else from_micros(first)

    def _open(self) -> Engine | None:
        file = self._url.database if self._url.get_backend_name() == "sqlite" else None
        if file and not Path(file).exists():
            return None  # looking must not make an empty database
        if self._engine is None:
            drivername = "postgresql+psycopg" if self._url.drivername == "postgresql" else self._url.drivername
            self._engine = create_engine(self._url.set(drivername=drivername), poolclass=NullPool)
        return self._engine


def positions_of(settings: Settings, consumer: str) -> Positions:
    """Return where one consumer's position is read."""
    return Positions(settings.register_url if consumer == REGISTER else settings.state_url(consumer), consumer)


def all_positions(settings: Settings) -> dict[str, Positions]:
    """Return the same for every consumer that `topics.yaml` names."""
    return {
        name: positions_of(settings, name) for name in dict.fromkeys(n for topic in TOPICS for n in topic.consumers)
    }
