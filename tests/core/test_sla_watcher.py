"""The watcher over a delivery's life: obligations open and close, the ladder is climbed by timers only, alerts end with the fact."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from processors.sla.cases import delivery_row, load_case
from schemas.events import DocumentAlert, Event, Milestone
from tests.core.routing_cases import COMMUNE, PROVINCE
from tests.core.sla_cases import (
    AXIS,
    DELIVERY,
    Watcher,
    at,
    dispatched,
    duties,
    local,
    raised,
    received,
    said,
    steps,
)
from tests.reference_files import demo, present

ROW = delivery_row(DELIVERY)


@pytest.mark.parametrize(("urgency", "roles"), [("normal", ["clerk"]), ("khan", ["clerk", "head_of_office"])])
def test_an_urgent_document_is_told_to_the_urgent_contact_too(urgency: str, roles: list[str]) -> None:
    """The column `urgent_contact` of agencies.csv names a role; of other documents it hears nothing."""
    known = present(demo().directory)
    periods = tuple(replace(each, urgent_contact="head_of_office") for each in known.periods[COMMUNE])
    mine = replace(known, periods={**known.periods, COMMUNE: periods})
    events = Watcher(reference=demo().with_value("directory", mine, "mine")).hear(
        dispatched("23 09:00", urgency=urgency)
    )
    (incoming,) = raised(events, "incoming")

    assert roles == [each.role for each in incoming.to]


def test_a_dispatch_opens_transport_and_warns_the_clerk() -> None:
    """Who owes what by when; the incoming warning is raised once, to the recipient's clerk."""
    watcher = Watcher()
    events = watcher.hear(dispatched("23 09:00"))

    duty = duties(events)["transport"]
    assert (True, COMMUNE, PROVINCE, "23 09:15", "23 10:00", 0, "23 09:15") == (
        duty.open,
        duty.debtor,
        duty.creditor,
        local(duty.warn_at),
        local(duty.breach_at),
        duty.next_step,
        local(duty.next_step_at),
    )
    (incoming,) = raised(events, "incoming")
    assert [(COMMUNE, "clerk")] == [(each.organ_id, each.role) for each in incoming.to]
    assert {ROW: at("23 09:15")} == watcher.due
    assert [] == watcher.hear(dispatched("23 09:00"))


def test_nothing_is_raised_before_its_timer() -> None:
    """Facts alone never raise a step, however late they are; timers raise each at its own moment."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    late = received("23 09:05", milestone=Milestone.OFFERED)

    assert [] == steps(watcher.take(late, at("26 09:00")))
    assert [
        ("not_received", "FIRING", 0, 1, "23 09:15"),
        ("not_received", "FIRING", 1, 1, "23 10:00"),
        ("not_received", "FIRING", 2, 1, "23 15:30"),
    ] == steps(watcher.wait_until("23 17:00"))


def test_the_receipt_ends_the_alert_and_opens_intake() -> None:
    """Everyone who was told is told that it is over; the closed duty says how many working minutes it took."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    watcher.wait_until("23 10:30")
    events = watcher.hear(received("23 10:40"))

    (ended,) = [each for each in events if isinstance(each, DocumentAlert) and each.clock]
    assert ("RESOLVED", "received", {(COMMUNE, "clerk"), (PROVINCE, "clerk")}) == (
        ended.state.value,
        ended.why,
        {(each.organ_id, each.role) for each in ended.to},
    )
    assert (False, "received", 100) == (
        duties(events)["transport"].open,
        duties(events)["transport"].closed_by,
        duties(events)["transport"].working_minutes,
    )
    assert (True, "25 17:00") == (duties(events)["intake"].open, local(duties(events)["intake"].breach_at))
    assert [] == steps(watcher.wait_until("23 14:59"))


def test_every_alert_of_a_step_is_raised_once() -> None:
    """A step taken again by a worker that died, or after a repeat of a fact, has the same id and bytes."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    before = dict(watcher.rows), dict(watcher.due)
    first = watcher.wait_until("23 10:00")
    watcher.rows, watcher.due = before

    assert first == watcher.wait_until("23 10:00")
    assert [] == watcher.hear(dispatched("23 09:00"))


def test_a_receipt_that_was_in_time_takes_the_alert_back() -> None:
    """It lies before the deadline and reached the log later: resolved with the reason that says so."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    watcher.wait_until("23 10:00")
    events = watcher.take(received("23 09:50"), at("23 11:00"))

    assert ["received_in_time"] == [each.why for each in events if isinstance(each, DocumentAlert) and each.clock]


