"""A document system that sends packets through its own database: `python client.py URL AGGREGATE PACKET.edxml`.

Its data and the packet are written in one transaction: either both are there or none. The relay of the axis does the rest.
"""

import sys
import time
from pathlib import Path
from typing import Any

import psycopg


def send(connection: psycopg.Connection[Any], aggregate: str, packet: bytes) -> str:
    """Book a document and its packet in one transaction; return the row's id."""
    with connection.transaction():
        connection.execute("create table if not exists sent (aggregate text, booked_at timestamptz default now())")
        connection.execute("insert into sent (aggregate) values (%s)", (aggregate,))  # the system's own data
        row = connection.execute(
            "insert into outbox (aggregateid, payload) values (%s, %s) returning id::text", (aggregate, packet)
        ).fetchone()
    return str(row[0]) if row else ""


def answer(connection: psycopg.Connection[Any], row: str, *, seconds: float = 60) -> str:
    """Wait for what the axis answered; return its sentence."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        question = "select receipt ->> 'sentence_vi', refusal ->> 'sentence_vi' from outbox where id = %s::uuid"
        taken, refused = connection.execute(question, (row,)).fetchone() or (None, None)
        if refused or taken:
            return f"refused: {refused}" if refused else f"handed over: {taken}"
        time.sleep(0.2)  # the pause between two looks
    return "no answer yet; the row stays, and is handed over as soon as the axis runs"


if __name__ == "__main__":
    url, about, file = sys.argv[1:]
    with psycopg.connect(url, autocommit=True) as database:
        print(answer(database, send(database, about, Path(file).read_bytes())))
