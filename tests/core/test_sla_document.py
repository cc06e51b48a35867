"""The watcher over a document's own clocks (verdict, late dispatch), and under reference data that changes or has gaps."""

from schemas.events import DocumentAlert
from tests.core.routing_cases import COMMUNE, HEALTH, PROVINCE
from tests.core.sla_cases import (
    AXIS,
    Watcher,
    dispatched,
    duties,
    local,
    raised,
    received,
    rules,
    signed,
    steps,
    submitted,
)


def test_a_late_dispatch_is_told_once_and_refuses_nothing() -> None:
    """Signed on Friday, handed over on Wednesday: the sender's clerk hears of it, and it is over."""
    watcher = Watcher()
    events = watcher.hear(submitted("25 14:00"), signed("25 14:01", signed_at="20 09:00"))

    assert [("late_dispatch", "FIRING", 1, 1, "25 14:01"), ("late_dispatch", "RESOLVED", 1, 1, "25 14:01")] == steps(
        events
    )
    (alert,) = raised(events, "late_dispatch")
    assert [(PROVINCE, "clerk")] == [(each.organ_id, each.role) for each in alert.to]
    assert [] == steps(watcher.hear(submitted("25 14:00"), signed("25 14:01", signed_at="20 09:00")))


def test_a_dispatch_in_time_is_told_to_nobody() -> None:
    """Signed in the afternoon, handed over at noon of the next working day."""
    watcher = Watcher()
    events = watcher.hear(submitted("25 12:00"), signed("25 12:01", signed_at="23 16:00"))

    assert [] == steps(events)
    assert (False, "submitted") == (duties(events)["dispatch"].open, duties(events)["dispatch"].closed_by)


def test_a_document_without_verdict_reaches_the_operator() -> None:
    """Half an hour, four hours; the verdict ends it."""
    watcher = Watcher()
    watcher.hear(submitted("23 09:00"))
    events = watcher.wait_until("23 13:00")

    assert [("verification_late", "FIRING", 0, 1, "23 09:30"), ("verification_late", "FIRING", 1, 1, "23 13:00")] == (
        steps(events)
    )
    assert [(AXIS, "axis_operator")] == [
        (each.organ_id, each.role) for each in raised(events, "verification_late")[0].to
    ]
    assert ["RESOLVED"] == [state for _, state, *_ in steps(watcher.hear(signed("23 13:30")))]


def test_a_missing_official_is_one_fault_whichever_delivery_shows_it() -> None:
    """Found by two deliveries on one day, minutes apart: the same alert, byte for byte, under the agency's key."""
    without = rules(without=((COMMUNE, "head_of_office"),))
    found: list[DocumentAlert] = []
    for start in ("23 09:00", "23 09:07"):
        watcher = Watcher(without)
        watcher.hear(dispatched(start))
        found += raised(watcher.wait_until("23 17:00"), "directory_gap")
    first, second = found

    assert first == second
    assert (COMMUNE, "directory_gap", "head_of_office", [AXIS]) == (
        first.key,
        first.kind,
        first.why,
        [each.organ_id for each in first.to],
    )


def test_new_rules_move_what_is_open() -> None:
    """A snapshot with a shorter breach: the next look at the row says so, and the step comes at the new moment."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    watcher.reference = rules(overrides=("clock: transport, urgency: normal, breach: {wall: PT20M}",))
    events = watcher.wait_until("23 09:30")

    assert [(0, "23 09:15"), (1, "23 09:20")] == [(level, when) for _, _, level, _, when in steps(events)]
    assert "23 09:20" == local(duties(events)["transport"].breach_at)


def test_another_recipient_is_another_case() -> None:
    """One row a delivery: a receipt ends its own alert only."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), dispatched("23 09:00", recipient=HEALTH), received("23 09:05"))
    events = watcher.wait_until("23 10:00")

    assert [HEALTH, HEALTH] == [each.debtor for each in raised(events, "not_received")]
