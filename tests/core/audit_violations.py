"""Each way to break the law of conservation, planted into a clean life: for `test_audit`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.ids import event_id
from tests.connectors import life as of
from tests.connectors.life import COMMUNE, KEY
from tests.core.audit_life import Life

Plant = Callable[[Life], None]
VIOLATIONS: list[Any] = []


def violation(kind: str, says: str) -> Callable[[Plant], Plant]:
    """Register one planted violation: the only finding is of this kind and says this."""

    def register(plant: Plant) -> Plant:
        VIOLATIONS.append(pytest.param(plant, kind, says, id=plant.__name__))
        return plant

    return register


def gone(life: Life, *names: str) -> None:
    """Take events off the log."""
    for name in names:
        del life[name]


def change(life: Life, name: str, **fields: Any) -> None:
    """Write an event differently."""
    life[name] = replace(life[name], **fields)


def again(life: Life, name: str, **fields: Any) -> None:
    """Write an event a second time, under an id of its own."""
    life[f"{name} twice"] = replace(life[name], event_id=event_id(name, "twice"), **fields)


@violation("lost", "no verdict")
def a_submission_without_a_verdict(life: Life) -> None:
    """Handed over, and the verifier never spoke."""
    life["stray"] = of.submitted(document_key="stray")


@violation("lost", "no verdict")
def a_repeat_without_a_verdict(life: Life) -> None:
    """Hand the same bytes over again: no verdict's record names them as its cause."""
    gone(life, "signed again", "repeated")


@violation("lost", "was not answered")
def a_repeat_without_an_answer(life: Life) -> None:
    """Hand the same bytes over again: judged, but the router was silent."""
    gone(life, "repeated")


@violation("lost", "signed, no outcome for 000.00.17.H53")
def a_recipient_without_a_dispatch(life: Life) -> None:
    """Signed, and one of three recipients met nothing."""
    gone(
        life,
        "health",
        "owed",
        "firing",
        "still owed",
        "done",
        "received",
        "resolved",
        "early acknowledged",
        "arrived acknowledged",
        "superseded",
    )
    gone(life, "early", "parked", "arrived")


@violation("lost", "signed, no outcome for 000.99.99.H53")
def a_recipient_without_a_refusal(life: Life) -> None:
    """Signed, and nobody said that one recipient does not exist."""
    gone(life, "nobody")


@violation("lost", "no outcome for")
def a_document_refused_as_a_whole_by_nobody(life: Life) -> None:
    """Other bytes under a used id, one recipient, and neither refused nor sent."""
    gone(life, "other refused")
    for name in ("other", "other signed"):
        change(life, name, envelope=replace(of.ENVELOPE, recipients=(COMMUNE,)))


@violation("lost", "no answer")
def a_status_without_an_answer(life: Life) -> None:
    """Neither acknowledged, refused nor parked."""
    gone(life, "arrived acknowledged")


@violation("duplicate_effects", "2 current verdicts: signed, refused")
def two_verdicts_side_by_side(life: Life) -> None:
    """Signed and refused, and neither names the other."""
    life["refused"] = of.refused(causation_id=life["first"].event_id)


@violation("duplicate_effects", "2 current verdicts: provisional, refused")
def a_refusal_that_recalls_nothing(life: Life) -> None:
    """Refuse what was provisional without saying which verdict is taken back."""
    change(life, "revoked", recalls="")


@violation("duplicate_effects", "met 2 outcomes")
def sent_and_refused(life: Life) -> None:
    """One recipient code is both delivered to and refused."""
    life["refused too"] = replace(of.not_routed(COMMUNE), event_id="too", causation_id=life["signed"].event_id)


@violation("duplicate_effects", "met 2 outcomes")
def refused_twice(life: Life) -> None:
    """Refuse the same recipient twice for the same reason, by two events."""
    again(life, "nobody")


@violation("duplicate_effects", "RECALL: dispatched 2 times")
def recalled_twice(life: Life) -> None:
    """One delivery is taken back twice."""
    again(life, "recalled")


