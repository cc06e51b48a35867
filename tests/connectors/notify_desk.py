"""A notifier driven by hand, the mail server it speaks to, and the alerts it hears."""

import email
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.notify.core import NotifyCore
from connectors.notify.post import Post
from infra.settings import Settings
from schemas.events import AlertState, DocumentAlert, NotifyAttempted, TimerFired, Told
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.step import Forget, Outcome, Put, Wake
from tests.reference_files import demo

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""10:00 in Việt Nam, within working hours."""

NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""22:00 in Việt Nam."""

CLERK = Told(organ_id="000.00.17.H53", role="clerk", name="Trần Thị Bình", mailbox="vanthu.yte@tinhx.example")
HEAD = Told(organ_id="000.00.17.H53", role="head_of_office", name="Lê Văn Hải", mailbox="cvp.yte@tinhx.example")


def plain(mail: EmailMessage) -> str:
    """Return what a reader of plain text sees."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    """Return the mail's page."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


class Mailboxes:
    """Keeps what comes; says what it is told to say."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.reply = "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, or not."""
        if self.reply.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.original_content or b"", policy=default))
        return self.reply


class Desk:
    """A notifier and the rows of one partition, driven by hand."""

    def __init__(self, port: int, reference: Reference | None = None, **given: Any) -> None:
        """`given` are settings."""
        told = {"smtp_port": port, "smtp_from": "truc@truc.example", **given}
        settings = Settings.load().model_copy(update=told)
        self.reference = reference or demo()
        self.post = Post(settings)
        self.core = NotifyCore(settings, self.post)
        self.rows: dict[str, bytes] = {}
        self.due: dict[str, datetime] = {}
        self.said: list[NotifyAttempted] = []

    def hear(self, alert: DocumentAlert) -> None:
        """Take an alert in."""
        self.apply(self.core.step(alert, self.known(alert), self.reference, alert.recorded_at or alert.occurred_at))

    def known(self, event: Any) -> Mapping[str, bytes]:
        """Return the rows a step asks for."""
        return {row: self.rows[row] for row in self.core.keys(event) if row in self.rows}

    def fire(self, until: datetime, *, settle: bool = True) -> None:
        """Fire what is due; without settling, as a process does that is killed right after sending."""
        for row, at in sorted(self.due.items(), key=lambda each: each[1]):
            if at <= until:
                timer = TimerFired(event_id=row, occurred_at=at, recorded_at=at, row=row, due_at=at)
                outcome = self.core.step(timer, self.known(timer), self.reference, at)
                if settle:
                    del self.due[row]
                    self.apply(outcome)

    def apply(self, outcome: Outcome) -> None:
        """Take changes over."""
        self.said += [event for event in outcome.events if isinstance(event, NotifyAttempted)]
        for change in outcome.changes:
            match change:
                case Put(row=row, value=value):
                    self.rows[row] = value
                case Wake(row=row, due_at=due_at):
                    self.due[row] = due_at
                case Forget(row=row):
                    self.rows.pop(row, None)
                    self.due.pop(row, None)
                case _:
                    raise AssertionError(change)


def alert(at: datetime = MONDAY, *to: Told, **fields: Any) -> DocumentAlert:
    """Return a step of the ladder about a document that nobody received."""
    own: dict[str, Any] = {
        "event_id": event_id("alert", "a", at.isoformat()),
        "occurred_at": at,
        "recorded_at": at,
        "alert_id": "alert-1",
        "about": "0" * 32 + "-000.00.17.H53",
        "document_id": "000.00.00.H53,2026-11-23,1234/UBND-KSTT",
        "delivery_id": "0" * 32 + "-000.00.17.H53",
        "kind": "not_received",
        "state": AlertState.FIRING,
        "level": 0,
        "clock": "transport",
        "debtor": "000.00.17.H53",
        "to": to or (CLERK,),
        "why": "dispatched",
        "deadline_at": MONDAY + timedelta(hours=1),
        "urgency": "normal",
        "sender": "000.00.00.H53",
        "recipient": "000.00.17.H53",
        "subject": "V/v kiểm tra an toàn thực phẩm",
    }
    return DocumentAlert(**own | fields)