def test_a_real_breach_is_raised_even_if_the_receipt_is_read_first() -> None:
    """The receipt came at 11:00 and is read before the timers of 9:15 and 10:00 have run: both steps, then the end."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 11:00"))

    assert [
        ("not_received", "FIRING", 0, 1, "23 09:15"),
        ("not_received", "FIRING", 1, 1, "23 10:00"),
        ("not_received", "RESOLVED", 1, 1, "23 10:00"),
    ] == steps(watcher.wait_until("23 12:00"))


def test_a_receipt_in_time_raises_nothing() -> None:
    """An outage makes nobody late: the receipt was there before the first step's moment."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:14"), said("03", "23 09:20"), said("06", "23 09:40"))

    assert [] == steps(watcher.wait_until("2026-12-31 09:00"))
    assert {} == watcher.due


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_facts_may_come_in_any_order(order: tuple[int, ...]) -> None:
    """Any order of arrival leaves the same facts, and the same duties closed at the same moments."""
    life: list[Event] = [dispatched("23 09:00"), received("23 09:10"), said("01", "23 09:11"), said("03", "23 09:30")]
    straight, shuffled = Watcher(), Watcher()
    expected = straight.hear(*life)
    met = shuffled.hear(*(life[number] for number in order), *life)

    known, other = load_case(straight.rows[ROW]), load_case(shuffled.rows[ROW])
    assert (known.about, known.facts) == (other.about, other.facts)
    assert straight.due == shuffled.due
    assert {name: (duty.open, duty.closed_at, duty.breach_at) for name, duty in duties(expected).items()} == {
        name: (duty.open, duty.closed_at, duty.breach_at) for name, duty in duties(met).items()
    }


def test_the_last_step_is_repeated_until_the_end() -> None:
    """Same step, next number, every four working hours; nothing more after the receipt."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))

    assert [(4, 1, "26 10:00"), (4, 2, "26 15:30")] == [
        (level, number, when) for _, _, level, number, when in steps(watcher.wait_until("26 17:00"))[4:]
    ]
    assert ["RESOLVED"] == [state for _, state, *_ in steps(watcher.hear(received("26 17:01")))]
    assert [] == [each for each in steps(watcher.wait_until("27 17:00")) if each[0] == "not_received"]


def test_a_refusal_by_the_clerk_ends_intake() -> None:
    """02 is an answer: nothing else is owed, and transport is over as well."""
    watcher = Watcher()
    found = duties(watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("02", "23 09:30")))

    assert {"transport": False, "intake": False} == {name: duty.open for name, duty in found.items()}
    assert {} == watcher.due


def test_a_status_before_the_receipt_is_a_receipt() -> None:
    """01, 02 or 03 prove that the bytes are there."""
    watcher = Watcher()
    found = duties(watcher.hear(dispatched("23 09:00"), said("01", "23 09:30")))

    assert (False, "01") == (found["transport"].open, found["transport"].closed_by)


def test_the_due_date_is_owed_after_the_acceptance() -> None:
    """03 opens assignment and, where the sender wrote a DueDate, completion."""
    watcher = Watcher()
    life = [dispatched("23 09:00", due_on=date(2026, 11, 24)), received("23 09:05"), said("03", "23 09:30")]
    found = duties(watcher.hear(*life))

    assert {"assignment": "25 17:00", "completion": "25 17:00"} == {
        name: local(duty.breach_at) for name, duty in found.items() if duty.open
    }
    assert "completion" not in duties(Watcher().hear(dispatched("23 09:00"), *life[1:]))


@pytest.mark.parametrize(("claimed", "minutes"), [("23 09:27", 22), ("23 09:24", 25), ("23 09:31", 25), ("", 25)])
def test_a_claimed_moment_is_believed_within_five_minutes(claimed: str, minutes: int) -> None:
    """Else, and where it lies in the future, the axis' own moment counts."""
    watcher = Watcher()
    found = duties(watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("03", "23 09:30", claimed=claimed)))

    assert minutes == found["intake"].working_minutes


def test_the_earliest_moment_of_a_fact_counts() -> None:
    """A repeat that happened later is read before and after it: the earlier one closes the duty."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:12"))
    found = duties(watcher.hear(received("23 09:10"), received("23 09:11")))

    assert "23 09:10" == local(found["transport"].closed_at)
    assert "23 09:10" == local(found["intake"].since_at)


def test_the_incoming_warning_ends_with_the_receipt() -> None:
    """Nobody is told that it is over: who was warned has the document."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    (ended,) = [each for each in watcher.hear(received("23 09:05")) if isinstance(each, DocumentAlert)]

    assert ("incoming", "RESOLVED", "received", ()) == (ended.kind, ended.state.value, ended.why, ended.to)


def test_contradicting_statuses_are_told_to_the_operator_once() -> None:
    """Refused by one clerk and accepted by another, in whatever order: an operator must decide."""
    refused, accepted = said("02", "23 09:30"), said("03", "23 09:40")
    first, second = Watcher(), Watcher()
    one = first.hear(dispatched("23 09:00"), received("23 09:05"), refused, accepted, said("06", "23 10:00"))
    other = second.hear(dispatched("23 09:00"), received("23 09:05"), accepted, refused)

    (alert,) = raised(one, "contested")
    assert ("23 09:40", [(AXIS, "axis_operator")], DELIVERY) == (
        local(alert.occurred_at),
        [(each.organ_id, each.role) for each in alert.to],
        alert.about,
    )
    assert [(alert.event_id, alert.occurred_at)] == [
        (each.event_id, each.occurred_at) for each in raised(other, "contested")
    ]
