"""What one record says that the law needs: plain values, under the name of the document it is about.

Read here on its own, from the headers and a few Avro fields; no code of a processor or connector is shared. One call a record
of millions: what costs a microsecond here is a second of the audit.
"""

import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from infra.audit.log import DIGEST, Where
from infra.audit.moments import moment_in
from infra.kafka.tail import Row
from infra.letters.acts import Doing
from schemas import redriving
from schemas.codec import HEADER, MAX_VALUE, DecodeError, common_part, frames_of_several
from schemas.events import Act, AlertState, Indication, Milestone, Stage
from schemas.glance import Glance, glance
from schemas.topics import BY_NAME

Fact = tuple[Any, ...]
"""(what it is, where its record lies, event id, …): strings, numbers and tuples only, so that it can wait in a file."""

Name = tuple[Where, str, bytes]
"""Where a record lies, its event id, and a digest of its content; of an event with several versions also of what they share, and which it is."""

UTC_TEXTS = {25, 32}
"""Lengths of a moment as our writers write it: with and without microseconds."""


class Head(NamedTuple):
    """Where a record lies, and what its headers say."""

    where: Where
    event_id: str
    cause: str
    occurred: bytes
    recorded: bytes


Make = Callable[[Head, Any], tuple[str, Fact] | None]
"""Head and fields -> the document it is about, and the fact; None where the law does not speak of it."""


def facts_of(row: Row, value: bytes) -> tuple[Head, Name, tuple[str, Fact] | None]:
    """Return what a record says; raise `DecodeError` where it is none of our events."""
    topic, partition, offset, key, _, headers = row
    said = dict(headers or ())
    head = _head(f"{topic}/{partition}/{offset}", said)
    fields = _look(topic, value)
    if key is None or key != fields[0].encode():
        raise DecodeError("KEY_MISMATCH", "the key is not what the event is about")
    digest = hashlib.blake2b(value + head.occurred, digest_size=DIGEST).digest()  # the key is in the value
    if (frame := value[: HEADER.size]) in frames_of_several():  # one event may lie there in two versions (ADR 0014)
        digest += hashlib.blake2b(common_part(value) + head.occurred, digest_size=DIGEST).digest() + frame
    make = LOOK[topic][1]
    return head, (head.where, head.event_id, digest), None if make is None else make(head, fields)


def _head(where: Where, said: Mapping[str, bytes]) -> Head:
    try:
        occurred, recorded = said["ce_time"], said["ce_recordedtime"]
        for moment in (occurred, recorded):
            if moment[-6:] != b"+00:00" or len(moment) not in UTC_TEXTS:
                moment_in(moment)
        head = Head(where, said["ce_id"].decode(), said.get("ce_causationid", b"").decode(), occurred, recorded)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as exc:
        raise DecodeError("NOT_A_CLOUDEVENT", type(exc).__name__) from exc
    if not head.event_id:
        raise DecodeError("NOT_A_CLOUDEVENT", "no ce_id")
    return head


def _look(topic: str, value: bytes) -> tuple[Any, ...]:
    if len(value) > MAX_VALUE:
        raise DecodeError("VALUE_TOO_LONG", f"{len(value)} bytes")
    read = _READERS.get((topic, value[: HEADER.size]))
    if read is None:
        event = BY_NAME[topic].event
        read = glance(event.__name__ if event else "", value[: HEADER.size], LOOK[topic][0])
        _READERS[topic, value[: HEADER.size]] = read
    try:
        return read(value)
    except (ValueError, IndexError) as exc:
        raise DecodeError("NOT_AVRO", f"{len(value)} bytes: {type(exc).__name__}") from exc


_READERS: dict[tuple[str, bytes], Glance] = {}


def _known(word: str, words: frozenset[str]) -> str:
    if word not in words:
        raise DecodeError("NOT_AVRO", "a word that is none of its enumeration")
    return word


STAGES, ACTS, STATES = frozenset(Stage), frozenset(Act), frozenset(AlertState)
MILESTONES, INDICATIONS = frozenset(Milestone), frozenset(Indication)


def _submitted(head: Head, fields: Any) -> tuple[str, Fact]:
    key, sha256, recipients, receivers = fields
    return key, ("submitted", head.where, head.event_id, key, sha256, recipients, receivers or (), head.recorded)


def _signed(head: Head, fields: Any) -> tuple[str, Fact]:
    key, sha256, provisional, confirms, indication, evidence = fields
    _known(indication, INDICATIONS)
    kind = "provisional" if provisional else "signed"
    return key, ("verdict", head.where, head.event_id, key, sha256, kind, head.cause, confirms, evidence)


def _held(head: Head, fields: Any) -> tuple[str, Fact]:
    key, sha256, indication, evidence = fields
    _known(indication, INDICATIONS)
    return key, ("verdict", head.where, head.event_id, key, sha256, "held", head.cause, "", evidence)


def _refused(head: Head, fields: Any) -> tuple[str, Fact] | None:
    _, key, sha256, stage, reason, addressed, about_status, recalls, indication, evidence = fields
    if indication:
        _known(indication, INDICATIONS)
    if _known(stage, STAGES) == Stage.INTAKE:
        return None  # never submitted: the refusal itself is the one outcome
    if about_status:
        return key, ("answer", head.where, head.event_id, key, head.cause, "refused", "", sha256)
    if stage == Stage.VERIFICATION:
        return key, ("verdict", head.where, head.event_id, key, sha256, "refused", head.cause, recalls, evidence)
    if addressed:
        return key, ("outcome", head.where, head.event_id, key, sha256, (addressed,), reason, head.cause)
    return key, ("refused whole", head.where, head.event_id, key, sha256, head.cause)


