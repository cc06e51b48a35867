"""A clean life for the audit's tests: named events, each with the cause it has on a real log, and how they lie on it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from infra.kafka.tail import Record
from schemas import codec
from schemas.events import (
    Act,
    AlertState,
    DeliverySuperseded,
    DocumentRelated,
    DocumentRepeated,
    Event,
    Milestone,
    Stage,
    StatusParked,
    StatusSubmitted,
)
from schemas.ids import event_id
from tests.connectors import life as of
from tests.connectors.life import COMMUNE, CONTENT, HEALTH, KEY, PROVINCE

Life = dict[str, Event]
"""A name for each event, in the order in which they were written."""

OTHER = "b" * 64
"""Other bytes under the same id."""

LATER_KEY = "later"
"""Key of a document that is provisional, then taken back."""


def clean() -> Life:
    """Return lives that break no law: every outcome and every way round is there once."""
    every = (carried(), spoken(), other_bytes(), taken_back(), replaced(), dropped(), linked(), refused_at_intake())
    return {name: event for each in every for name, event in each.items()}


def carried() -> Life:
    """Hold a packet, let it pass, route it to two recipients of three; the same bytes come again and are answered."""
    first, again = of.submitted(), of.submitted(event_id=event_id("again"), occurred_at=of.at(100))
    waits = of.held(causation_id=first.event_id)
    passed = of.signed(causation_id=waits.event_id, confirms=waits.event_id)
    cause = passed.event_id
    return {
        "first": first,
        "held": waits,
        "signed": passed,
        "health": of.dispatched(causation_id=cause),
        "commune": of.dispatched(COMMUNE, causation_id=cause),
        "nobody": replace(of.not_routed(), causation_id=cause),
        "again": again,
        "signed again": replace(passed, causation_id=again.event_id),
        "repeated": of.made(
            DocumentRepeated, 101, document_key=KEY, document_id=of.DOCUMENT_ID, sha256=of.SHA256, sender=PROVINCE,
            submitted_by="folder:h53", first_event_id=cause, causation_id=again.event_id,
        ),
    }  # fmt: skip


ALERT = event_id("alert", of.DELIVERY, "", "transport")
"""The alert of the carried document's transport, as the watcher names it."""


def late() -> Life:
    """Owe the transport, be warned about it at the eighteenth minute, and do it in the twentieth."""
    duty = of.owed("transport", 5, due=63)
    return {
        "owed": replace(duty, next_step=0, next_step_at=of.at(18)),
        "firing": of.alert(AlertState.FIRING, 18, alert_id=ALERT),
        "still owed": replace(
            duty, event_id=event_id("still owed"), next_step=1, next_step_at=of.at(63), recorded_at=of.at(18)
        ),
        "done": replace(of.owed("transport", 20, closed_by="received", due=63), recorded_at=of.at(21)),
        "resolved": of.alert(AlertState.RESOLVED, 21, alert_id=ALERT),
    }


def status(code: str) -> StatusSubmitted:
    """Hand over a status about the carried document."""
    return of.made(
        StatusSubmitted, 30, code, document_key=KEY, content=of.STATUS, document_id=of.DOCUMENT_ID, code=code, said_by=HEALTH,
        addressed_to=PROVINCE, submitted_by="folder:h53-17", channel="folder",
    )  # fmt: skip


def spoken() -> Life:
    """Receive it, warn about it, and say three statuses: one came too early, one is not for that agency to say."""
    early, arrived, foreign = status("01"), status("03"), status("13")
    parked = of.made(
        StatusParked, 30, document_key=KEY, content=of.STATUS, document_id=of.DOCUMENT_ID, code="01", said_by=HEALTH,
        until_at=of.at(2000), status_event_id=early.event_id, causation_id=early.event_id,
    )  # fmt: skip
    refusal = of.refused("STATUS_NOT_ENTITLED", stage=Stage.ROUTING, about_status=True, causation_id=foreign.event_id)
    return {
        **late(),
        "received": of.received(Milestone.RECEIVED, 20),
        "early": early,
        "parked": parked,
        "early acknowledged": of.said("01", 32, causation_id=early.event_id),
        "arrived": arrived,
        "arrived acknowledged": of.said("03", 31, causation_id=arrived.event_id),
        "foreign": foreign,
        "foreign refused": refusal,
    }


