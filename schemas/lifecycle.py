"""The lattice of delivery states (domain: the life of a document): parts that only ever grow, joined part by part.

`join` is commutative, associative and idempotent, so late, repeated or reordered messages cannot move a state backwards.
What people see, the label, is a pure function of the state and may return; the state never shrinks.
So is everything that depends on an order in time (which request a recipient answered, whether a recall came before an
acceptance): it is read from the axis' own times in the state, never from the order in which events were met.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    Event,
    Milestone,
    OperatorActed,
)

PROGRESS = ("none", "dispatched", "offered", "received", "01", "03", "04", "05", "06")
"""In rising order; the progress of a delivery is the highest it has met."""

ACCEPTED = PROGRESS[PROGRESS.index("03") :]
REFUSED = "02"
ASKED, AGREED, DECLINED = "13", "15", "16"
UPDATED, REPLACED = "updated", "replaced"
"""What a newer document did to a delivery; nothing was dispatched for it here."""

LABELS = (*PROGRESS, "recalled", "contested", "refused", "replaced", "recall asked")
CORRECTION = "correction"
"""`OperatorActed.action` that ends a contest: its subject is the delivery, its detail the label that holds."""


class Dispatch(NamedTuple):
    """One thing the router asked of the recipient's side; times are the axis' own, ISO 8601 in UTC, so that text sorts as time."""

    act: str
    at: str
    event_id: str


class Note(NamedTuple):
    """One distinct thing said."""

    code: str
    claimed_at: str
    """Empty where the status names no time; then what is taken in later is another note."""

    said_by: str
    text: str
    taken_at: str
    """When the axis first took it in."""


class Correction(NamedTuple):
    """What an operator decided; the newest holds."""

    at: str = ""
    by: str = ""
    label: str = ""
    why: str = ""


NOT_CORRECTED = Correction()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryState:
    """Everything that is true of one (document, recipient)."""

    delivery_id: str
    progress: str = "none"
    dispatches: frozenset[Dispatch] = frozenset()
    notes: frozenset[Note] = frozenset()
    correction: Correction = NOT_CORRECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One asking back: by status 13, or by a formal recall that needs consent; asking again before an answer is the same round."""

    asked: bool
    """Not where the recipient said 15 or 16 of its own accord: about an update, or by mistake. Nobody asked, so it takes nothing back."""

    answers: frozenset[str]

    @property
    def agreed(self) -> bool:
        """Tell whether what was asked for was agreed to, and nothing else was answered."""
        return self.asked and {AGREED} == self.answers

    @property
    def contested(self) -> bool:
        """Tell whether what was asked for was both agreed to and declined."""
        return self.asked and {AGREED, DECLINED} == self.answers


def empty(delivery_id: str) -> DeliveryState:
    """Return the state of which nothing is known yet."""
    return DeliveryState(delivery_id=delivery_id)


def join(one: DeliveryState, other: DeliveryState) -> DeliveryState:
    """Merge what two observers know of the same delivery."""
    return DeliveryState(
        delivery_id=one.delivery_id,
        progress=max(one.progress, other.progress, key=PROGRESS.index),
        dispatches=one.dispatches | other.dispatches,
        notes=_distinct(one.notes | other.notes),
        correction=max(one.correction, other.correction),
    )


def _distinct(notes: Iterable[Note]) -> frozenset[Note]:
    """Keep of what was said twice the first: the same claimed time makes it the same."""
    first: dict[tuple[str, ...], Note] = {}
    for note in sorted(notes, key=lambda note: note.taken_at):
        first.setdefault(note[:4] if note.claimed_at else note, note)
    return frozenset(first.values())


def advance(state: DeliveryState, event: Event) -> DeliveryState:
    """Return the state with what an event says joined in; events that say nothing of deliveries change nothing."""
    return join(state, observed(state.delivery_id, event))


