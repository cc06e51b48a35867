"""The demo's document systems: they compose and sign packets, drop them into their outboxes, and say statuses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from infra.demo import province
from infra.demo.compose import Composed, Composer, PacketKind
from infra.demo.frame import Draft
from infra.demo.plan import HERE, Cast, Kind, Planned
from infra.demo.recipients import Answer
from infra.durable import write_atomically
from infra.folders import SUFFIX, endpoint_door, hand_door, inbox
from infra.settings import Settings
from schemas.edxml import StatusDraft, write_status

OPENS = time(7, 30)
CLERK = "Văn thư cơ quan"
READY_NUMBER = 90_001
"""Numbers of the ready packets begin here, so that they do not meet those of the scripted week."""

READY_SENDER, READY_RECIPIENT = "000.00.00.H53", "000.00.02.H53"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A packet that was dropped into an outbox."""

    document_id: str
    """Normalised."""

    sha256: str


class Packets:
    """Everything the demo's people hand to the axis in one week."""

    def __init__(self, settings: Settings, *, monday: date, fresh: bool = True) -> None:
        """`fresh`: each packet has a PDF of its own; otherwise one a sender, kind and day, which is quicker in bulk."""
        self._settings, self._fresh = settings, fresh
        self._monday = datetime.combine(monday, OPENS, HERE)
        self._pki = province.open_pki(settings, self._monday)
        self._composers: dict[date, Composer] = {}
        self._sent: dict[str, tuple[Planned, Composed]] = {}
        self._answers = 0
        self.cast: Cast = province.cast()
        self.endpoints = {address: inbox(settings, address).parent for address in province.folder_addresses()}
        """Address of each folder endpoint -> its folder."""

        doors = [hand_door(settings), *(endpoint_door(settings, address) for address in self.endpoints)]
        self.intake_folders = [door.folder for door in doors]
        for folder in [*self.intake_folders, *(inbox(settings, address) for address in self.endpoints)]:
            folder.mkdir(parents=True, exist_ok=True)

    def hand_over(self, planned: Planned, now: datetime) -> HandedOver:
        """Drop a planned packet into its sender's outbox; `now` is when that happens."""
        composed = self._compose(planned, now)
        if planned.kind is Kind.GOOD:
            self._sent[planned.name] = (planned, composed)
        self._drop(province.addresses()[planned.sender], planned.name, composed.packet)
        return HandedOver(document_id=composed.document_id, sha256=composed.sha256)

    def answer(self, answer: Answer, now: datetime) -> None:
        """Drop a status into the outbox of the recipient's document system."""
        self._answers += 1
        status = status_of(answer, now)
        self._drop(answer.endpoint, f"status-{now:%Y%m%d%H%M%S}-{self._answers:06d}", status)

    def ready(self) -> Iterator[Path]:
        """Write one packet of each kind into `var/demo/packets/`, for people to drop in by hand; one at each step."""
        composer = Composer(self._pki, fresh=True)
        for number, kind in enumerate(PacketKind, READY_NUMBER):
            draft = Draft(
                sender=READY_SENDER,
                recipients=(READY_RECIPIENT,),
                number=number,
                subject=f"V/v thử nghiệm trục liên thông ({kind})",
                at=self._monday,
            )
            path = self._settings.var / "demo" / "packets" / f"{kind}{SUFFIX}"
            composer.write(draft, path, kind)
            yield path

    def _compose(self, planned: Planned, now: datetime) -> Composed:
        if planned.kind is Kind.REPEATED:
            return self._sent[planned.like][1]
        model = self._sent[planned.like][0] if planned.kind is Kind.OTHER_BYTES else planned
        draft = Draft(
            sender=planned.sender,
            recipients=planned.recipients,
            number=model.number,
            subject=planned.subject,
            at=now,
            promulgated_on=model.at.date(),
            priority=planned.priority,
            due_on=planned.due_on,
        )
        if planned.kind is Kind.REPLACEMENT:
            older = self._sent[planned.like][1].document_id
            draft = replace(draft, business_type=3, related=(older,), reason="Thay thế văn bản có sai sót")
        kind = PacketKind.GOOD if planned.kind in (Kind.OTHER_BYTES, Kind.REPLACEMENT) else PacketKind(planned.kind)
        return self._composer(now).make(draft, kind)

    def _composer(self, now: datetime) -> Composer:
        """Return the day's composer: a PDF that was signed yesterday would be dispatched late."""
        day = now.astimezone(HERE).date()
        if day not in self._composers:
            self._composers = {day: Composer(self._pki, fresh=self._fresh)}
        return self._composers[day]

    def _drop(self, address: str, name: str, packet: bytes) -> None:
        write_atomically(endpoint_door(self._settings, address).folder / f"{name}{SUFFIX}", packet)


def status_of(answer: Answer, now: datetime) -> bytes:
    """Return the status packet in which a recipient's document system says this."""
    return write_status(
        StatusDraft(
            document_id=answer.document_id,
            code=answer.code,
            said_by=answer.recipient,
            said_by_name=province.agencies().get(answer.recipient, answer.recipient),
            addressed_to=answer.sender,
            said_at=now,
            reason=answer.text,
            staff=CLERK,
        )
    )