def other_bytes() -> Life:
    """Hand other bytes over under the id that was carried: refused as a whole."""
    content = replace(CONTENT, sha256=OTHER)
    other = of.submitted(event_id=event_id("other"), content=content)
    passed = of.signed(event_id=event_id("other signed"), content=content, causation_id=other.event_id)
    refusal = of.refused(
        "SAME_ID_OTHER_BYTES", event_id=event_id("other refused"), stage=Stage.ROUTING, sha256=OTHER, causation_id=passed.event_id
    )  # fmt: skip
    return {"other": other, "other signed": passed, "other refused": refusal}


def taken_back() -> Life:
    """Let a packet out provisionally, refuse it by a newer revocation list, take it back."""
    key = {"document_key": LATER_KEY}
    envelope = replace(of.ENVELOPE, recipients=(HEALTH,))
    later = of.submitted(**key, envelope=envelope)
    passed = of.signed(**key, envelope=envelope, causation_id=later.event_id, provisional=True)
    sent = {**key, "delivery_id": "later delivery"}
    revoked = of.refused(
        "REVOKED", **key, subject=LATER_KEY, causation_id=passed.event_id, recalls=passed.event_id
    )  # fmt: skip
    return {
        "later": later,
        "provisional": passed,
        "later sent": of.dispatched(**sent, causation_id=passed.event_id),
        "revoked": revoked,
        "recalled": of.dispatched(**sent, causation_id=revoked.event_id, act=Act.RECALL),
    }


NEWER_KEY = "newer"
"""Key of a document that replaces the carried one for one of its recipients."""


def replaced() -> Life:
    """Replace the carried document for the health department; the commune keeps the first one."""
    key = {"document_key": NEWER_KEY}
    content = replace(CONTENT, sha256="e" * 64)
    envelope = replace(of.ENVELOPE, recipients=(HEALTH,), business_type=3, related=(of.DOCUMENT_ID,))
    came = of.submitted(**key, envelope=envelope, content=content)
    passed = of.signed(**key, envelope=envelope, content=content, causation_id=came.event_id)
    sent = of.dispatched(
        **key, delivery_id="newer delivery", content=content, causation_id=passed.event_id, act=Act.REPLACE
    )
    told = of.made(
        DocumentRelated, 40, subject=KEY, older_id=of.DOCUMENT_ID, **key, document_id="newer id", sha256=content.sha256,
        sender=PROVINCE, act=Act.REPLACE, recipients=(HEALTH,), causation_id=passed.event_id,
    )  # fmt: skip
    taken = of.made(
        DeliverySuperseded, 41, delivery_id=of.DELIVERY, document_key=KEY, document_id=of.DOCUMENT_ID, sender=PROVINCE,
        recipient=HEALTH, act=Act.REPLACE, by_document_key=NEWER_KEY, by_document_id="newer id", by_sha256=content.sha256,
        causation_id=told.event_id,
    )  # fmt: skip
    return {"newer": came, "newer signed": passed, "newer sent": sent, "related": told, "superseded": taken}


DROPPED_KEY, UPDATE_KEY = "dropped", "update"
"""Keys of a document, and of the update that drops one of its recipients."""


