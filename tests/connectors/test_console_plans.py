"""Pages read a few rows through an index, however many documents there are: the plans of PostgreSQL, asserted; no counting."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from connectors.console import agencies, documents, stuck
from connectors.console.paging import Page
from connectors.register import tables
from infra.state.database import open_database, reading, writing
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.postgres import postgres, postgres_server

__all__ = ["postgres", "postgres_server"]
pytestmark = pytest.mark.postgres

ROWS = 40_000
"""Documents; enough that reading all of them is the dearer plan by far."""

FEW = 2_000
"""Rows that a page may touch, whatever the number of documents."""

FILL = f"""
insert into document (document_key, document_id, sender) select 'k' || n, 'id' || n, 's' from generate_series(1, {ROWS}) n;
insert into submission (document_key, sha256, document_id, sender, subject, type_name, handed_over, repeats, verdicts, superseded, state, reason)
  select 'k' || n, 'sha' || n, 'id' || n, 's', 'x', 'y', 1, 0, '{{}}', '[]', 'signed', '' from generate_series(1, {ROWS}) n;
insert into delivery (delivery_id, document_key, document_id, sha256, sender, recipient, endpoint, mode, rule, urgency, type_name, subject,
    dispatched_by, dispatched_at, state, label, progress)
  select 'k' || n || '-r', 'k' || n, 'id' || n, 'sha' || n, 's', 'r' || n % 500, 'e', 'pull', 'inside', 'normal', 'y', 'x', 'e',
    timestamptz '2026-11-20' + n * interval '1 second', '{{}}', 'dispatched', 'dispatched' from generate_series(1, {ROWS}) n;
insert into obligation (obligation_id, place, subject, document_key, delivery_id, clock, debtor, creditor, since_at, breach_at, open, closed_by,
    provisional, rule, versions)
  select 'k' || n || '-r:transport', n, 'k' || n || '-r', 'k' || n, 'k' || n || '-r', 'transport', 'r' || n % 500, 's', timestamptz '2026-11-20',
    timestamptz '2026-11-20' + n * interval '1 second', n % 4 = 0, '', false, 'r', '{{}}' from generate_series(1, {ROWS}) n;
insert into alert (event_id, alert_id, about, document_key, delivery_id, kind, state, level, number, clock, debtor, why, occurred_at, urgency, sender,
    recipient, versions)
  select 'a' || n, 'a' || n, 'k' || n || '-r', 'k' || n, 'k' || n || '-r', 'not_received', 'FIRING', 1, 1, 'transport', 'r', '', timestamptz '2026-11-20',
    'normal', 's', 'r', '{{}}' from generate_series(1, {ROWS}) n;
insert into event (event_id, topic, partition, "offset", key, type, document_key, delivery_id, causation_id, sha256, occurred_at, who, why, versions, body)
  select 'e' || n, 't', 0, n, 'k', 'DocumentSigned', 'k' || n % 10000, '', '', 'sha' || n % 10000, timestamptz '2026-11-20', '', '', '{{}}', '{{}}'
  from generate_series(1, {ROWS}) n;
"""  # noqa: S608 - a number of ours


@pytest.fixture
def register(postgres: str) -> Iterator[Engine]:
    """Yield a register with many documents."""
    engine = open_database(postgres, tables.METADATA)
    with writing(engine) as connection:
        connection.execute(text(FILL))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    yield engine
    engine.dispose()


@contextmanager
def watched(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that are executed, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        found.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every step of a plan."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from steps(each)


def dear(connection: Connection, read: Callable[[Connection], object]) -> list[str]:
    """Return the steps of what a page reads that went through a whole table, or touched more rows than a few."""
    with watched(connection) as statements:
        read(connection)
    found = []
    for statement, parameters in statements:
        asked = connection.exec_driver_sql(f"explain (analyze, format json) {statement}", parameters).scalar_one()
        (plan,) = asked if isinstance(asked, list) else json.loads(asked)
        for step in steps(plan["Plan"]):
            rows = step["Actual Rows"] * step["Actual Loops"] + step.get("Rows Removed by Filter", 0)
            whole = step["Node Type"] == "Seq Scan" and step["Relation Name"] not in ("told", "attempt", "refusal")
            if whole or rows > FEW or "count(" in statement:
                found.append(f"{step['Node Type']} {step.get('Relation Name', '')} {rows} rows: {statement[:80]}")
    return found


def second(read: Callable[..., Page[dict[str, Any]]], connection: Connection, *given: Any, **asked: Any) -> object:
    """Read a page, and the one after."""
    page = read(connection, *given, **asked)
    assert page.after
    return read(connection, *given, **asked, after=page.after)


READS: dict[str, Callable[[Connection], object]] = {
    "overdue": lambda connection: second(stuck.overdue, connection, scene.NOW),
    "overdue of an agency": lambda connection: stuck.overdue(connection, scene.NOW, debtor="r4"),
    "coming": lambda connection: stuck.coming(connection, life.at(-60 * 24 * 2.9)),
    "newest": lambda connection: second(documents.newest, connection),
    "search by id": lambda connection: documents.search(connection, life.DOCUMENT_ID),
    "search by digest": lambda connection: documents.search(connection, life.SHA256),
    "packets": lambda connection: documents.packets(connection, "k77"),
    "duties": lambda connection: documents.duties(connection, "k76"),
    "deliveries": lambda connection: documents.deliveries(connection, "k76"),
    "verdicts": lambda connection: documents.verdicts(connection, "k77", "sha77"),
    "timeline": lambda connection: documents.timeline(connection, "k77", "sha77"),
    "an agency's receipts": lambda connection: agencies.taken(connection, "r4"),
    "refusals": lambda connection: documents.refusals(connection, "k77"),
}


def test_no_page_reads_a_whole_table(register: Engine) -> None:
    """Every query of every page, also of a page deep in a list; and the check notices a query that does."""
    with reading(register) as connection:
        found = {name: dear(connection, read) for name, read in READS.items()}
        noticed = dear(connection, lambda each: each.execute(text("select count(*) from obligation where rule = 'x'")))

    assert {name: [] for name in READS} == found
    assert noticed
