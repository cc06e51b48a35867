"""State and position in SQL, moved together: SQLite for one machine, PostgreSQL for several, the same tables and code."""

from infra.state.database import open_database
from infra.state.look import Positions, all_positions, positions_of
from infra.state.store import Changes, Claim, FencedError, Plan, State, WriteMore
from infra.state.tables import METADATA

__all__ = [
    "METADATA", "Changes", "Claim", "FencedError", "Plan", "Positions", "State", "WriteMore", "all_positions", "open_database", "positions_of",
]  # fmt: skip
