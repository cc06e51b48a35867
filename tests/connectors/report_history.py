"""A seeded month on the axis, as events: several hundred documents between three levels, with everything that happens to them.

Duties are those that the watcher's own core says.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from processors.sla.core import SlaCore
from schemas.events import (
    Act,
    ContentRef,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    Milestone,
    Stage,
    Verdict,
)
from schemas.ids import delivery_id, document_key, event_id
from schemas.reference import Reference
from schemas.step import Put
from tests.reference_files import demo, directory, sound

PROVINCE, HEALTH, CLOSED, SILENT = "000.00.00.H53", "000.00.17.H53", "000.00.18.H53", "000.00.19.H53"
COMMUNE, FAR, HIDDEN, NOBODY = "000.21.31.H53", "000.22.31.H53", "000.00.01.W00", "000.99.99.H53"
AGENCIES = f"""{PROVINCE},,UBND tỉnh X,,province,2020-01-01,,,
{HEALTH},,Sở Y tế,{PROVINCE},department,2020-01-01,,,
{CLOSED},,Sở Cũ,{PROVINCE},department,2020-01-01,2026-11-15,{HEALTH},
{SILENT},,Sở Im lặng,{PROVINCE},department,2020-01-01,,,
000.00.20.H53,,Sở đã mất từ lâu,{PROVINCE},department,2020-01-01,2026-10-31,{HEALTH},
{COMMUNE},,UBND xã A,{PROVINCE},commune,2020-01-01,,,office-0800
{FAR},,UBND xã B,{PROVINCE},commune,2020-01-01,,,
{HIDDEN},,Nút kỹ thuật,,technical,2020-01-01,,,
"""
ENDPOINTS = f"endpoint_id,organ_id,kind,address,mode,valid_from,valid_to\np,{PROVINCE},folder,p,pull,2020-01-01,\n"
CONTACTS = f"organ_id,role,name,title,unit,mobile,mailbox\n{HEALTH},clerk,Lê Văn C,,,,vanthu@syt.example\n"
ACTIVE = (PROVINCE, HEALTH, CLOSED, COMMUNE, FAR)
TYPES = ("Công văn", "Quyết định", "Thông báo")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STATUS = ContentRef(sha256="5" * 64, size=500, media_type="application/octet-stream")


@cache
def reference() -> Reference:
    """Return the reference data of the month."""
    agencies = directory(AGENCIES, endpoints=ENDPOINTS)
    contacts = sound("contacts", {"contacts.csv": CONTACTS.encode()})
    return demo().with_value("directory", agencies, "d" * 64).with_value("contacts", contacts, "c" * 64)


class History:
    """Writes one document after the other."""

    def __init__(self, seed: int, documents: int) -> None:
        self._chance = random.Random(seed)
        self._events: list[Event] = []
        for number in range(documents):
            self._document(number)

    def events(self) -> list[Event]:
        """Return everything in the order of time, duties included."""
        facts = sorted(self._events, key=lambda event: (event.occurred_at, event.event_id))
        return [*facts, *duties(facts)]

    def _say(self, kind: type[Event], at: datetime, *name: object, **fields: Any) -> None:
        own: dict[str, Any] = {"event_id": event_id(kind.__name__, *map(str, name)), "occurred_at": at}
        self._events.append(kind(**own, recorded_at=at, **fields))

    def _document(self, number: int) -> None:
        chance = self._chance
        sender, kind = chance.choice(ACTIVE), chance.choice(TYPES)
        at = datetime(2026, 10, 25, tzinfo=UTC) + MINUTE * chance.randrange(40 * 24 * 60)
        if sender == CLOSED and at > datetime(2026, 11, 15, tzinfo=UTC):
            sender = HEALTH
        if chance.random() < 0.03:
            door: dict[str, Any] = {
                "subject": f"{number:064x}",
                "sha256": f"{number:064x}",
                "stage": Stage.INTAKE,
                "sender": sender,
            }
            self._say(DocumentRefused, at, number, reason="SECRET_FORBIDDEN", sentence_vi="Có bí mật.", **door)
            return
        document_id = f"{sender},2026-11-23,{number}/UBND"
        key, sha256 = document_key(sender, document_id), f"{number + 10**6:064x}"
        content = ContentRef(sha256=sha256, size=1000, media_type="application/octet-stream")
        recipients = tuple(chance.sample([each for each in ACTIVE if each != sender], chance.randint(1, 3)))
        envelope = Envelope(
            document_id=document_id, sender=sender, recipients=recipients, subject=f"V/v {number}", type_name=kind,
            business_type=chance.choices((0, 1, 3), (90, 5, 5))[0], paper=chance.random() < 0.3,
            notes=tuple(chance.sample(("old_namespace", "bom", "short_form"), chance.randint(0, 2))),
        )  # fmt: skip
        own: dict[str, Any] = {
            "document_key": key,
            "content": content,
            "envelope": envelope,
            "sender": sender,
            "submitted_by": "f",
        }
        for again in range(chance.choices((1, 2), (9, 1))[0]):
            self._say(DocumentSubmitted, at + again * timedelta(days=3), number, again, channel="folder", **own)
        fate = chance.random()
        if fate < 0.15:
            code = chance.choice(("NO_SIGNATURE_FOUND", "CHANGED_AFTER_SIGNING", "ATTACHMENT_UNREADABLE"))
            no: dict[str, Any] = {
                "subject": key,
                "document_key": key,
                "document_id": document_id,
                "sha256": sha256,
                "sender": sender,
            }
            no |= {"stage": Stage.VERIFICATION, "reason": code, "reasons": (code,), "sentence_vi": "Không được."}
            self._say(DocumentRefused, at + MINUTE, number, **no)
            return
        if fate < 0.18:
            return  # still being judged
        unsigned = fate < 0.21
        verdict = Verdict(
            indication=Indication.INDETERMINATE if unsigned else Indication.TOTAL_PASSED,
            reasons=("NO_SIGNATURE_FOUND",) if unsigned else (),
            signed_at=None if unsigned else at - MINUTE * chance.choice((10, 60, 60 * 24 * 6)),
        )
        self._say(DocumentSigned, at + MINUTE, number, submitted_at=at, verdict=verdict, **own)
        for recipient in recipients:
            self._delivery(own, recipient, at + 2 * MINUTE)

    def _delivery(self, packet: dict[str, Any], recipient: str, at: datetime) -> None:
        chance, name = self._chance, delivery_id(packet["document_key"], recipient)
        sender, content, envelope = packet["sender"], packet["content"], packet["envelope"]
        own: dict[str, Any] = {"delivery_id": name, "document_key": packet["document_key"], "recipient": recipient}
        own_id = own | {"document_id": envelope.document_id, "sender": sender}
        way: dict[str, Any] = {"content": content, "endpoint": "p", "endpoint_owner": PROVINCE, "mode": "pull"}
        way |= {"hops": (), "addressed": (recipient,), "rule": "r", "type_name": envelope.type_name}
        way |= {"urgency": chance.choice(("normal", "normal", "khan")), "subject": f"V/v {name}"}
        way |= {"paper_needed": envelope.type_name != "Công văn"}
        self._say(DocumentDispatched, at, name, **own_id, **way)
        if chance.random() < 0.05:
            late = at + MINUTE * chance.randrange(1, 5000)
            self._say(DocumentDispatched, late, name, "recall", act=Act.RECALL, **own_id, **way)
        if chance.random() < 0.05:
            by = {"act": Act.REPLACE, "by_document_key": "n", "by_document_id": "n", "by_sha256": "b" * 64}
            self._say(DeliverySuperseded, at + MINUTE * chance.randrange(1, 5000), name, **own_id, **by)
        if chance.random() < 0.12:
            return  # nobody takes it
        at += MINUTE * chance.choice((1, 5, 50, 61, 700, 3000))
        own |= {"milestone": Milestone.RECEIVED, "sha256": content.sha256, "endpoint": "p", "how": "taken"}
        self._say(DocumentReceived, at, name, **own)
        for code in chance.choice(
            (("01", "03", "06"), ("03", "04", "06", "06"), ("02",), ("03",), ("01",), (), ("13", "15"))
        ):
            at += MINUTE * chance.choice((1, 20, 300, 2000, 5000))
            status: dict[str, Any] = {"code": code, "content": STATUS, "reason": "Sai nơi nhận" if code == "02" else ""}
            by_whom = sender if code == "13" else recipient
            self._say(DocumentAcknowledged, at, name, code, at, said_by=by_whom, **own_id, **status)


def duties(facts: Iterable[Event]) -> Iterator[Event]:
    """Yield what the watcher's core says of facts in the order of time."""
    core, rows = SlaCore(), dict[str, bytes]()
    for event in facts:
        known = {row: rows[row] for row in core.keys(event) if row in rows}
        outcome = core.step(event, known, reference(), event.occurred_at)
        rows |= {change.row: change.value for change in outcome.changes if isinstance(change, Put)}
        yield from outcome.events
