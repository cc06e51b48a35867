"""What delivery does to the world outside, each effect once: offer, recall, carry a status, tell the sender.

An effect that cannot be done now raises `OSError`, `ContentError` or `BlockedError`; the core tries it again later.
"""

from dataclasses import replace
from datetime import datetime

from connectors.delivery import facts, places
from connectors.delivery.followups import FollowUps, Told
from connectors.delivery.inbox import Fact, Inbox, mark_of, short
from connectors.delivery.notes import delivery_note, recall_note
from connectors.delivery.rows import (
    DONE,
    OFFERED,
    RECALLED,
    RECALLING,
    SUPERSEDED,
    WAITING,
    Delivery,
    Offer,
    delivery_row,
    open_row,
)
from connectors.delivery.sheet import Sheet
from connectors.delivery.writing import copy_of, written
from connectors.folders import SUFFIX, inbox
from infra.content import open_content
from infra.settings import Settings
from schemas.events import (
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentRepeated,
)
from schemas.reference import Reference

SENDER_SAYS = "13"
"""The one status that travels from the sender to the recipient (domain §5.4)."""


class Effects:
    """Does it."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._content = settings, open_content(settings)
        self._follow_ups = FollowUps(settings)

    def offer(self, event: DocumentDispatched, sheet: Sheet, reference: Reference, now: datetime) -> None:
        """Lay note and packet into the inbox, unless this dispatch was done with, superseded or recalled."""
        row = delivery_row(event.delivery_id)
        delivery = Delivery.load(sheet.get(row)) or Delivery.of(event)
        if delivery.dispatches.get(event.event_id, WAITING) != WAITING:
            return
        delivery = replace(delivery, sha256=event.content.sha256)
        delivery = delivery.became(event.event_id, WAITING, others=SUPERSEDED)
        sheet.put(row, delivery.dump())
        endpoint = places.of_delivery(event.endpoint, event.recipient, reference, now)
        box, mark = places.inbox_at(self._settings, endpoint), mark_of(event)
        if not delivery.address:  # so that a recall finds also what was laid out and could not be confirmed
            sheet.put(row, replace(delivery, address=endpoint.address, mark=mark).dump())
        packet, note = f"{event.delivery_id}{SUFFIX}", (f"{event.delivery_id}.json", delivery_note(event))
        before = box.lay(packet, mark, copy_of(event.content, self._content), now, note=note)
        sheet.say(facts.offered(event, before or now))
        delivery = replace(delivery.became(event.event_id, OFFERED), address=endpoint.address, mark=mark)
        sheet.put(row, delivery.dump())
        offer = _offer(event, delivery)
        sheet.put(open_row(event.delivery_id), offer.dump())
        if before and (known := box.remembered(mark)):  # the state was made anew: it was received long ago
            self.close(event.delivery_id, offer, sheet, known)

    def recall(self, event: DocumentDispatched, sheet: Sheet, _reference: Reference, now: datetime) -> None:
        """Take a packet back that nobody took; leave a note about it where one was offered."""
        row = delivery_row(event.delivery_id)
        delivery = Delivery.load(sheet.get(row)) or Delivery.of(event)
        if delivery.dispatches.get(event.event_id, RECALLING) != RECALLING:
            return
        delivery = delivery.became(event.event_id, RECALLING, others=RECALLED)
        sheet.put(row, delivery.dump())
        if delivery.address:
            self._withdraw(event, delivery, sheet, now)
        sheet.put(row, delivery.became(event.event_id, DONE).dump())

    def _withdraw(self, event: DocumentDispatched, delivery: Delivery, sheet: Sheet, now: datetime) -> None:
        box = self._inbox(delivery.address)
        if not box.was_laid(delivery.mark):
            return
        withdrawn = box.withdraw(event.delivery_id, delivery.mark)
        note = recall_note(event, withdrawn=withdrawn)
        box.lay(f"{event.delivery_id}.recall.json", mark_of(event), written(note), now)
        self.close_noticed(event.delivery_id, sheet)  # seen before it was taken back: it stays received
        if withdrawn:
            sheet.forget(open_row(event.delivery_id))

    def carry(self, event: DocumentAcknowledged, _sheet: Sheet, reference: Reference, now: datetime) -> None:
        """Lay a status packet into the inbox of the agency it is addressed to."""
        to = event.recipient if event.code == SENDER_SAYS else event.sender
        box = places.inbox_at(self._settings, places.of_agency(to, reference, now))
        name = f"{event.delivery_id}.{short(event.event_id)}.status{SUFFIX}"
        box.lay(name, mark_of(event), copy_of(event.content, self._content), now)

    def tell(self, event: Told, sheet: Sheet, reference: Reference, _now: datetime) -> None:
        """Write the follow-up receipt beside the packet that the event is about."""
        if sha256 := _digest(event, sheet):
            self._follow_ups.tell(event, sha256, reference)

    def close_noticed(self, delivery_id: str, sheet: Sheet) -> None:
        """Say that an offer was received, if that was seen."""
        offer = Offer.load(sheet.get(open_row(delivery_id)))
        if offer is not None and offer.noticed:
            at = datetime.fromisoformat(offer.noticed_at)
            self.close(delivery_id, offer, sheet, Fact(at=at, how=offer.noticed, because=offer.dispatch))

    def close_by_status(self, event: DocumentAcknowledged, sheet: Sheet) -> None:
        """Say that an offer was received, because the recipient speaks of it; what was seen before goes first."""
        self.close_noticed(event.delivery_id, sheet)
        offer = Offer.load(sheet.get(open_row(event.delivery_id)))
        if offer is not None and event.code != SENDER_SAYS:
            fact = Fact(at=event.occurred_at, how="status", because=event.event_id)
            self.close(event.delivery_id, offer, sheet, fact)

    def close(self, delivery_id: str, offer: Offer, sheet: Sheet, fact: Fact) -> None:
        """Say once that an offer was received."""
        box = self._inbox(offer.address)
        box.remember(offer.mark, fact)
        if fact.how == "receipt":
            box.remove_receipt(delivery_id)
        sheet.say(facts.received(delivery_id, offer, fact))
        sheet.forget(open_row(delivery_id))

    def _inbox(self, address: str) -> Inbox:
        return Inbox(inbox(self._settings, address))


def _offer(event: DocumentDispatched, delivery: Delivery) -> Offer:
    return Offer(
        dispatch=event.event_id,
        document_key=event.document_key,
        document_id=event.document_id,
        sender=event.sender,
        recipient=event.recipient,
        sha256=event.content.sha256,
        endpoint=event.endpoint,
        address=delivery.address,
        mark=delivery.mark,
    )


def _digest(event: Told, sheet: Sheet) -> str:
    """Return the SHA-256 of the packet that the sender handed over, as far as it is known."""
    match event:
        case DocumentDispatched() | DocumentHeld():
            return event.content.sha256
        case DocumentRefused() | DocumentRepeated():
            return event.sha256
        case DocumentAcknowledged():
            delivery = Delivery.load(sheet.get(delivery_row(event.delivery_id)))
            return delivery.sha256 if delivery else ""
