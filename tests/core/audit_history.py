"""A large log for the audit: histories of many documents, each with all that one really leaves, at a few microseconds a record.

Some lives are composed and encoded; each document is a copy of one in which its key, ids and digest are replaced by its own, of
the same length. The demo's week leaves 55 records a document; this leaves about as many.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from infra.kafka import clients
from infra.settings import Settings
from schemas import codec
from schemas.events import Act, AlertState, Event, Milestone, NotifyAttempted, ObligationChanged, StatusSubmitted
from schemas.ids import event_id
from tests.connectors import life as of

PATTERNS = 1_000
SERVE = 10_000
"""Records after which delivery reports are served."""

KEY, ID, SHA256 = "0" * 31 + "a", "00000000-0000-5000-8000-", "0" * 63 + "a"
"""What each document replaces: its key, what its event ids begin with, its packet's digest."""

RECIPIENTS = (of.HEALTH, of.COMMUNE, "000.00.40.H53")
KINDS = (
    "calendar",
    "contacts",
    "crl",
    "directory",
    "document_types",
    "identities",
    "routes",
    "secrecy",
    "sla",
    "trust",
)
VERSIONS = {kind: f"{number:064x}" for number, kind in enumerate(KINDS, start=7)}
CONTENT = replace(of.CONTENT, sha256=SHA256)
Headers = list[tuple[str, bytes]]
Written = tuple[str, bytes, bytes, Headers]
"""Topic, key, value, headers."""


@dataclass(slots=True)
class Life:
    """Composes what one document leaves."""

    chance: random.Random
    events: list[Event] = field(default_factory=list)
    late: dict[str, str] = field(default_factory=dict)
    """Delivery id -> mark of its alert, whose id every document computes."""

    duties: dict[tuple[str, str], ObligationChanged] = field(default_factory=dict)
    at: float = 0

    def compose(self) -> "Life":
        """Hand it over, judge it, send it to one to three recipients, who take it and answer, one in two of them late."""
        self.at = self.chance.uniform(0, 500_000)
        codes = RECIPIENTS[: self.chance.randint(1, 3)]
        own: dict[str, Any] = {
            "document_key": KEY,
            "content": CONTENT,
            "envelope": replace(of.ENVELOPE, recipients=codes),
        }
        came = self.say(of.submitted(**own))
        self.owe(KEY, "verification", f"{KEY}:{SHA256}:verification")
        passed = self.say(of.signed(**own, causation_id=came.event_id, versions=VERSIONS))
        self.done(KEY, "verification", "signed")
        for code in codes:
            self.deliver(code, passed.event_id)
        return self

    def deliver(self, code: str, cause: str) -> None:
        """Send it to one recipient, who takes it and says 01, 03 and 06."""
        name = f"{KEY}-{code}"
        own: dict[str, Any] = {"delivery_id": name, "document_key": KEY}
        self.say(of.dispatched(code, **own, act=Act.DELIVER, content=CONTENT, causation_id=cause, versions=VERSIONS))
        self.owe(name, "transport")
        incoming = f"{ID}f{len(self.events):011d}"
        self.alert(name, incoming, AlertState.FIRING)
        self.say(replace(of.received(Milestone.OFFERED, 0, code), sha256=SHA256, **own))
        if self.chance.random() < 0.5:
            self.climb(name)
        self.say(replace(of.received(Milestone.RECEIVED, 0, code), sha256=SHA256, **own))
        self.done(name, "transport", "received")
        self.alert(name, incoming, AlertState.RESOLVED)
        self.owe(name, "intake")
        self.answer(code, "01", own)
        self.answer(code, "03", own)
        self.done(name, "intake", "03")
        self.owe(name, "assignment")
        self.answer(code, "06", own)
        self.done(name, "assignment", "06")

    def answer(self, code: str, status: str, own: dict[str, Any]) -> None:
        """Say a status, and let it count."""
        given = {"document_key": KEY, "content": of.STATUS, "document_id": of.DOCUMENT_ID, "addressed_to": of.PROVINCE}
        given |= {"code": status, "said_by": code, "submitted_by": "folder:h53-17", "channel": "folder"}
        said = self.say(of.made(StatusSubmitted, 0, **given))
        self.say(replace(of.said(status, 0, code), **own, causation_id=said.event_id))

    def climb(self, name: str) -> None:
        """Take two steps of the transport's ladder, then end it."""
        mark = self.late.setdefault(name, f"{ID}e{len(self.late):011d}")
        for step in (0, 1):
            self.owe(name, "transport", step=step, due=self.at + 2)
            self.alert(name, mark, AlertState.FIRING, level=step, clock="transport", kind="not_received")
        self.owe(name, "transport", step=2, due=self.at + 9_000)
        self.alert(name, mark, AlertState.RESOLVED, level=1, clock="transport", kind="not_received")

    def owe(self, subject: str, clock: str, name: str = "", *, step: int = 0, due: float = 0) -> None:
        """Say who owes what, and when its next step comes."""
        if (subject, clock) not in self.duties:
            own: dict[str, Any] = {
                "obligation_id": name or f"{subject}:{clock}",
                "subject": subject,
                "document_key": KEY,
            }
            own |= {"clock": clock, "debtor": of.HEALTH, "creditor": of.PROVINCE, "rule": f"{clock}/normal/law"}
            moments = {
                f"{what}_at": of.at(self.at + after)
                for what, after in (("target", 600), ("warn", 700), ("breach", 900))
            }
            duty = of.made(ObligationChanged, 0, **own, **moments, since_at=of.at(self.at), versions=VERSIONS)
            self.duties[subject, clock] = duty
        duty = self.duties[subject, clock]
        self.say(replace(duty, next_step=step, next_step_at=of.at(due or self.at + 9_000)))

    def done(self, subject: str, clock: str, by: str) -> None:
        """Say that a duty is done."""
        duty = self.duties[subject, clock]
        self.say(replace(duty, open=False, closed_at=of.at(self.at), closed_by=by, working_minutes=7))

    def alert(self, subject: str, name: str, state: AlertState, **fields: Any) -> None:
        """Raise or end an alert; whom it tells gets a mail."""
        own = {"alert_id": name, "about": subject, "delivery_id": subject, "document_key": KEY, "versions": VERSIONS}
        told = {"to": (of.CLERK, of.CLERK), "clock": "", "kind": "incoming"}
        said = self.say(of.alert(state, 0, **own | told | fields))
        own = {"alert_id": name, "alert_event_id": said.event_id, "channel": "smtp", "to_organ_id": of.HEALTH}
        self.say(
            of.made(NotifyAttempted, 0, **own, to_role="clerk", message_id="<1@x>", delivered=True, answer="250 OK")
        )

    def say(self, event: Event) -> Event:
        """Write an event, a minute after the last."""
        self.at += 1
        named, now = f"{ID}{len(self.events):012d}", of.at(self.at)
        said = replace(event, event_id=named, correlation_id=KEY, occurred_at=now, recorded_at=now)
        self.events.append(said)
        return said


