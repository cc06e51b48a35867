"""The lattice of delivery states: whatever the order, the repeats and the grouping, the same state and the same label."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import lifecycle
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
from schemas.examples import load
from schemas.ids import event_id
from schemas.lifecycle import DeliveryState, Round

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
E = TypeVar("E", bound=Event)


def pattern(kind: type[E]) -> E:
    """Return the plain example of an event."""
    return next(each.event for each in load() if each.name == kind.__name__ and isinstance(each.event, kind))


DISPATCHED, RECEIVED = pattern(DocumentDispatched), pattern(DocumentReceived)
SUPERSEDED = pattern(DeliverySuperseded)
ACKNOWLEDGED, ACTED = pattern(DocumentAcknowledged), pattern(OperatorActed)
DELIVERY = DISPATCHED.delivery_id


def sent(act: Act = Act.DELIVER, minute: int = 0) -> DocumentDispatched:
    """Dispatch, or act upon the delivery."""
    return replace(DISPATCHED, act=act, **_own(f"sent {act}", minute))


def superseded(act: Act, minute: int) -> DeliverySuperseded:
    """Let a newer document take hold of the delivery."""
    return replace(SUPERSEDED, act=act, **_own(f"superseded {act}", minute))


def moved(milestone: Milestone, minute: int = 1) -> DocumentReceived:
    """Offer, or be received."""
    return replace(RECEIVED, milestone=milestone, **_own(f"moved {milestone}", minute))


def said(code: str, minute: int, reason: str = "", *, claimed: int | None = None) -> DocumentAcknowledged:
    """Say a status; `claimed` is the minute it names itself."""
    said_at = None if claimed is None else NOON + timedelta(minutes=claimed)
    own = _own(f"said {code} {reason} {claimed}", minute)
    return replace(ACKNOWLEDGED, code=code, said_at=said_at, reason=reason, **own)


def corrected(label: str, minute: int) -> OperatorActed:
    """Decide by hand."""
    return replace(ACTED, action="correction", detail=label, **_own("corrected", minute))


def _own(name: str, minute: int) -> dict[str, Any]:
    return {"event_id": event_id(name, str(minute)), "occurred_at": NOON + timedelta(minutes=minute)}


def after(events: Sequence[Event]) -> DeliveryState:
    """Return the state after these events, in this order."""
    return reduce(lifecycle.advance, events, lifecycle.empty(DELIVERY))


MINUTES = st.integers(0, 9)
CODES = st.sampled_from(("01", "02", "03", "04", "05", "06", "13", "15", "16", "07", "99", ""))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(sent, st.sampled_from(Act), MINUTES),
    st.builds(superseded, st.sampled_from((Act.UPDATE, Act.REPLACE)), MINUTES),
    st.builds(moved, st.sampled_from(Milestone), MINUTES),
    st.builds(said, CODES, MINUTES, st.sampled_from(("", "sai thẩm quyền")), claimed=st.none() | MINUTES),
    st.builds(corrected, st.sampled_from(("03", "refused", "nonsense")), MINUTES),
    st.sampled_from([each.event for each in load()]),
)
LIVES = st.lists(EVENTS, max_size=9)
STATES = LIVES.map(after)


@settings(max_examples=200, deadline=None)
@given(one=STATES, other=STATES, third=STATES)
def test_join_is_a_join(one: DeliveryState, other: DeliveryState, third: DeliveryState) -> None:
    """Commutative, associative, idempotent; what nobody knows anything of changes nothing."""
    join = lifecycle.join

    assert join(one, other) == join(other, one)
    assert join(join(one, other), third) == join(one, join(other, third))
    assert one == join(one, one)
    assert one == join(one, lifecycle.empty(DELIVERY))
    assert join(one, other) == join(join(one, other), one)


@settings(max_examples=200, deadline=None)
@given(life=LIVES, chance=st.randoms(use_true_random=False), again=st.lists(st.integers(0, 8), max_size=4))
def test_topics_may_race(life: list[Event], chance: Any, again: list[int]) -> None:
    """Any order of arrival, with repeats, leaves the same state and the same label."""
    other = [*life, *(life[at % len(life)] for at in again if life)]
    chance.shuffle(other)

    assert after(life) == after(other)
    assert lifecycle.label(after(life)) == lifecycle.label(after(other))
    assert lifecycle.rounds(after(life)) == lifecycle.rounds(after(other))


@settings(max_examples=150, deadline=None)
@given(life=LIVES, event=EVENTS)
def test_a_state_never_shrinks(life: list[Event], event: Event) -> None:
    """One more event: the progress is no lower, and nothing that was said is forgotten."""
    before, now = after(life), after([*life, event])

    assert lifecycle.PROGRESS.index(before.progress) <= lifecycle.PROGRESS.index(now.progress)
    assert before.dispatches <= now.dispatches
    assert {(*note[:4],) for note in before.notes} <= {(*note[:4],) for note in now.notes}
    assert lifecycle.refusals(before) <= lifecycle.refusals(now)
    assert before.correction <= now.correction


@settings(max_examples=150, deadline=None)
@given(state=STATES)
def test_a_state_survives_its_column(state: DeliveryState) -> None:
    """`from_json(to_json(state))` is the state; equal states are equal text; the label is one of the list."""
    text = lifecycle.to_json(state)

    assert state == lifecycle.from_json(text)
    assert text == lifecycle.to_json(lifecycle.from_json(text))
    assert lifecycle.label(state) in lifecycle.LABELS


TAKEN = [sent(), moved(Milestone.OFFERED), moved(Milestone.RECEIVED, 2), said("03", 5)]


@pytest.mark.parametrize(
    ("life", "label"),
    [
        ([], "none"),
        ([sent()], "dispatched"),
        ([moved(Milestone.OFFERED)], "offered"),
        ([sent(), moved(Milestone.RECEIVED), moved(Milestone.OFFERED, 3)], "received"),
        ([sent(), said("06", 3), said("03", 4)], "06"),
        ([*TAKEN, said("07", 6), said("13x", 6)], "03"),
        ([sent(), said("02", 3, "không thuộc thẩm quyền")], "refused"),
        ([*TAKEN, said("02", 6, "chữ ký sai")], "contested"),
        ([*TAKEN, said("02", 6), corrected("03", 9)], "03"),
        ([*TAKEN, said("02", 6), corrected("03", 9), corrected("refused", 10)], "refused"),
        ([*TAKEN, corrected("tampered", 9)], "03"),
        ([*TAKEN, said("13", 6, "gửi nhầm")], "recall asked"),
        ([*TAKEN, said("13", 6), said("15", 7)], "recalled"),
        ([*TAKEN, said("13", 6), said("16", 7)], "03"),
        ([*TAKEN, said("13", 6), said("15", 7), said("16", 8)], "contested"),
        ([*TAKEN, said("13", 6), said("16", 7), said("13", 8)], "recall asked"),
        ([*TAKEN, said("13", 6), said("16", 7), said("13", 8), said("15", 9)], "recalled"),
        ([*TAKEN, said("13", 6), said("13", 7), said("16", 8)], "03"),
        ([*TAKEN, said("15", 6)], "03"),
        ([*TAKEN, said("15", 6), said("16", 7)], "03"),
        ([*TAKEN, said("15", 6), said("13", 7)], "recall asked"),
        ([*TAKEN, said("15", 6), said("13", 7), said("15", 8)], "recalled"),
        ([*TAKEN, superseded(Act.UPDATE, 6), said("15", 7)], "03"),
        ([sent(), sent(Act.RECALL, 4)], "recalled"),
        ([sent(), said("01", 3), sent(Act.RECALL, 4), said("03", 5)], "recalled"),
        ([*TAKEN, sent(Act.RECALL, 6)], "recall asked"),
        ([*TAKEN, sent(Act.RECALL, 6), said("16", 7)], "03"),
        ([*TAKEN, sent(Act.RECALL, 6), said("15", 7)], "recalled"),
        ([*TAKEN, sent(Act.UPDATE, 6)], "03"),
        ([*TAKEN, sent(Act.REPLACE, 6)], "replaced"),
        ([sent(Act.REPLACE), said("03", 5)], "03"),
        ([superseded(Act.REPLACE, 6)], "replaced"),
        ([sent(Act.REPLACE, 6), superseded(Act.REPLACE, 6)], "replaced"),
        ([*TAKEN, superseded(Act.REPLACE, 6)], "replaced"),
        ([*TAKEN, superseded(Act.UPDATE, 6)], "03"),
        ([sent(), said("02", 5, "sai"), superseded(Act.REPLACE, 6)], "refused"),
        ([sent(Act.RECALL), moved(Milestone.OFFERED)], "offered"),
    ],
)
def test_what_people_see(life: list[Event], label: str) -> None:
    """The label, first match wins (domain §2.2); the order in which the events are met makes no difference."""
    assert label == lifecycle.label(after(life))
    assert label == lifecycle.label(after(life[::-1]))


def test_an_answer_belongs_to_the_request_before_it() -> None:
    """13, 13, 16, then a formal recall and 15: two rounds; an answer to nothing is a round that nobody asked for."""
    asked = [said("13", 6), said("13", 7), said("16", 8), sent(Act.RECALL, 9), said("15", 10)]
    state = after([*TAKEN, *asked])

    declined, agreed = (Round(asked=True, answers=frozenset({code})) for code in ("16", "15"))
    assert (declined, agreed) == lifecycle.rounds(state)
    assert (replace(agreed, asked=False),) == lifecycle.rounds(after([said("15", 1)]))


def test_updates_count() -> None:
    """Two updates make version 3; the same update again, and an update as a packet of its own, none."""
    updates = [sent(Act.UPDATE, 6), sent(Act.UPDATE, 8), sent(Act.UPDATE, 8)]

    assert 3 == lifecycle.version(after([*TAKEN, *updates]))
    assert 1 == lifecycle.version(after([sent(Act.UPDATE)]))


def test_the_same_thing_said_again_is_one_note() -> None:
    """By its claimed time; the axis' first time stays. Without a claimed time nobody can tell, and both stay."""
    again = after([said("05", 9, "đang xử lý", claimed=4), said("05", 5, "đang xử lý", claimed=4)])

    assert ["2026-11-23T05:05:00+00:00"] == [note.taken_at for note in again.notes]
    assert 2 == len(after([said("05", 9), said("05", 5)]).notes)


def test_a_later_time_sorts_later() -> None:
    """Times are compared as text: fractions of a second and other offsets do not disturb it."""
    moments = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1)]
    told = [after([replace(said("05", 0), occurred_at=moment)]) for moment in moments]
    texts = [note.taken_at for state in told for note in state.notes]

    assert sorted(texts) == texts