def observed(delivery_id: str, event: Event) -> DeliveryState:
    """Return what one event alone says of a delivery."""
    at = _text(event.occurred_at)
    match event:
        case DocumentDispatched():
            asked = frozenset({Dispatch(event.act, at, event.event_id)})
            return DeliveryState(delivery_id=delivery_id, progress="dispatched", dispatches=asked)
        case DeliverySuperseded():
            took_hold = REPLACED if event.act is Act.REPLACE else UPDATED
            return DeliveryState(
                delivery_id=delivery_id, dispatches=frozenset({Dispatch(took_hold, at, event.event_id)})
            )
        case DocumentReceived():
            progress = "received" if event.milestone is Milestone.RECEIVED else "offered"
            return DeliveryState(delivery_id=delivery_id, progress=progress)
        case DocumentAcknowledged():
            claimed_at = _text(event.said_at) if event.said_at else ""
            note = Note(event.code, claimed_at, event.said_by, event.reason, at)
            progress = event.code if event.code in PROGRESS else "none"
            return DeliveryState(delivery_id=delivery_id, progress=progress, notes=frozenset({note}))
        case OperatorActed(action=action, detail=chosen) if action == CORRECTION and chosen in LABELS:
            return DeliveryState(delivery_id=delivery_id, correction=Correction(at, event.by, chosen, event.reason))
        case _:
            return empty(delivery_id)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def refusals(state: DeliveryState) -> frozenset[str]:
    """Return the reasons given with 02; a refusal without words has an empty one."""
    return frozenset(note.text for note in state.notes if note.code == REFUSED)


def version(state: DeliveryState) -> int:
    """Return how often the recipient was sent a content: 1, and one more for each update."""
    return 1 + sum(each.act in (Act.UPDATE, UPDATED) for each in _later_acts(state))


def rounds(state: DeliveryState) -> tuple[Round, ...]:
    """Return the take-back rounds in the order of time; an answer belongs to the last request before it."""
    statuses = [(note.taken_at, note.code) for note in state.notes if note.code in (ASKED, AGREED, DECLINED)]
    return rounds_of(statuses + [(recall.at, ASKED) for recall in _recalls(state) if not _binds(state, recall)])


def rounds_of(said: Iterable[tuple[Any, str]]) -> tuple[Round, ...]:
    """Return the rounds that (moment, 13 | 15 | 16) make up; a moment is anything that sorts."""
    found: list[Round] = []
    for _at, code in sorted(said):
        if not found or (code == ASKED and found[-1].answers):
            found.append(Round(asked=False, answers=frozenset()))
        answers = found[-1].answers | ({code} - {ASKED})
        found[-1] = Round(asked=found[-1].asked or code == ASKED, answers=answers)
    return tuple(found)


def _later_acts(state: DeliveryState) -> list[Dispatch]:
    """Return the acts upon a delivery; the dispatch it began with is none of them, whatever the packet's type."""
    own = [each for each in state.dispatches if each.act not in (UPDATED, REPLACED)]
    by_others = [each for each in state.dispatches if each.act in (UPDATED, REPLACED)]
    return sorted(own, key=lambda each: (each.act != Act.DELIVER, each.at, each.event_id))[1:] + by_others


def _recalls(state: DeliveryState) -> list[Dispatch]:
    return [each for each in _later_acts(state) if each.act == Act.RECALL]


def _binds(state: DeliveryState, recall: Dispatch) -> bool:
    """Tell whether a formal recall takes effect without consent: nobody had accepted before (domain §2.3, the default)."""
    return not any(note.code in ACCEPTED and note.taken_at < recall.at for note in state.notes)


def contested(state: DeliveryState) -> bool:
    """Tell whether the state contradicts itself: refused and accepted, or a round both agreed and declined."""
    accepted = state.progress in ACCEPTED
    return (bool(refusals(state)) and accepted) or any(each.contested for each in rounds(state))


def label(state: DeliveryState) -> str:
    """Return what people see; the first match wins."""
    if state.correction.at:
        return state.correction.label
    every = rounds(state)
    recalled = any(_binds(state, recall) for recall in _recalls(state))
    matches = (
        (recalled or any(each.agreed for each in every), "recalled"),
        (contested(state), "contested"),
        (bool(refusals(state)), "refused"),
        (any(each.act in (Act.REPLACE, REPLACED) for each in _later_acts(state)), "replaced"),
        (any(each.asked and not each.answers for each in every), "recall asked"),
    )
    return next((name for holds, name in matches if holds), state.progress)


def to_json(state: DeliveryState) -> str:
    """Return the state as text for a table's column; equal states give equal text."""
    plain = asdict(state) | {"dispatches": sorted(state.dispatches), "notes": sorted(state.notes)}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> DeliveryState:
    """Return the state that `to_json` wrote."""
    plain = json.loads(text)
    return DeliveryState(
        delivery_id=plain["delivery_id"],
        progress=plain["progress"],
        dispatches=frozenset(Dispatch(*row) for row in plain["dispatches"]),
        notes=frozenset(Note(*row) for row in plain["notes"]),
        correction=Correction(*plain["correction"]),
    )
