"""One round of the relay: lock rows, drop their packets, wait for intake's receipts, note them, commit.

Whatever ends it in between, the rows are open again and their files are found under the rows' ids: nothing is dropped twice, nothing forgotten.
"""

import time
from collections.abc import Iterable
from threading import Event as Flag

import structlog

from connectors.outbox.handing import alone, answered, drop, under_way
from connectors.outbox.sources import Source
from connectors.outbox.table import NoPacketError, Note, Table
from infra import metrics
from infra.kafka.crashpoint import CrashPoints, no_crash
from schemas.reasons import REASONS, sentence_vi

BATCH = 64
"""Rows of a round, each of another aggregate."""

WAIT_SECONDS = 5.0
"""How long a round waits for receipts; what has none by then is found again in the next."""

LOOK_SECONDS = 0.05
log = structlog.get_logger(__name__)


class Relay:
    """Relays one table through one door."""

    def __init__(
        self,
        source: Source,
        table: Table,
        *,
        packet_bytes: int,
        delete: bool = False,
        ending: Flag | None = None,
        crash: CrashPoints = no_crash,
    ) -> None:
        """`packet_bytes`: a larger payload is refused unread; `ending`: wait no more."""
        self._source, self._table, self._packet_bytes, self._delete = source, table, packet_bytes, delete
        self._ending, self._crash = ending or Flag(), crash

    def round(self) -> int:
        """Do a round; return how many rows were finished. Raise `psycopg.Error` or OSError: nothing was noted."""
        with self._table.transaction():
            rows = self._table.heads(BATCH)
            if not rows:
                return 0
            self._crash("row_locked")
            notes = self._drop(rows)
            self._crash("row_dropped")
            notes |= self._receipts(set(rows) - set(notes))
            self._crash("row_answered")
            for row, note in notes.items():
                self._table.note(row, note, delete=self._delete)
            self._crash("row_noted")
        self._crash("row_finished")
        for row, note in notes.items():
            self._count(row, note)
        return len(notes)

    def _drop(self, rows: Iterable[str]) -> dict[str, Note]:
        """Drop what is not dropped yet; return those that have no packet."""
        rows, door, refused = list(rows), self._source.door, {}
        with alone(door):
            before = under_way(door, rows)
            before |= answered(door, set(rows) - before).keys()
            for row in rows:
                if row in before:
                    continue
                try:
                    drop(door, row, self._packet(row))
                except NoPacketError as exc:
                    refused[row] = _refused("NOT_EDXML", str(exc))
                except _TooLargeError as exc:
                    refused[row] = _refused("RESOURCE_LIMIT", str(exc))
        return refused

    def _packet(self, row: str) -> bytes:
        size = self._table.size(row)
        if size > 2 * self._packet_bytes:  # base64 and JSON take a third more; intake measures what is left exactly
            raise _TooLargeError(f"{size:,} byte, tối đa {self._packet_bytes:,}".replace(",", "."))
        return self._table.packet(row)

    def _receipts(self, rows: set[str]) -> dict[str, Note]:
        """Wait for receipts, a while."""
        found: dict[str, Note] = {}
        until = time.monotonic() + WAIT_SECONDS
        while left := rows - found.keys():
            gone = left - under_way(self._source.door, left)
            if gone:
                receipts = answered(self._source.door, gone)
                found |= {row: Note(receipt=said, refusal=said["refusal"]) for row, said in receipts.items()}
            if found.keys() == rows or time.monotonic() > until or self._ending.wait(LOOK_SECONDS):
                break
        return found

    def _count(self, row: str, note: Note) -> None:
        reason = note.refusal["code"] if note.refusal else ""
        outcome = "refused" if note.refusal else "accepted"
        metrics.OUTBOX_ROWS.labels(source=self._source.address, outcome=outcome, reason=reason).inc()
        if reason:
            log.info("row_refused", source=self._source.address, row=row, reason=reason)


class _TooLargeError(ValueError):
    """The payload is larger than a packet may be."""


def _refused(code: str, detail: str) -> Note:
    why = {"code": code, "element": "payload", "sentence_vi": sentence_vi(code, detail=detail)}
    return Note(receipt=None, refusal={**why, "who_must_act": REASONS[code].acts.value})