def dropped() -> Life:
    """Update a document for the commune and drop the health department, to which `To` speaks as well."""
    envelope = replace(of.ENVELOPE, recipients=(HEALTH, COMMUNE))
    old, new = {"document_key": DROPPED_KEY}, {"document_key": UPDATE_KEY}
    older = of.submitted(**old, envelope=envelope)
    passed = of.signed(**old, envelope=envelope, causation_id=older.event_id)
    way = {**old, "causation_id": passed.event_id}
    content = replace(CONTENT, sha256="d" * 64)
    update = replace(envelope, business_type=2, related=("dropped id",), receivers=(HEALTH,), receiver_types=(0,))
    came = of.submitted(**new, envelope=update, content=content)
    also = of.signed(**new, envelope=update, content=content, causation_id=came.event_id)
    told = {
        act: of.made(
            DocumentRelated, 50, act, subject=DROPPED_KEY, older_id="dropped id", **new, document_id="update id",
            sha256=content.sha256, sender=PROVINCE, act=act, recipients=(code,), causation_id=also.event_id,
        )
        for act, code in ((Act.UPDATE, COMMUNE), (Act.RECALL, HEALTH))
    }  # fmt: skip
    back = {**old, "delivery_id": f"{DROPPED_KEY}-{HEALTH}", "act": Act.RECALL}
    return {
        "older": older,
        "older signed": passed,
        "older health": of.dispatched(**way, delivery_id=f"{DROPPED_KEY}-{HEALTH}"),
        "older commune": of.dispatched(COMMUNE, **way, delivery_id=f"{DROPPED_KEY}-{COMMUNE}"),
        "update": came,
        "update signed": also,
        "update sent": of.dispatched(
            COMMUNE, **new, delivery_id=f"{UPDATE_KEY}-{COMMUNE}", content=content, causation_id=also.event_id, act=Act.UPDATE
        ),
        "updates": told[Act.UPDATE],
        "updated": of.made(
            DeliverySuperseded, 51, delivery_id=f"{DROPPED_KEY}-{COMMUNE}", document_key=DROPPED_KEY, document_id="dropped id",
            sender=PROVINCE, recipient=COMMUNE, act=Act.UPDATE, by_document_key=UPDATE_KEY, by_document_id="update id",
            by_sha256=content.sha256, causation_id=told[Act.UPDATE].event_id,
        ),
        "drops": told[Act.RECALL],
        "dropped": of.dispatched(**back, causation_id=told[Act.RECALL].event_id),
    }  # fmt: skip


def linked() -> Life:
    """Ask who held the same files first, and link the later document to that one."""
    own: dict[str, Any] = {"document_key": NEWER_KEY, "document_id": "newer id", "sha256": "e" * 64}
    own |= {"sender": PROVINCE, "act": Act.DELIVER, "recipients": ()}
    asked = of.made(DocumentRelated, 42, "asked", subject="7" * 64, older_id="", **own)
    link = of.made(
        DocumentRelated, 42, "linked", subject=KEY, older_id=of.DOCUMENT_ID, **own, causation_id=asked.event_id
    )
    return {"files": asked, "link": link}


def refused_at_intake() -> Life:
    """Refuse what could not be read, before it is submitted."""
    return {"at intake": of.refused("XML_NOT_WELL_FORMED", stage=Stage.INTAKE, document_key="", subject="c" * 64)}


def on_the_log(events: Iterable[Event]) -> Iterator[Record]:
    """Write the events as records, each at the place it gets in this order."""
    for arrived in of.on_topics(events):
        written = codec.encode(arrived.event, source="/lienthong/test")
        where = arrived.where
        yield Record(where.topic, where.partition, arrived.offset, written.key, written.value, written.headers)


def dead(record: Record, stage: str, reason: str = "INTERNAL_ERROR", *, offset: int = 0) -> Record:
    """Bury a record, as the engine of the app `stage` does."""
    said = {"topic": record.topic, "partition": record.partition, "offset": record.offset, "stage": stage}
    headers = [(f"__dlq.errors.{name}", str(value).encode()) for name, value in (said | {"reason": reason}).items()]
    return Record("dead-letter", record.partition, offset, record.key, record.value, [*record.headers, *headers])