@dataclass(frozen=True, slots=True)
class Pattern:
    """A life as one string of bytes that can be copied, and where its parts end."""

    content: bytes
    parts: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]
    """Of each record: topic, lengths of key, value and each header, names of the headers."""

    late: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, life: Life) -> "Pattern":
        """Encode a life."""
        content, parts = list[bytes](), []
        for event in life.events:
            written = codec.encode(event, source="/lienthong/test", simulated=True)
            pieces = (written.key, written.value, *(value for _, value in written.headers))
            content += pieces
            names = tuple(name for name, _ in written.headers)
            parts.append((written.topic, tuple(len(each) for each in pieces), names))
        return cls(b"".join(content), tuple(parts), tuple(life.late.items()))

    def copy(self, key: str, sha256: str) -> Iterator[Written]:
        """Yield the records of a document with this key and digest."""
        content = self.content.replace(KEY.encode(), key.encode()).replace(SHA256.encode(), sha256.encode())
        own = f"{key[:8]}-{key[8:12]}-5{key[12:15]}-8{key[15:18]}-"
        for delivery, mark in self.late:
            alert = event_id("alert", delivery.replace(KEY, key), "", "transport")
            content = content.replace(mark.encode(), alert.encode())
        content, at = content.replace(ID.encode(), own.encode()), 0
        for topic, lengths, names in self.parts:
            pieces = []
            for length in lengths:
                pieces.append(content[at : at + length])
                at += length
            yield topic, pieces[0], pieces[1], list(zip(names, pieces[2:], strict=True))


def patterns(seed: int, count: int = PATTERNS) -> list[Pattern]:
    """Return different lives."""
    return [Pattern.of(Life(random.Random(f"{seed} {number}")).compose()) for number in range(count)]


def histories(documents: int, seed: int = 1, *, lives: int = PATTERNS) -> Iterator[Written]:
    """Yield the records of so many documents."""
    chance, every = random.Random(seed), patterns(seed, min(lives, documents))
    for number in range(documents):
        yield from every[number % len(every)].copy(f"{chance.getrandbits(128):032x}", f"{chance.getrandbits(256):064x}")


def write(settings: Settings, written: Iterable[Written]) -> int:
    """Write records to the broker, each where its key belongs; return how many they are."""
    producer, count = clients.producer(settings, **{"queue.buffering.max.messages": 200_000, "linger.ms": 50}), 0
    for count, (topic, key, value, headers) in enumerate(written, start=1):
        while True:
            try:
                producer.produce(settings.topic_prefix + topic, value, key, headers=[*headers])
                break
            except BufferError:
                producer.poll(0.1)
        if not count % SERVE:
            producer.poll(0)
    assert 0 == producer.flush(120)
    return count
