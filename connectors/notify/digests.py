"""Digests: warnings of incoming documents that are not urgent wait for the next multiple of their interval, then go out as one mail.

The digests of one agency and urgency class lie in one row of a partition, whose name follows from an alert alone, so that
the end of a warning finds it: a document that was received before its digest goes out is not in it.
The alerts of one agency lie in several partitions, whose rows no other worker may touch, so at one moment an official may
get as many digests as there are partitions.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from connectors.notify import preferences, texts, words
from connectors.notify.missives import About, Missive
from connectors.notify.quiet import may_be_told
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from schemas.plain import plain_of
from schemas.reference import Reference
from schemas.step import Change, Forget, Put, Wake

PREFIX = "digest:"
INCOMING = "incoming"
MOST = 200
"""Documents of one mail; what comes after them begins the next one."""

START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One document in a digest."""

    alert_id: str
    alert_event_id: str
    document: str
    subject: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one official will be told, and when."""

    due_at: datetime
    person: Told
    recipient: str
    urgency: str
    tries: int = 0
    """Failed tries so far; after the first, newer documents begin a digest of their own."""

    instead_of: tuple[Told, ...] = ()
    """Who should have got it, and could not be reached."""

    waiting: tuple[Waiting, ...] = ()

    @property
    def about(self) -> tuple[About, ...]:
        """The alerts it tells of."""
        return tuple(About(alert_id=each.alert_id, alert_event_id=each.alert_event_id) for each in self.waiting)

    def takes(self, person: Told) -> bool:
        """Tell whether one more document of this person belongs in it."""
        return self.person == person and not (self.tries or self.instead_of) and len(self.waiting) < MOST

    def to(self, person: Told, reference: Reference, at: datetime) -> "Digest":
        """Return it to somebody else, because this one cannot be reached."""
        other = replace(self, person=person, tries=0, instead_of=(*self.instead_of, self.person))
        return replace(other, due_at=other.may_go_out(reference, at))

    def may_go_out(self, reference: Reference, at: datetime) -> datetime:
        """Return when it may go out, at a wanted moment or after it."""
        return may_be_told(self.urgency, self.person, reference, at).astimezone(UTC)

    def missive(self, reference: Reference, now: datetime) -> Missive:
        """Return what is handed over; other documents make another name, and so another Message-ID."""
        tongue = words.TONGUES[preferences.of(self.person, reference, now).language]
        side = "recipient" if self.person.organ_id == self.recipient else ""
        return Missive(
            name=event_id("digest", self.person.mailbox, *(each.alert_event_id for each in self.waiting)),
            about=self.about,
            person=self.person,
            text=texts.Text(
                tongue=tongue,
                title=tongue.digest_title.format(count=len(self.waiting)),
                greeting=texts.greeting(self.person, reference, now, tongue),
                notes=(*texts.instead(self.instead_of, tongue), tongue.kinds[INCOMING][1]),
                items=tuple(_line(each, reference, now, tongue.digest_from) for each in self.waiting),
                to_do=tongue.digest_to_do.format(to_do=tongue.to_do_kind.format(what=tongue.to_do[INCOMING])),
                why=texts.reason_to_write(self.person, side, tongue),
            ),
        )


def _line(each: Waiting, reference: Reference, now: datetime, sent_by: str) -> str:
    sender = sent_by.format(sender=words.agency(each.sender, reference, now))
    return " — ".join(words.plain(part) for part in (each.document, each.subject, sender) if part)


def row_of(alert: DocumentAlert) -> str:
    """Name the row in which an incoming document's warning waits; the same for the warning and its end."""
    return f"{PREFIX}{alert.recipient}/{alert.urgency}"


def interval(alert: DocumentAlert, reference: Reference) -> timedelta | None:
    """Return how long such warnings are gathered; None for what is told alone."""
    warning = reference.sla.warnings.get(INCOMING) if reference.sla else None
    if alert.kind != INCOMING or alert.state is not AlertState.FIRING or warning is None:
        return None
    return warning.digest.get(alert.urgency or "normal") or None


def next_multiple(now: datetime, span: timedelta) -> datetime:
    """Return the first multiple of a span that is still to come."""
    return START + ((now - START) // span + 1) * span


def joined(digests: Sequence[Digest], alert: DocumentAlert, person: Told, due_at: datetime) -> tuple[Digest, ...]:
    """Return the digests with one more document for a person: in the one that gathers, or in a new one that goes out at `due_at`."""
    one = Waiting(
        alert_id=alert.alert_id,
        alert_event_id=alert.event_id,
        document=alert.document_id or alert.about,
        subject=alert.subject,
        sender=alert.sender,
    )
    for place, each in enumerate(digests):
        if each.takes(person):
            return (*digests[:place], replace(each, waiting=(*each.waiting, one)), *digests[place + 1 :])
    return (
        *digests,
        Digest(
            due_at=due_at.astimezone(UTC),
            person=person,
            recipient=alert.recipient,
            urgency=alert.urgency,
            waiting=(one,),
        ),
    )


def without(digests: Iterable[Digest], alert_id: str) -> tuple[Digest, ...]:
    """Return the digests without a document whose warning is over."""
    left = (replace(each, waiting=tuple(one for one in each.waiting if one.alert_id != alert_id)) for each in digests)
    return tuple(each for each in left if each.waiting)


def kept(row: str, digests: Sequence[Digest]) -> Iterator[Change]:
    """Yield the changes that keep these digests, until the first of them is due."""
    if not digests:
        yield Forget(row)
        return
    yield Put(row, json.dumps([plain_of(Digest)(each) for each in digests], sort_keys=True).encode())
    yield Wake(row, min(each.due_at for each in digests))


_DIGESTS = TypeAdapter(tuple[Digest, ...])


def load(value: bytes | None) -> tuple[Digest, ...]:
    """Read a row's value; no digests where there is none."""
    return () if value is None else _DIGESTS.validate_python(json.loads(value))
