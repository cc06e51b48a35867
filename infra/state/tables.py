"""The four tables every consumer has, whatever it does.

`app` is the consumer's name, so that all of them may share one database. `partition` is a partition *index*: the topics
of an app have equal partition counts, and what they say about one key meets in one index. A change here needs a revision in `migrations/versions` (ADR 0014).
"""

from pathlib import Path

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from infra.state.history import KEY, History

HISTORY = History(store="engine", newest="0001", folder=Path(__file__).parent / "migrations" / "versions")
METADATA = MetaData(info={KEY: HISTORY})

OWNERSHIP = Table(
    "ownership",
    METADATA,
    Column("app", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False, comment="raised by every claim: the fence"),
    Column("versions", Text, nullable=False, comment="JSON, kind -> version of the reference data in force here"),
    Column("plan", Text, comment="JSON, the work begun and not settled; done again exactly so after a crash"),
)
"""Who may work on a partition index, by which reference data, and what is under way there."""

POSITION = Table(
    "position",
    METADATA,
    Column("app", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("last_offset", BigInteger, nullable=False, comment="of the last settled record; -1: none"),
)
"""How far an app is; topic names without the prefix the broker's names may carry."""

MEMORY = Table(
    "memory",
    METADATA,
    Column("app", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("row", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""The rows of a core's state."""

DUE = Table(
    "due",
    METADATA,
    Column("app", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("row", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    Index("due_next", "app", "partition", "due_at"),
    Index("due_first", "app", "due_at", "partition"),
)
"""When a row wants to be looked at."""
