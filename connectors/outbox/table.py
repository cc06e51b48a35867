"""The outbox table of a document system, as the relay sees it (columns: docs/examples/outbox/schema.sql).

A row is open until it is handed over or refused. Of each aggregate only the oldest open row is ever taken, and its lock is held until
it is finished: so the order within an aggregate is kept, however many relays there are.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from connectors.outbox.sources import Shard, Source

STATEMENT_SECONDS = 30
CONNECT: Mapping[str, Any] = {
    "connect_timeout": 10,
    "options": f"-c statement_timeout={STATEMENT_SECONDS}s",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "tcp_user_timeout": 30_000,  # a server that is cut off is noticed, and the rows locked there are free again
    "application_name": "lienthong outbox",
}
EDXML = "edxml"
"""Where the payload is JSON: the member that holds the packet, in base64."""

SHARD: LiteralString = "(('x' || substr(md5(o.aggregateid::text), 1, 8))::bit(32)::bigint %% %(of)s) = %(number)s"
"""Of md5, for PostgreSQL's own hashes may differ between versions."""

HEADS: LiteralString = """
select o.id::text from {table} o
where o.handed_over_at is null and o.refusal is null and {share}
  and not exists (
    select from {table} p where p.aggregateid = o.aggregateid and p.seq < o.seq
      and p.handed_over_at is null and p.refusal is null)
order by o.seq limit %(limit)s
for update of o skip locked"""
SIZE: LiteralString = "select octet_length({payload}) from {table} where id = %(id)s::uuid"
PAYLOAD: LiteralString = "select payload from {table} where id = %(id)s::uuid"
MARK: LiteralString = (
    "update {table} set handed_over_at = %(at)s, receipt = %(receipt)s, refusal = %(refusal)s where id = %(id)s::uuid"
)
DELETE: LiteralString = "delete from {table} where id = %(id)s::uuid"
WAITING: LiteralString = """
select count(*), coalesce(extract(epoch from clock_timestamp() - min(o."timestamp")), 0)::float8 from {table} o
where o.handed_over_at is null and o.refusal is null and {share}"""
TYPE: LiteralString = (
    "select format_type(atttypid, null) from pg_attribute where attrelid = %(table)s::regclass and attname = 'payload'"
)


class NoPacketError(ValueError):
    """The payload holds no packet; the text says why, in Vietnamese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of a row."""

    receipt: Mapping[str, Any] | None
    """What intake answered; None where the row did not get so far."""

    refusal: Mapping[str, Any] | None = None
    """code, element, sentence_vi, who_must_act; None: handed over."""


class Table:
    """One table over one connection; raises `psycopg.Error` where the database does not do it."""

    def __init__(self, source: Source, shard: Shard) -> None:
        self._connection = psycopg.connect(source.url, autocommit=True, **CONNECT)
        self._share = {"number": shard.number, "of": shard.of}
        self._name = sql.Identifier(*source.table)
        (found,) = self._one(TYPE, table=self._name.as_string(self._connection))
        self._payload: LiteralString = "payload" if found == "bytea" else "payload::text"

    def transaction(self) -> Any:
        """Return the context within which rows stay locked."""
        return self._connection.transaction()

    def heads(self, limit: int) -> list[str]:
        """Lock the oldest open row of each aggregate of our share, as far as nobody else has it; return their ids."""
        found = self._connection.execute(self._sql(HEADS), {**self._share, "limit": limit}).fetchall()
        return [row[0] for row in found]

    def size(self, row: str) -> int:
        """Return the bytes of a row's payload; a packet in JSON is smaller than its payload."""
        return int(self._one(SIZE, id=row)[0] or 0)

    def packet(self, row: str) -> bytes:
        """Return the packet in a row; raise `NoPacketError`."""
        return packet_of(self._one(PAYLOAD, id=row)[0])

    def note(self, row: str, note: Note, *, delete: bool) -> None:
        """Say in the row what became of it; with `delete` a row that was handed over goes."""
        if delete and note.refusal is None:
            self._connection.execute(self._sql(DELETE), {"id": row})
            return
        at = note.receipt["at"] if note.receipt and note.refusal is None else None
        told = {"receipt": note.receipt and Jsonb(note.receipt), "refusal": note.refusal and Jsonb(note.refusal)}
        self._connection.execute(self._sql(MARK), {"id": row, "at": at, **told})

    def waiting(self) -> tuple[int, float]:
        """Return how many rows of our share are open, and the age of the oldest in seconds, by the database's clock."""
        count, age = self._one(WAITING, **self._share)
        return count, age

    def close(self) -> None:
        """Let the connection go, and with it every lock."""
        self._connection.close()

    def _one(self, statement: LiteralString, **fields: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] | None = self._connection.execute(self._sql(statement), fields).fetchone()
        if found is None:
            raise psycopg.ProgrammingError("the table has no such row or column")
        return found

    def _sql(self, statement: LiteralString) -> sql.Composed:
        payload = sql.SQL(getattr(self, "_payload", "payload"))
        return sql.SQL(statement).format(table=self._name, payload=payload, share=sql.SQL(SHARD))


def packet_of(payload: Any) -> bytes:
    """Return the packet in a payload: the bytes, the text, or member `edxml` (base64) of a JSON object; raise `NoPacketError`."""
    if isinstance(payload, str) and payload.lstrip().startswith("{"):
        try:
            payload = json.loads(payload)
        except ValueError:
            raise NoPacketError("payload là JSON không hợp lệ") from None
    match payload:
        case bytes():
            return payload
        case str():
            return payload.encode()
        case {"edxml": str(encoded)}:
            try:
                return base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError):
                raise NoPacketError(f"thành phần {EDXML} của payload không phải base64") from None
        case None:
            raise NoPacketError("cột payload để trống")
        case _:
            raise NoPacketError(f"payload JSON không có thành phần {EDXML} chứa gói tin mã hóa base64")
