"""Facts -> duties, one rule at a time: what a pause moves, what ends a duty at the same moment, who is owed."""

from datetime import date

import pytest

from processors.sla.cases import About, Case
from processors.sla.ladder import Climb
from processors.sla.obligations import Obligation, obligations
from processors.sla.rulebook import Rulebook
from tests.core.routing_cases import COMMUNE, PROVINCE
from tests.core.sla_cases import AXIS, at, local, rulebook

RULES = rulebook()
ASKED, DENIED = "13", "16"


def duties_of(
    facts: dict[str, str],
    *,
    recipient: str = COMMUNE,
    urgency: str = "normal",
    mode: str = "",
    due_on: date | None = None,
    rules: Rulebook = RULES,
) -> dict[str, Obligation]:
    """Return the duties of a case with these facts, by clock."""
    about = About(
        subject="x", document_key="x", document_id="x", sender=PROVINCE, recipient=recipient, urgency=urgency,
        mode=mode, due_on=due_on, type_name="Công văn", event_id="x",
    )  # fmt: skip
    case = Case(about=about, facts={name: at(moment) for name, moment in facts.items()})
    return {duty.clock.id: duty for duty in obligations(case, rules)}


def test_a_pause_that_ended_moves_every_moment_and_step() -> None:
    """Asked at ten, denied at fourteen: two and a half working hours later, all of them."""
    due = duties_of({"received": "23 09:05", ASKED: "23 10:00", DENIED: "23 14:00"})["intake"].due

    assert ["25 10:00", "25 08:00", "26 10:00"] == [local(each) for each in (due.target, due.warn, due.breach)]
    assert ["25 08:00", "26 10:00", "26 15:30", "27 10:00", "30 10:00"] == [local(rung.at) for rung in due.ladder]


def test_what_lies_at_the_moment_of_the_question_is_not_moved() -> None:
    """The warning of 15:00 was due when the take-back was asked for; it comes, during the pause and after it."""
    asked = {"received": "23 09:05", ASKED: "23 15:00"}
    paused, resumed = duties_of(asked)["intake"], duties_of({**asked, DENIED: "25 09:00"})["intake"]
    first = paused.next_step(Climb(), RULES)

    assert first is not None
    assert (0, "23 15:00") == (first.step, local(first.at))
    assert paused.next_step(Climb().taken(first), RULES) is None
    assert ("23 15:00", "23 15:00") == (local(resumed.due.warn), local(resumed.due.ladder[0].at))
    assert "25 11:00" == local(resumed.due.target)


def test_a_question_answered_at_once_moves_nothing() -> None:
    """At night too, where no working time is left to be counted."""
    received = {"received": "23 23:50"}
    asked = duties_of({**received, ASKED: "23 23:55", DENIED: "23 23:55"}, urgency="hoa_toc")["intake"]

    assert duties_of(received, urgency="hoa_toc")["intake"].due == asked.due


def test_a_pause_of_a_clock_without_moments_is_nothing() -> None:
    """No DueDate, nothing to move: completion is not owed."""
    facts = {"received": "23 09:05", "03": "23 09:30", ASKED: "23 10:00", DENIED: "23 14:00"}

    assert "completion" not in duties_of(facts)
    assert "27 17:00" != local(duties_of(facts, due_on=date(2026, 11, 27))["completion"].due.breach)


def test_a_duty_that_ended_when_it_was_asked_about_never_paused() -> None:
    """The question must come before the end."""
    duty = duties_of({"received": "23 09:05", "02": "23 10:00", ASKED: "23 10:00"})["intake"]

    assert ((), "23 10:00", "02") == (duty.pauses, local(duty.closed_at), duty.closed_by)


@pytest.mark.parametrize(("received", "taken"), [("23 09:15", []), ("23 10:00", [0]), ("23 10:01", [0, 1])])
def test_a_step_at_the_end_itself_is_not_taken(received: str, taken: list[int]) -> None:
    """Warning 09:15, breach 10:00: what is there at that minute is in time."""
    duty = duties_of({"dispatched": "23 09:00", "received": received})["transport"]
    climb, steps = Climb(), list[int]()
    while (rung := duty.next_step(climb, RULES)) is not None:
        steps.append(rung.step)
        climb = climb.taken(rung)

    assert taken == steps
    assert bool(taken) == bool(duty.due.ladder)  # one that ended before its first step costs no look-ups


@pytest.mark.parametrize("due_on", [date(9999, 12, 31), date(9999, 12, 30), date(1, 1, 1)])
def test_a_due_date_at_the_end_of_time_owes_nothing(due_on: date) -> None:
    """A stranger's packet may carry it: the watcher must neither stop at it nor count three million days."""
    facts = {"received": "23 09:05", "03": "23 09:30", ASKED: "23 10:00", DENIED: "23 14:00"}

    assert "completion" not in duties_of(facts, due_on=due_on)
    assert "completion" in duties_of(facts, due_on=date(2050, 12, 31))


def test_who_owes_and_who_is_owed() -> None:
    """Push makes the axis owe the transport to the sender, and its breach is told to all three; an open duty has no end."""
    duty = duties_of({"dispatched": "23 09:00"}, mode="push")["transport"]

    assert (AXIS, PROVINCE, None, "") == (duty.due.debtor, duty.creditor, duty.closed_at, duty.closed_by)
    assert [AXIS, PROVINCE, COMMUNE] == [each.organ_id for each in duty.due.ladder[1].to]


def test_a_late_dispatch_is_owed_to_the_axis_and_has_no_ladder() -> None:
    """It was over before anybody knew of it: nobody can be warned."""
    duty = duties_of({"signed_at": "20 09:00", "submitted": "25 14:00"}, recipient="")["dispatch"]

    assert (PROVINCE, AXIS, ()) == (duty.due.debtor, duty.creditor, duty.due.ladder)
    assert duty.next_step(Climb(), RULES) is None


def test_an_override_by_document_type_reaches_the_duty() -> None:
    """The type is the document's own."""
    rules = rulebook(overrides=('clock: intake, document_type: "công văn", breach: {working: PT30M}',))

    assert "23 09:35" == local(duties_of({"received": "23 09:05"}, rules=rules)["intake"].due.breach)
