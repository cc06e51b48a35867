"""`python -m tests.bench.plain_faust PROCESSOR RECORDS`: the same core in plain Faust, written as carefully as its API allows.

`noack_take` gives batches that are acknowledged by hand; outcomes go out by `topic.send`, rows into SQLite once a batch, as in our engine.
Without fence, plan and position in SQL: after a crash or a rebalance it may lose or contradict itself.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faust

from infra.clock import open_clock
from infra.content import open_content
from infra.kafka.sealing import seal
from infra.kafka.stepping import Overlay
from infra.reference import Follower
from infra.settings import Settings
from processors.topology import FLOWS
from schemas import codec
from tests.bench.marks import Marks

BATCH, WITHIN = 2_000, 0.1


class Rows:
    """One table, one transaction a batch."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file)
        self._connection.executescript(
            "pragma journal_mode=wal; pragma synchronous=normal; create table memory (row text primary key, value blob)"
        )

    def read(self, rows: Iterable[str]) -> dict[str, bytes]:
        """Return the rows that exist."""
        found: dict[str, bytes] = {}
        wanted = sorted(set(rows))
        for at in range(0, len(wanted), 500):
            some = wanted[at : at + 500]
            marks = ",".join("?" * len(some))
            found |= dict(self._connection.execute(f"select row, value from memory where row in ({marks})", some))  # noqa: S608 - question marks only
        return found

    def write(self, rows: dict[str, bytes | None]) -> None:
        """Write rows."""
        with self._connection:
            self._connection.executemany("insert or replace into memory values (?, ?)", list(rows.items()))


def main() -> None:
    """Run until stopped."""
    name, marks, settings = sys.argv[1], Marks(int(sys.argv[2])), Settings.load()
    flow, clock, prefix = FLOWS[name], open_clock(settings), settings.topic_prefix
    references = Follower(settings, open_content(settings))
    references.start(needs=flow.needs)
    core, reference = flow.core(), references.current()
    rows = Rows(settings.var / "state" / f"faust-{name}-{settings.process}.sqlite")
    (settings.var / "faust").mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"{prefix}faust-{name}-{settings.process}",
        broker=f"kafka://{settings.kafka_bootstrap}",
        store="memory://",
        datadir=str(settings.var / "faust"),
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_max_poll_records=BATCH,
        stream_buffer_maxsize=20_000,
        producer_acks=-1,
        producer_linger=0.005,
        producer_compression_type="lz4",
    )
    source: Any = app.topic(
        *(prefix + topic for topic in flow.reads),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )
    sinks: dict[str, Any] = {}

    def sink(topic: str) -> Any:
        if topic not in sinks:
            sinks[topic] = app.topic(prefix + topic, key_serializer="raw", value_serializer="raw")
        return sinks[topic]

    @app.agent(source)
    async def work(stream: Any) -> None:
        async for batch in stream.noack_take(BATCH, within=WITHIN):
            marks.begins()
            events = [_decoded(each.message, prefix) for each in batch]
            keys = [tuple(core.keys(event)) for event in events]
            overlay, sent = Overlay(rows.read(row for some in keys for row in some)), []
            for event, some in zip(events, keys, strict=True):
                now = event.recorded_at or event.occurred_at
                outcome = core.step(event, overlay.known(some), reference, now)
                for said in outcome.events:
                    message = seal(said, app=name, clock=clock)
                    sent.append(
                        await sink(message.topic).send(key=message.key, value=message.value, headers=message.headers)
                    )
                overlay.apply(outcome.changes)
            await asyncio.gather(*sent)
            rows.write(overlay.changes.memory)
            for each in batch:
                await stream.ack(each)
            marks.done(len(batch))

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False)
    worker.execute_from_commandline()
    os._exit(0)


def _decoded(message: Any, prefix: str) -> Any:
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers
    return codec.decode(message.topic.removeprefix(prefix), message.key, message.value, list(headers))


if __name__ == "__main__":
    main()
