"""Follow-up receipts (decision 15): what became of a packet, beside it in the `accepted/` of the door it came through.

They are derived, never awaited, and the same event always makes the same file with the same bytes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.delivery import words
from connectors.delivery.inbox import short
from connectors.folders import HAND, Door, doors, endpoint_door, hand_door
from connectors.receipts import names_of, write_receipt
from infra.settings import Settings
from schemas.events import (
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentRepeated,
    Stage,
)
from schemas.reference import Identities, Reference

FOLDER = "folder"

Told = DocumentHeld | DocumentRefused | DocumentDispatched | DocumentAcknowledged | DocumentRepeated
"""What a sender is told about."""


class FollowUps:
    """Writes follow-up receipts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._speakers: tuple[Identities | None, Mapping[str, tuple[str, ...]]] = (None, {})

    def tell(self, event: Told, sha256: str, reference: Reference) -> int:
        """Write the receipt of an event wherever the packet was handed over; return how many. Raise OSError."""
        if isinstance(event, DocumentRefused) and event.stage is Stage.INTAKE:
            return 0  # intake answered itself, in `refused/`
        content, told = receipt(event, sha256), 0
        for door in self._doors(event, reference):
            for name in names_of(door, sha256):
                write_receipt(door.accepted, name, what_of(event), content)
                told += 1
        return told

    def _doors(self, event: Told, reference: Reference) -> Iterable[Door]:
        """Return the doors where the packet may lie: the principal's, else of all who may speak for the sender."""
        match event:
            case DocumentRefused(submitted_by=principal) | DocumentRepeated(submitted_by=principal) if principal:
                kind, _, name = principal.partition(":")
                return self._named([name]) if kind == FOLDER else ()
            case DocumentDispatched(sender=sender) | DocumentAcknowledged(sender=sender) if reference.identities:
                return self._named(self._folders_of(reference.identities).get(sender, ()))
            case _:  # held: the router has not asked yet who may speak for whom
                return doors(self._settings)

    def _named(self, names: Iterable[str]) -> list[Door]:
        found = []
        for name in names:
            try:
                found.append(hand_door(self._settings) if name == HAND else endpoint_door(self._settings, name))
            except ValueError:
                continue  # an identity that is no folder name has no door
        return found

    def _folders_of(self, identities: Identities) -> Mapping[str, tuple[str, ...]]:
        """Return organ_id -> folders that may speak for it; made once a snapshot."""
        snapshot, speakers = self._speakers
        if snapshot is not identities:
            names: dict[str, tuple[str, ...]] = {}
            for name, codes in sorted(identities.named(FOLDER).items()):
                for code in codes:
                    names[code] = (*names.get(code, ()), name)
            speakers = names
            self._speakers = (identities, speakers)
        return speakers


def what_of(event: Told) -> str:
    """Name a receipt: what happened, to whom where the recipient's code is a checked one, and the event's first digits."""
    match event:
        case DocumentDispatched(recipient=recipient):
            return f"dispatched-{recipient}-{short(event.event_id)}"
        case DocumentAcknowledged(recipient=recipient):
            return f"acknowledged-{recipient}-{short(event.event_id)}"
        case _:
            return f"{type(event).__name__.removeprefix('Document').lower()}-{short(event.event_id)}"


def receipt(event: Told, sha256: str) -> dict[str, Any]:
    """Return what the receipt of an event says; without the moment of writing, which a repeat on the log would change."""
    what, own, (sentence, acts) = _own(event)
    return {
        "what": what,
        "event_id": event.event_id,
        "digest": sha256,
        "document_id": event.document_id,
        "at": _at(event.occurred_at),
        **own,
        "who_must_act": acts,
        "sentence_vi": sentence,
    }


def _own(event: Told) -> tuple[str, dict[str, Any], tuple[str, str]]:
    """Return what happened, what only such an event says, the sentence and who must act."""
    own: dict[str, Any]
    match event:
        case DocumentHeld(verdict=verdict):
            own = {"indication": verdict.indication, "sub_indication": verdict.sub_indication}
            own |= {"reasons": list(verdict.reasons), "next_try_at": _at(event.next_try_at)}
            return "held", own, words.held(event)
        case DocumentRefused():
            own = {"stage": event.stage, "code": event.reason, "reasons": list(event.reasons)}
            own |= {"element": event.element, "addressed": event.addressed, "about_status": event.about_status}
            return "refused", own, (event.sentence_vi, words.who_acts(event.reason))
        case DocumentDispatched():
            own = {"delivery_id": event.delivery_id, "recipient": event.recipient, "addressed": list(event.addressed)}
            own |= {"act": event.act, "endpoint": event.endpoint, "provisional": event.provisional}
            return "dispatched", own, words.dispatched(event)
        case DocumentAcknowledged():
            own = {"delivery_id": event.delivery_id, "recipient": event.recipient, "code": event.code}
            own |= {"said_by": event.said_by, "said_at": _at(event.said_at), "reason": event.reason}
            return "acknowledged", own, words.acknowledged(event)
        case DocumentRepeated():
            own = {"first_event_id": event.first_event_id, "deliveries": list(event.deliveries)}
            return "repeated", own, words.repeated(event)


def _at(moment: datetime | None) -> str | None:
    return words.local(moment) if moment else None
