"""The lattice of delivery states (domain: the life of a document): parts that only ever grow, joined part by part.

`join` is commutative, associative and idempotent, so late, repeated or reordered messages cannot move a state backwards.
What people see, the label, is a pure function of the state and may return; the state never shrinks.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.events import Act, DocumentAcknowledged, DocumentDispatched, DocumentReceived, Event, Milestone

PROGRESS = ("none", "dispatched", "offered", "received", "01", "03", "04", "05", "06")
"""In rising order; the progress of a delivery is the highest it has met."""

REFUSED = "02"
ASKED, AGREED, DECLINED = "13", "15", "16"
FORMAL = {Act.RECALL: "recalled", Act.REPLACE: "replaced"}

Note = tuple[str, str, str, str]
"""(code, claimed time or "", who, text): one distinct thing said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryState:
    """Everything that is true of one (document, recipient)."""

    delivery_id: str
    progress: str = "none"
    refusals: frozenset[str] = frozenset()
    """Reasons given with 02; a refusal without words counts as one with an empty text."""

    rounds: frozenset[tuple[str, str]] = frozenset()
    """(round, answer): a take-back round that was `asked`, and the answers it met."""

    acts: frozenset[str] = frozenset()
    """`recalled`, `replaced`."""

    version: int = 1
    """Highest version an update gave it."""

    correction: tuple[int, str, str] = (0, "", "")
    """(number, who, chosen label) of the newest correction by hand."""

    notes: frozenset[Note] = field(default=frozenset())


def empty(delivery_id: str) -> DeliveryState:
    """Return the state of which nothing is known yet."""
    return DeliveryState(delivery_id=delivery_id)


def join(one: DeliveryState, other: DeliveryState) -> DeliveryState:
    """Merge what two observers know of the same delivery."""
    return DeliveryState(
        delivery_id=one.delivery_id,
        progress=max(one.progress, other.progress, key=PROGRESS.index),
        refusals=one.refusals | other.refusals,
        rounds=one.rounds | other.rounds,
        acts=one.acts | other.acts,
        version=max(one.version, other.version),
        correction=max(one.correction, other.correction),
        notes=one.notes | other.notes,
    )


def join_all(states: Iterable[DeliveryState]) -> DeliveryState:
    """Merge at least one state."""
    first, *others = states
    for other in others:
        first = join(first, other)
    return first


def advance(state: DeliveryState, event: Event) -> DeliveryState:
    """Return the state with what an event says joined in; events that say nothing of deliveries change nothing."""
    return join(state, observed(state.delivery_id, event))


def observed(delivery_id: str, event: Event) -> DeliveryState:
    """Return what one event alone says of a delivery."""
    match event:
        case DocumentDispatched() if event.act in FORMAL:
            return DeliveryState(delivery_id=delivery_id, acts=frozenset({FORMAL[event.act]}))
        case DocumentDispatched():
            return DeliveryState(delivery_id=delivery_id, progress="dispatched")
        case DocumentReceived():
            progress = "received" if event.milestone is Milestone.RECEIVED else "offered"
            return DeliveryState(delivery_id=delivery_id, progress=progress)
        case DocumentAcknowledged():
            return _said(delivery_id, event)
        case _:
            return empty(delivery_id)


def _said(delivery_id: str, event: DocumentAcknowledged) -> DeliveryState:
    claimed = event.said_at.isoformat() if event.said_at else ""
    return DeliveryState(
        delivery_id=delivery_id,
        progress=event.code if event.code in PROGRESS else "none",
        refusals=frozenset({event.reason}) if event.code == REFUSED else frozenset(),
        rounds=frozenset({("status", event.code)}) if event.code in (ASKED, AGREED, DECLINED) else frozenset(),
        notes=frozenset({(event.code, claimed, event.said_by, event.reason)}),
    )


def contested(state: DeliveryState) -> bool:
    """Tell whether the state contradicts itself: refused and accepted, or a round both agreed and declined."""
    accepted = PROGRESS.index(state.progress) >= PROGRESS.index("03")
    both = any((name, AGREED) in state.rounds and (name, DECLINED) in state.rounds for name, _answer in state.rounds)
    return (bool(state.refusals) and accepted) or both


def label(state: DeliveryState) -> str:
    """Return what people see; the first match wins."""
    if state.correction[0]:
        return state.correction[2]
    agreed = any(answer == AGREED for _name, answer in state.rounds)
    matches = (
        ("recalled" in state.acts or (agreed and not contested(state)), "recalled"),
        (contested(state), "contested"),
        (bool(state.refusals), "refused"),
        ("replaced" in state.acts, "replaced"),
        (_open_round(state), "recall asked"),
    )
    return next((name for holds, name in matches if holds), state.progress)


def _open_round(state: DeliveryState) -> bool:
    asked = {name for name, answer in state.rounds if answer == ASKED}
    answered = {name for name, answer in state.rounds if answer in (AGREED, DECLINED)}
    return bool(asked - answered)


def to_json(state: DeliveryState) -> str:
    """Return the state as text for a table's column; equal states give equal text."""
    plain: dict[str, Any] = {
        "delivery_id": state.delivery_id,
        "progress": state.progress,
        "refusals": sorted(state.refusals),
        "rounds": sorted(state.rounds),
        "acts": sorted(state.acts),
        "version": state.version,
        "correction": state.correction,
        "notes": sorted(state.notes),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> DeliveryState:
    """Return the state that `to_json` wrote."""
    plain = json.loads(text)
    number, who, chosen = plain["correction"]
    return DeliveryState(
        delivery_id=plain["delivery_id"],
        progress=plain["progress"],
        refusals=frozenset(plain["refusals"]),
        rounds=frozenset((name, answer) for name, answer in plain["rounds"]),
        acts=frozenset(plain["acts"]),
        version=plain["version"],
        correction=(number, who, chosen),
        notes=frozenset((code, at, by, text) for code, at, by, text in plain["notes"]),
    )
