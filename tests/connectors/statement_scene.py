"""A notifier with the axis' key, and the ladder of one delivery that nobody takes."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.content import DirectoryStore
from infra.pki import Pki
from schemas.events import AlertState, DocumentAlert, DocumentReceived, Event, Milestone, StatementSigned, TimerFired
from schemas.ids import event_id
from schemas.reference.working_time import moment_at
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, Desk, alert
from tests.reference_files import demo, present

OFFERED = MONDAY - timedelta(minutes=3)
ABOUT = alert().about


class Attesting(Desk):
    """Keeps the statements."""

    def __init__(self, port: int, var: Path, key: Path | None) -> None:
        super().__init__(port, var=var, axis_key=key)
        self.statements: list[StatementSigned] = []
        self.store = DirectoryStore(var / "content")

    def step(self, event: Event, *, settle: bool = True) -> None:
        """Take one event in."""
        at = event.recorded_at or event.occurred_at
        outcome = self.core.step(event, self.known(event), self.reference, at)
        self.statements += [each for each in outcome.events if isinstance(each, StatementSigned)]
        if settle:
            self.apply(outcome)

    def run(self, until: datetime, *, settle: bool = True) -> None:
        """Fire everything until then, in its order."""
        while self.due and min(self.due.values()) <= until:
            row, at = min(self.due.items(), key=lambda each: each[1])
            if settle:
                del self.due[row]
            self.step(TimerFired(event_id=row, occurred_at=at, recorded_at=at, row=row, due_at=at), settle=settle)
            if not settle:
                return

    def said_in(self, statement: StatementSigned) -> dict[str, Any]:
        """Return what a statement says."""
        found: dict[str, Any] = json.loads(self.store.read(statement.content.sha256))
        return found


def transport(milestone: Milestone, at: datetime) -> DocumentReceived:
    """Return a transport fact of the delivery."""
    return DocumentReceived(
        event_id=event_id(milestone, at.isoformat()),
        occurred_at=at,
        recorded_at=at,
        delivery_id=ABOUT,
        document_key="0" * 32,
        recipient="000.00.17.H53",
        milestone=milestone,
        sha256="a" * 64,
        endpoint="so-y-te",
        how="renamed",
    )


def ladder() -> Iterator[DocumentAlert]:
    """Yield the steps of the normal ladder, each at its moment."""
    rules, calendar = present(demo().sla), present(demo().calendar)
    breach = present(alert().deadline_at)
    people = [(CLERK,), (CLERK,), (HEAD,), (HEAD,), (HEAD, CLERK)]
    for step, to in zip(rules.ladder["normal"], people, strict=True):
        after = step.after_breach and moment_at(calendar, calendar.pattern(""), step.after_breach, start=breach)
        at = after or (breach if step.when == "breach" else MONDAY)
        yield alert(at, *to, level=step.step, event_id=event_id("step", str(step.step)), versions={"sla": "1" * 64})


STEPS = list(ladder())
LAST = STEPS[-1].occurred_at
END = LAST + timedelta(days=3)


def climb(desk: Attesting, *steps: DocumentAlert) -> None:
    """Offer the delivery and take these steps, with the mails of each before the next."""
    desk.step(transport(Milestone.OFFERED, OFFERED))
    for each in steps:
        desk.run(each.occurred_at)
        desk.step(each)


def over(at: datetime, why: str = "received") -> DocumentAlert:
    """Return the end of the alert."""
    return alert(at, event_id=event_id("over"), state=AlertState.RESOLVED, why=why, level=4)


def verified(desk: Attesting, statement: StatementSigned, pki: Pki, content: bytes | None = None) -> bool:
    """Ask openssl, which knows nothing of us, with the root alone."""
    if shutil.which("openssl") is None:
        pytest.fail("openssl is needed: install the package openssl")
    inside = desk.store.path(statement.content.sha256)
    if content is not None:
        inside = inside.with_suffix(".changed")
        inside.write_bytes(content)
    signature, root = desk.store.path(statement.signature_sha256), pki.trust / "anchors" / "root.pem"
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature), "-content", str(inside)]
    command += [
        "-CAfile",
        str(root),
        "-purpose",
        "any",
        "-attime",
        str(int(LAST.timestamp())),
        "-cades",
        "-out",
        "/dev/null",
    ]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