@violation("duplicate_effects", "2 packets with other bytes")
def a_stolen_id(life: Life) -> None:
    """Other bytes are sent under an id that was carried, to a new recipient."""
    gone(life, "other refused")
    envelope = replace(of.ENVELOPE, recipients=("000.00.40.H53",))
    for name in ("other", "other signed"):
        change(life, name, envelope=envelope)
    content = life["other"].content  # type: ignore[attr-defined] # a DocumentSubmitted
    cause = life["other signed"].event_id
    life["other sent"] = of.dispatched("000.00.40.H53", content=content, causation_id=cause)


@violation("duplicate_effects", "both acknowledged and refused")
def a_status_accepted_and_refused(life: Life) -> None:
    """One status, two answers that exclude each other."""
    change(life, "foreign refused", causation_id=life["arrived"].event_id)
    gone(life, "foreign")


@violation("duplicate_effects", "acknowledged 2 times")
def a_status_acknowledged_twice(life: Life) -> None:
    """One status counts twice for one delivery."""
    again(life, "arrived acknowledged")


@violation("duplicate_effects", "raised 2 times")
def an_alert_raised_twice(life: Life) -> None:
    """Raise the same step of the same ladder twice."""
    again(life, "firing")


@violation("duplicate_effects", "differ")
def one_id_with_two_contents(life: Life) -> None:
    """Write an event id again with another content."""
    life["other firing"] = replace(life["firing"], why="another")  # type: ignore[call-arg] # it is an alert


@violation("unexplained", "outcome without a submission")
def a_document_nobody_handed_over(life: Life) -> None:
    """Verdict, dispatch and recall of a packet that never came in."""
    gone(life, "later")


@violation("unexplained", "which is not there")
def a_verdict_of_nothing(life: Life) -> None:
    """Name as a verdict's cause what is neither a submission nor a verdict."""
    change(life, "revoked", causation_id=event_id("nothing"))


@violation("unexplained", "takes the place of")
def a_confirmation_of_nothing(life: Life) -> None:
    """Confirm a verdict that was never said."""
    change(life, "signed", confirms=event_id("nothing"))
    change(life, "signed again", confirms=event_id("nothing"))


@violation("unexplained", "without a verdict that lets the document pass")
def sent_by_nobodys_leave(life: Life) -> None:
    """Dispatched because of a verdict that does not let it pass."""
    change(life, "commune", causation_id=life["held"].event_id)


@violation("unexplained", "without a verdict that lets the document pass")
def refused_whole_without_a_verdict(life: Life) -> None:
    """Routing refused a document that no verdict let pass."""
    change(life, "other refused", causation_id="")


@violation("unexplained", "which the packet does not name")
def sent_to_a_stranger(life: Life) -> None:
    """Dispatched to a code that is not in the packet."""
    stranger = "000.00.40.H53"
    life["stranger"] = of.dispatched(stranger, causation_id=life["signed"].event_id)


@violation("unexplained", "which nobody handed over")
def a_repeat_of_nothing(life: Life) -> None:
    """Answer a repeat that nobody made."""
    again(life, "repeated", causation_id=event_id("nothing"))


@violation("unexplained", "never dispatched")
def a_receipt_for_nothing(life: Life) -> None:
    """Somebody received a delivery that was never sent."""
    again(life, "received", delivery_id=f"{KEY}-nowhere")


@violation("unexplained", "that nobody submitted")
def an_answer_to_no_status(life: Life) -> None:
    """Refuse a status that never came in."""
    gone(life, "foreign")


@violation("lost", "did not take hold of it")
def a_replacement_that_replaces_nothing(life: Life) -> None:
    """The newer document went out and named the older one; its delivery stayed as it was."""
    gone(life, "superseded")


@violation("duplicate_effects", "took hold 2 times")
def a_delivery_replaced_twice(life: Life) -> None:
    """One newer document, two events."""
    again(life, "superseded")


@violation("unexplained", "which names no such document")
def a_delivery_replaced_by_nobody(life: Life) -> None:
    """No newer document named it."""
    gone(life, "related")
