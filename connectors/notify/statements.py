"""Evidence of what did not happen: when a ladder ends, a statement that the axis signs; what it says is in docs/operating.md.

It lies in the content store, its detached CMS signature beside it, and an event names both. The words are canonical JSON: names in
order, no blanks, UTF-8 (as RFC 8785 writes such values), so the same facts are the same bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors.notify import records, texts, words
from connectors.notify.quiet import may_be_told
from connectors.notify.records import Record
from infra.content import open_content
from infra.kafka.stepping import NotNowError
from infra.pki.attesting import MEDIA_TYPE, Attestor
from infra.settings import Settings
from schemas.events import AlertState, ContentRef, DocumentAlert, DocumentReceived, NotifyAttempted, StatementSigned
from schemas.ids import event_id
from schemas.plain import plain_of
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Wake

AFTER = timedelta(minutes=15)
"""From the moment at which the last step's officials may be told: their mails have been tried by then."""

TYPE, WITHDRAWAL = "vn.lienthong.statement.v1", "vn.lienthong.statement.withdrawal.v1"


class Statements:
    """Makes them, where the operator gave the axis a key."""

    def __init__(self, settings: Settings) -> None:
        self._attestor = Attestor.load(settings.axis_key) if settings.axis_key else None
        self._content = open_content(settings)

    def rows(self, alert_id: str, delivery_id: str = "") -> Iterator[str]:
        """Name the rows of an alert's record; none where no statement can be made."""
        if self._attestor is not None:
            yield records.row_of(alert_id)
            if delivery_id:
                yield records.offered_row(delivery_id)

    def heard(
        self, alert: DocumentAlert, known: Mapping[str, bytes], reference: Reference, now: datetime
    ) -> Iterator[Change]:
        """Yield what an alert changes in its record."""
        if self._attestor is None or not alert.clock:
            return
        row = records.row_of(alert.alert_id)
        record = records.load(known.get(row))
        if alert.state is AlertState.RESOLVED:
            in_time = alert.why == records.IN_TIME
            if (record.statement and in_time) or (record.ending and not record.stated and not in_time):
                yield Put(row, records.dump(replace(record, ended_at=alert.occurred_at, ended_by=alert.why)))
                if record.stated:
                    yield Wake(row, now)
            else:
                yield Forget(row)
        elif not record.stated and not record.ended_by and not texts.is_over(alert, reference):
            since = known.get(records.offered_row(alert.delivery_id))
            record = record.raised(alert, datetime.fromisoformat(since.decode()) if since else None)
            ends = records.ends_ladder(alert, reference) and not record.ending
            yield Put(row, records.dump(replace(record, ending=record.ending or ends)))
            if ends:
                told = [may_be_told(alert.urgency, each, reference, now) for each in alert.to]
                yield Wake(row, max(told, default=now) + AFTER)

    def transported(self, event: DocumentReceived) -> Iterator[Change]:
        """Yield what a transport fact changes."""
        if self._attestor is not None:
            yield from records.offered(event)

    def tried(
        self, alert: DocumentAlert, attempts: Iterable[NotifyAttempted], known: Mapping[str, bytes]
    ) -> Iterator[Change]:
        """Yield what tries to tell somebody change."""
        row = records.row_of(alert.alert_id)
        if self._attestor is not None and row in known and not (record := records.load(known[row])).stated:
            yield Put(row, records.dump(record.tried(attempts, alert.level)))

    def made(self, row: str, record: Record, reference: Reference, at: datetime) -> Outcome:
        """Make the statement, or the one that takes it back; its record keeps only that it was made. Raise `NotNowError` where it cannot be kept."""
        alert = record.alert
        if alert is None or self._attestor is None:
            return Outcome()
        withdraws = record.statement if record.untrue else ""
        content = canonical((withdrawn if withdraws else said)(record, alert, reference, at))
        signature = self._attestor.over(content, at)
        event = StatementSigned(
            event_id=event_id("statement", alert.alert_id, *filter(None, (withdraws,))),
            occurred_at=at,
            correlation_id=alert.document_key,
            causation_id=alert.event_id,
            about=alert.about,
            alert_id=alert.alert_id,
            document_key=alert.document_key,
            document_id=alert.document_id,
            delivery_id=alert.delivery_id,
            sender=alert.sender,
            recipient=alert.recipient,
            clock=alert.clock,
            debtor=alert.debtor,
            deadline_at=alert.deadline_at,
            content=self._kept(content, "application/json"),
            signature_sha256=self._kept(signature, MEDIA_TYPE).sha256,
            versions=alert.versions,
            withdraws=withdraws,
        )
        left = Forget(row) if record.ended_by else Put(row, records.dump(record.done(event.content.sha256)))
        return Outcome(events=(event,), changes=(left,))

    def _kept(self, content: bytes, media_type: str) -> ContentRef:
        """Store; no room, or a store that is away, must not cost the statement."""
        try:
            return self._content.put([content], media_type)
        except OSError as exc:
            raise NotNowError("the content store takes nothing") from exc


def said(record: Record, alert: DocumentAlert, reference: Reference, at: datetime) -> dict[str, Any]:
    """Return what the statement says; no contents, no subject, no addresses."""
    plain = plain_of(Record)(record)
    ended = {"at": plain["ended_at"], "by": record.ended_by} if record.ended_by else None
    return _matter(TYPE, alert, reference, at) | {
        "says": {code: _sentence(alert, reference, at, code, "undone") for code in words.TONGUES},
        "offered_at": plain["offered_at"],
        "reminders": plain["reminders"],
        "attempts": plain["attempts"],
        "ended": ended,
        "versions": alert.versions,
    }


def withdrawn(record: Record, alert: DocumentAlert, reference: Reference, at: datetime) -> dict[str, Any]:
    """Return what takes a statement back: which one, and since when the axis knows better."""
    return _matter(WITHDRAWAL, alert, reference, at) | {
        "says": {code: _sentence(alert, reference, at, code, "withdrawn") for code in words.TONGUES},
        "withdraws": record.statement,
        "known_at": plain_of(Record)(record)["ended_at"],
        "why": record.ended_by,
    }


def _matter(kind: str, alert: DocumentAlert, reference: Reference, at: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "made_at": at.isoformat(),
        "made_by": reference.sla.axis.agency if reference.sla else "",
        "alert_id": alert.alert_id,
        "kind": alert.kind,
        "clock": alert.clock,
        "document_key": alert.document_key,
        "document_id": alert.document_id,
        "delivery_id": alert.delivery_id,
        "sender": alert.sender,
        "recipient": alert.recipient,
        "debtor": alert.debtor,
        "urgency": alert.urgency,
        "deadline_at": alert.deadline_at.isoformat() if alert.deadline_at else None,
    }


def canonical(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _sentence(alert: DocumentAlert, reference: Reference, at: datetime, code: str, which: str) -> str:
    tongue = words.TONGUES[code]
    said: str = getattr(tongue, which)
    return said.format(
        moment=words.moment(alert.deadline_at),
        who=words.plain(words.agency(alert.debtor, reference, at)),
        duty=tongue.duties.get(alert.clock, words.plain(alert.clock)),
        document=words.plain(alert.document_id or alert.about),
    )
