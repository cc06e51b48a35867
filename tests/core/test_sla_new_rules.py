"""Other rules or another calendar while duties are open: they are computed again at once, and what differs is said."""

from infra.kafka.epochs import wakes
from schemas.reference import Reference
from tests.core.sla_cases import Watcher, at, dispatched, duties, local, received, rules, steps
from tests.reference_files import demo_files, sound

SOONER = rules(overrides=("clock: transport, urgency: normal, warn: {wall: PT5M}, breach: {wall: PT30M}",))


def publish(watcher: Watcher, reference: Reference, moment: str) -> None:
    """Put reference data in force as the engine does: every due row that the core names is due now."""
    core, before = watcher.core, watcher.reference.versions
    prefixes = wakes(core, before, reference.versions)
    watcher.reference = reference
    for row in watcher.due:
        if row.startswith(prefixes) and prefixes:
            watcher.due[row] = min(watcher.due[row], at(moment))


def test_a_shorter_deadline_is_kept_from_now_on() -> None:
    """Warn after 5 minutes instead of 15, published after two: the duty says so at once, and the step comes after five."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    publish(watcher, SOONER, "23 09:02")
    duty = duties(watcher.wait_until("23 09:02"))["transport"]

    assert ("23 09:05", "23 09:30", "23 09:05") == tuple(map(local, (duty.warn_at, duty.breach_at, duty.next_step_at)))
    assert SOONER.versions["sla"] == duty.versions["sla"]
    assert [("not_received", "FIRING", 0, 1, "23 09:05")] == steps(watcher.wait_until("23 09:10"))


def test_what_is_late_by_the_new_rules_is_told_at_once() -> None:
    """Published after ten minutes: the step of the fifth is taken now, once."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    publish(watcher, SOONER, "23 09:10")

    assert [("not_received", "FIRING", 0, 1, "23 09:05")] == steps(watcher.wait_until("23 09:10"))
    assert [] == steps(watcher.wait_until("23 09:29"))


def test_a_new_holiday_moves_open_deadlines() -> None:
    """Taken away on Monday at 16:00, to be answered by Tuesday's close; on Monday evening the Tuesday becomes a holiday."""
    calendar = (
        demo_files()["calendar.yaml"]
        .decode()
        .replace(
            "  - {date: 2026-11-24,",
            "  - {date: 2026-11-25, kind: holiday, name: Thêm, provisional: false}\n  - {date: 2026-11-24,",
        )
    )
    watcher = Watcher()
    watcher.hear(dispatched("23 15:00"), received("23 16:00"))
    before = duties(watcher.hear(received("23 16:00"))) or {}
    known = watcher.reference
    publish(
        watcher,
        known.with_value("calendar", sound("calendar", {"calendar.yaml": calendar.encode()}), "more"),
        "23 20:00",
    )
    after = duties(watcher.wait_until("23 20:00"))["intake"]

    assert {} == before
    assert ("23 17:00", "26 17:00") == (local(after.target_at), local(after.breach_at))


def test_other_kinds_wake_nothing() -> None:
    """A directory is published every day, and concerns few."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"))
    due = dict(watcher.due)
    publish(watcher, watcher.reference.with_value("directory", watcher.reference.directory, "another"), "23 09:02")

    assert due == watcher.due
