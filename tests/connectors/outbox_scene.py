"""What tests of the outbox relay share: a document system's database, relays and intakes as processes, what the log says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from infra.settings import Settings
from schemas.events import DocumentSubmitted
from tests.axis import environment, events
from tests.connectors.doorway import ROOT, Doorway, at_endpoint

ADDRESS = "h53"
SCHEMA = ROOT / "docs" / "examples" / "outbox" / "schema.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A document system with an outbox table."""

    settings: Settings
    url: str

    def prepare(self) -> None:
        """Make the table as the example does."""
        with self.connect() as connection:
            connection.execute(SCHEMA.read_text(encoding="utf-8"))

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the document system does."""
        return psycopg.connect(self.url, autocommit=True)

    def write(self, aggregate: str, *payloads: Any) -> list[str]:
        """Write rows; return their ids."""
        insert = "insert into outbox (aggregateid, payload) values (%s, %s) returning id::text"
        with self.connect() as connection:
            found = [connection.execute(insert, (aggregate, payload)).fetchone() for payload in payloads]
        return [row[0] for row in found if row]

    def rows(self) -> dict[str, tuple[Any, Any, Any]]:
        """Return id -> handed_over_at, receipt, refusal, in the order of writing."""
        with self.connect() as connection:
            found = connection.execute("select id::text, handed_over_at, receipt, refusal from outbox order by seq")
            return {row[0]: row[1:] for row in found}

    def open(self) -> int:
        """Return how many rows nobody has answered."""
        return sum(at is None and refusal is None for at, _, refusal in self.rows().values())

    @property
    def doorway(self) -> Doorway:
        """The door through which its packets go."""
        return at_endpoint(self.settings, ADDRESS)

    def submitted(self) -> list[DocumentSubmitted]:
        """Return what intake wrote, each event once (it may say one again after a crash of its own), partition by partition."""
        found = [each for each in events(self.settings, "document.submitted") if isinstance(each, DocumentSubmitted)]
        return list({each.event_id: each for each in found}.values())

    def subjects(self) -> dict[str, list[str]]:
        """Return document id -> subjects in the order of the log: a document's submissions meet in one partition."""
        found: dict[str, list[str]] = {}
        for each in self.submitted():
            found.setdefault(each.envelope.document_id, []).append(each.envelope.subject)
        return found


@contextmanager
def relay(system: System, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a relay as a process of its own."""
    name = more.get("LIENTHONG_PROCESS", "outbox")
    given = {**os.environ, **environment(system.settings), "LIENTHONG_OUTBOX": f"{ADDRESS}={system.url}", **more}
    with (system.settings.var / f"{name}.log").open("ab") as out:
        started = subprocess.Popen([sys.executable, "-m", "connectors", "outbox"], cwd=ROOT, env=given, stderr=out)
    try:
        yield started
    finally:
        started.kill()
        started.wait()
