"""Digests: warnings of incoming documents that are not urgent wait for the next multiple of their interval, then go out as one mail.

A digest belongs to one official, urgency class and partition. The alerts of one agency lie in several partitions, whose rows
no other worker may touch, so at one moment an official may get as many digests as there are partitions.
A document that was received before its digest goes out is still in it: the warning was raised, and the mail is its evidence.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.notify import texts, words
from connectors.notify.letters import About, Letter
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from schemas.reference import Reference

PREFIX = "digest:"
INCOMING = "incoming"
MOST = 200
"""Documents of one mail; a fuller digest becomes a letter, and the next one begins."""

START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one official will be told, and when."""

    due_at: str
    """ISO 8601, UTC."""

    organ_id: str
    role: str
    mailbox: str
    greeting: str
    why: str
    """Why this official gets it."""

    alerts: tuple[About, ...] = ()
    lines: tuple[str, ...] = ()
    """One document each."""

    @property
    def due(self) -> datetime:
        """When it goes out."""
        return datetime.fromisoformat(self.due_at)

    def letter(self) -> Letter:
        """Return it as a mail."""
        count = len(self.lines)
        _title, happened = words.KINDS[INCOMING]
        said = texts.Text.of(
            f"{count} văn bản đến đang chờ",
            [
                self.greeting,
                "",
                happened,
                "",
                *(f"{number}. {line}" for number, line in enumerate(self.lines, 1)),
                "",
                f"Việc cần làm: {words.TO_DO[INCOMING]}. Văn bản nào đã lấy về thì không cần lấy lại.",
                "",
                self.why,
            ],
        )
        return Letter(
            name=event_id("digest", self.mailbox, *(each.alert_event_id for each in self.alerts)),
            alerts=self.alerts,
            organ_id=self.organ_id,
            role=self.role,
            mailbox=self.mailbox,
            subject=said.subject,
            body=said.body,
        )


def interval(alert: DocumentAlert, reference: Reference) -> timedelta | None:
    """Return how long such warnings are gathered; None for what is told alone."""
    warning = reference.sla.warnings.get(INCOMING) if reference.sla else None
    if alert.kind != INCOMING or alert.state is not AlertState.FIRING or warning is None:
        return None
    return warning.digest.get(alert.urgency or "normal") or None


def next_multiple(now: datetime, span: timedelta) -> datetime:
    """Return the first multiple of a span that is still to come."""
    return START + ((now - START) // span + 1) * span


def row_of(alert: DocumentAlert, person: Told) -> str:
    """Name the row of an official's digest; names of people stay out of it."""
    return PREFIX + event_id("digest", alert.urgency, person.organ_id, person.role, person.name, person.mailbox)


def begun(alert: DocumentAlert, person: Told, reference: Reference, *, now: datetime, due_at: datetime) -> Digest:
    """Return an official's empty digest."""
    return Digest(
        due_at=due_at.astimezone(UTC).isoformat(),
        organ_id=person.organ_id,
        role=person.role,
        mailbox=person.mailbox,
        greeting=texts.greeting(person, reference, now),
        why=texts.reason_to_write(alert, person, reference, now),
    )


def joined(digest: Digest, alert: DocumentAlert, reference: Reference, now: datetime) -> Digest:
    """Return the digest with one more document."""
    said = (alert.document_id or alert.about, alert.subject, f"bên gửi: {words.agency(alert.sender, reference, now)}")
    line = " — ".join(words.plain(each) for each in said if each)
    about = About(alert_id=alert.alert_id, alert_event_id=alert.event_id)
    return replace(digest, alerts=(*digest.alerts, about), lines=(*digest.lines, line))


def dump(digest: Digest) -> bytes:
    """Return the row's value."""
    return json.dumps(asdict(digest), ensure_ascii=False, sort_keys=True).encode()


def load(value: bytes) -> Digest:
    """Read a row's value."""
    plain = json.loads(value)
    return Digest(
        **plain | {"alerts": tuple(About(**each) for each in plain["alerts"]), "lines": tuple(plain["lines"])}
    )