def _repeated(head: Head, fields: Any) -> tuple[str, Fact]:
    key, sha256 = fields
    return key, ("repeated", head.where, head.event_id, key, sha256, head.cause)


def _dispatched(head: Head, fields: Any) -> tuple[str, Fact]:
    delivery, key, sha256, addressed, act = fields
    return key, ("sent", head.where, head.event_id, key, sha256, addressed, delivery, _known(act, ACTS), head.cause)


def _related(head: Head, fields: Any) -> tuple[str, Fact]:
    older, older_id, newer, sha256, act, recipients = fields
    if not older_id:
        return head.event_id, ("asked", head.where, head.event_id)
    if act == Act.DELIVER:
        return head.cause, ("linked", head.where, head.event_id, head.cause)
    return older, (
        "related",
        head.where,
        head.event_id,
        (older, newer, sha256, _known(act, ACTS)),
        recipients,
        head.recorded,
    )


def _superseded(head: Head, fields: Any) -> tuple[str, Fact]:
    delivery, older, act, newer, sha256 = fields
    return older, ("superseded", head.where, head.event_id, delivery, (older, newer, sha256, _known(act, ACTS)))


def _received(head: Head, fields: Any) -> tuple[str, Fact]:
    delivery, key, milestone = fields
    _known(milestone, MILESTONES)
    return key, ("received", head.where, head.event_id, key, delivery)


def _acknowledged(head: Head, fields: Any) -> tuple[str, Fact]:
    delivery, key, sha256 = fields
    return key, ("answer", head.where, head.event_id, key, head.cause, "acknowledged", delivery, sha256)


def _status(head: Head, fields: Any) -> tuple[str, Fact]:
    key, sha256 = fields
    return key, ("status", head.where, head.event_id, key, head.recorded, sha256)


def _parked(head: Head, fields: Any) -> tuple[str, Fact]:
    key, status, sha256 = fields
    return key, ("answer", head.where, head.event_id, key, status, "parked", "", sha256)


def _reference(head: Head, fields: Any) -> tuple[str, Fact]:
    kind, sha256 = fields
    return kind, ("content", head.where, head.event_id, sha256)


def _alert(head: Head, fields: Any) -> tuple[str, Fact]:
    about, key, alert, kind, state, level, number, clock = fields
    slot = (alert, _known(state, STATES), level, number)
    said = (about, kind, clock, head.occurred, head.recorded)
    return key or about, ("alert", head.where, head.event_id, slot, *said)


def _duty(head: Head, fields: Any) -> tuple[str, Fact]:
    subject, key, obligation, clock, debtor, rule, since, breach, step, step_at, is_open, closed_at, versions = fields
    basis = zlib.crc32(versions, zlib.crc32(debtor, zlib.crc32(rule)))
    about, stands = (subject, obligation, clock), (since, breach, step, step_at, is_open, closed_at)
    saying = zlib.crc32(f"{head.event_id} {head.cause}".encode())
    return key or subject, ("duty", head.where, about, basis, *stands, head.recorded, saying)


def _acted(head: Head, fields: Any) -> tuple[str, Fact] | None:
    subject, action = fields
    if action == redriving.ACTION:
        return subject, ("redriven", head.where, head.event_id, subject)
    if action == redriving.REJUDGE:
        return subject, ("rejudged", head.where, head.event_id, subject)
    return (subject, ("set aside", head.where, head.event_id)) if action == Doing.DISCARD else None


DUTY = (
    "subject", "document_key", "obligation_id", "clock", "raw debtor", "raw rule", "raw since_at", "raw breach_at",
    "next_step", "raw next_step_at", "open", "raw closed_at", "raw versions",
)  # fmt: skip
JUDGED = ("verdict.indication", "verdict.evidence_sha256")
LOOK: Mapping[str, tuple[tuple[str, ...], Make | None]] = {
    "document.submitted": (
        ("document_key", "content.sha256", "envelope.recipients", "envelope.receivers"),
        _submitted,
    ),
    "document.signed": (("document_key", "content.sha256", "provisional", "confirms", *JUDGED), _signed),
    "document.held": (("document_key", "content.sha256", *JUDGED), _held),
    "document.refused": (
        ("subject", "document_key", "sha256", "stage", "reason", "addressed", "about_status", "recalls", *JUDGED),
        _refused,
    ),
    "document.repeated": (("document_key", "sha256"), _repeated),
    "document.dispatched": (("delivery_id", "document_key", "content.sha256", "addressed", "act"), _dispatched),
    "document.related": (("subject", "older_id", "document_key", "sha256", "act", "recipients"), _related),
    "document.superseded": (("delivery_id", "document_key", "act", "by_document_key", "by_sha256"), _superseded),
    "document.received": (("delivery_id", "document_key", "milestone"), _received),
    "document.acknowledged": (("delivery_id", "document_key", "content.sha256"), _acknowledged),
    "document.alerts": (("about", "document_key", "alert_id", "kind", "state", "level", "number", "clock"), _alert),
    "document.obligations": (DUTY, _duty),
    "status.submitted": (("document_key", "content.sha256"), _status),
    "status.parked": (("document_key", "status_event_id", "content.sha256"), _parked),
    "notify.attempted": (("alert_id",), None),
    "document.statements": (("about", "content.sha256"), _reference),
    "operator.acted": (("subject", "action"), _acted),
    "reference": (("kind", "content.sha256"), _reference),
}
"""Topic -> the fields that are looked at, the record's key first, and what is made of them."""
