"""When is what owed (decisions, "Deadlines"): examples on the demo's calendar, where Tuesday 24 November 2026 is a holiday."""

from dataclasses import replace
from datetime import date

import pytest

from processors.sla.whatif import what_if
from tests.core.routing_cases import COMMUNE, PROVINCE
from tests.core.sla_cases import AXIS, at, local, rulebook


@pytest.mark.parametrize(
    ("clock", "urgency", "start", "moments"),
    [
        ("intake", "normal", "23 09:00", ("23 17:00", "23 15:00", "25 17:00")),
        ("intake", "normal", "23 06:00", ("23 17:00", "23 15:00", "25 17:00")),
        ("intake", "normal", "23 11:30", ("23 17:00", "23 15:00", "25 17:00")),  # at lunch: still this working day
        ("intake", "normal", "23 16:59", ("23 17:00", "23 16:59", "25 17:00")),  # the warning lay before: at the start
        ("intake", "normal", "23 17:00", ("25 17:00", "25 15:00", "26 17:00")),  # at closing: the next working day
        ("intake", "normal", "24 10:00", ("25 17:00", "25 15:00", "26 17:00")),  # on a holiday
        ("intake", "normal", "28 10:00", ("30 17:00", "30 15:00", "2026-12-01 17:00")),  # on a Saturday
        ("intake", "khan", "23 11:15", ("23 11:30", "23 13:05", "23 13:15")),  # used up exactly at lunch: ends there
        ("intake", "khan", "23 16:30", ("23 16:45", "23 16:50", "23 17:00")),  # exactly at closing
        ("intake", "khan", "23 17:00", ("25 07:45", "25 07:50", "25 08:00")),
        ("intake", "hoa_toc", "23 23:58", ("24 00:03", "24 00:08", "24 00:28")),  # day and night
        ("dispatch", "normal", "23 16:00", ("23 17:00", "23 16:00", "25 12:00")),  # a wall time is not moved by lunch
        ("dispatch", "normal", "23 17:00", ("25 17:00", "25 16:00", "26 12:00")),
        ("dispatch", "khan", "23 17:00", ("23 17:00", "25 07:40", "25 07:45")),
        ("transport", "normal", "23 23:50", ("23 23:52", "24 00:05", "24 00:50")),
        ("assignment", "normal", "23 09:00", ("25 12:00", "25 15:00", "25 17:00")),
        ("recall_answer", "normal", "23 09:00", ("23 17:00", "25 12:00", "25 17:00")),
        ("verification", "thuong_khan", "23 09:00", ("23 09:00", "23 09:02", "23 09:05")),
    ],
)
def test_target_warning_and_breach(clock: str, urgency: str, start: str, moments: tuple[str, str, str]) -> None:
    """By the hours of who owes: 07:30-11:30 and 13:00-17:00."""
    found = what_if(
        clock, at(start), urgency, agency=COMMUNE, sender=PROVINCE, mode="", due=None, rulebook=rulebook()
    ).found

    assert moments == (local(found.target), local(found.warn), local(found.breach))


@pytest.mark.parametrize(
    ("due", "start", "moments"),
    [
        (date(2026, 11, 27), "23 09:00", ("27 17:00", "27 07:30", "27 17:00")),
        (
            date(2026, 11, 24),
            "23 09:00",
            ("25 17:00", "25 07:30", "25 17:00"),
        ),  # a day off: the next working day's close
        (date(2026, 11, 28), "23 09:00", ("30 17:00", "30 07:30", "30 17:00")),
        (date(2026, 11, 23), "23 09:00", ("23 17:00", "23 09:00", "23 17:00")),  # the warning lay before the start
        (date(2026, 11, 20), "23 09:00", ("23 09:00", "23 09:00", "20 17:00")),  # already past: stays as written
        (date(2026, 8, 22), "2026-08-20 09:00", ("2026-08-22 17:00", "2026-08-22 07:30", "2026-08-22 17:00")),
        (None, "23 09:00", (None, None, None)),
    ],
)
def test_a_due_date(due: date | None, start: str, moments: tuple[str | None, ...]) -> None:
    """The sender's DueDate means its close; on a day off that of the next working day; without one there is no moment."""
    found = what_if(
        "completion", at(start), "normal", agency=COMMUNE, sender=PROVINCE, mode="", due=due, rulebook=rulebook()
    ).found

    assert moments == (local(found.target), local(found.warn), local(found.breach))
    assert (due is not None) == found.timed
    assert bool(found.ladder) == found.timed


def test_a_due_date_already_past_is_breached_at_once() -> None:
    """Warning and breach are raised at the start; what follows is counted from the start, not from the lost day."""
    found = what_if(
        "completion",
        at("23 09:00"),
        "normal",
        agency=COMMUNE,
        sender=PROVINCE,
        mode="",
        due=date(2026, 11, 20),
        rulebook=rulebook(),
    ).found

    assert [(0, "23 09:00"), (1, "23 09:00"), (2, "23 14:30"), (3, "25 09:00"), (4, "26 09:00")] == [
        (rung.step, local(rung.at)) for rung in found.ladder
    ]


def test_a_target_or_warning_later_than_the_breach_is_at_the_breach() -> None:
    """An override may bring the breach forward."""
    found = what_if(
        "intake",
        at("23 09:00"),
        "normal",
        agency=COMMUNE,
        sender=PROVINCE,
        mode="",
        due=None,
        rulebook=rulebook(overrides=(f"clock: intake, agency: {COMMUNE}, breach: {{working: PT1H}}",)),
    ).found

    assert ["23 10:00"] * 3 == [local(each) for each in (found.target, found.warn, found.breach)]


@pytest.mark.parametrize(
    ("override", "breach"),
    [
        (f"clock: intake, agency: {COMMUNE}, breach: {{working: PT1H}}", "23 10:00"),
        ("clock: intake, level: commune, breach: {working: PT2H}", "23 11:00"),
        ('clock: intake, document_type: "công văn", breach: {working: PT30M}', "23 09:30"),
        ("clock: intake, urgency: khan, breach: {working: PT30M}", "25 17:00"),
        (f"clock: intake, agency: {PROVINCE}, breach: {{working: PT30M}}", "25 17:00"),
        (f"clock: transport, agency: {COMMUNE}, breach: {{working: PT30M}}", "25 17:00"),
    ],
)
def test_an_override_speaks_of_who_owes(override: str, breach: str) -> None:
    """By agency, level, document type and urgency of the duty; others are not touched."""
    found = what_if(
        "intake",
        at("23 09:00"),
        "normal",
        agency=COMMUNE,
        sender=PROVINCE,
        mode="",
        due=None,
        document_type="Công văn",
        rulebook=rulebook(overrides=(override,)),
    ).found

    assert breach == local(found.breach)


@pytest.mark.parametrize(
    ("clock", "start", "due", "provisional"),
    [
        ("intake", "2026-08-28 09:00", None, True),  # 31 August and 1 September are not confirmed
        ("transport", "2026-08-31 09:00", None, False),  # this clock does not read the calendar
        ("intake", "23 09:00", None, False),
        ("completion", "23 09:00", date(2027, 2, 5), True),
        ("completion", "23 09:00", date(2028, 1, 5), True),  # a year without rows
        ("completion", "2026-09-04 09:00", date(2026, 9, 1), False),  # past: no day lies between
        ("completion", "2026-08-28 09:00", None, False),  # no moment, no day
    ],
)
def test_a_day_that_may_change_makes_it_provisional(
    clock: str,
    start: str,
    due: date | None,
    provisional: bool,  # noqa: FBT001 - an example's column
) -> None:
    """Between start and breach, inclusive."""
    found = what_if(
        clock, at(start), "normal", agency=COMMUNE, sender=PROVINCE, mode="", due=due, rulebook=rulebook()
    ).found

    assert provisional == found.provisional


@pytest.mark.parametrize(
    ("clock", "mode", "owes", "debtor"),
    [
        ("transport", "push", "axis", AXIS),
        ("transport", "pull", "recipient", COMMUNE),
        ("transport", "", "recipient", COMMUNE),
        ("dispatch", "pull", "sender", PROVINCE),
        ("verification", "", "axis", AXIS),
        ("intake", "push", "recipient", COMMUNE),
    ],
)
def test_who_owes(clock: str, mode: str, owes: str, debtor: str) -> None:
    """Transport is owed by the recipient where nothing says push."""
    found = what_if(
        clock, at("23 09:00"), "normal", agency=COMMUNE, sender=PROVINCE, mode=mode, due=None, rulebook=rulebook()
    ).found

    assert (owes, debtor) == (found.owes, found.debtor)


def test_an_agency_nobody_knows_has_no_level_and_the_default_hours() -> None:
    """An override for a level does not reach it; the calendar says by which version it was worked out."""
    rules = rulebook(overrides=("clock: intake, level: commune, breach: {working: PT2H}",))
    found = what_if(
        "intake", at("23 09:00"), "normal", agency="000.99.99.H53", sender=PROVINCE, mode="", due=None, rulebook=rules
    ).found
    bare = what_if(
        "intake", at("23 09:00"), "normal", agency=COMMUNE, sender=PROVINCE, mode="", due=None,
        rulebook=replace(rules, versions={}),
    ).found  # fmt: skip

    assert ("25 17:00", "office-0800") == (local(found.breach), found.pattern.name)
    assert found.calendar_version == rules.versions["calendar"] != ""
    assert "" == bare.calendar_version


@pytest.mark.parametrize(("gone", "left"), [("breach", [0]), ("warn", [1, 2, 3, 4])])
def test_a_moment_that_does_not_exist_takes_its_steps_with_it(gone: str, left: list[int]) -> None:
    """Without a breach only the warning is left; without a warning the breach and what follows it."""
    override = f"clock: intake, urgency: normal, {gone}: {{due: DueDate, at: close, otherwise: none}}"
    found = what_if(
        "intake", at("23 09:00"), "normal", agency=COMMUNE, sender=PROVINCE, mode="", due=None,
        rulebook=rulebook(overrides=(override,)),
    ).found  # fmt: skip

    assert left == [rung.step for rung in found.ladder]
    assert "23 17:00" == local(found.target)
    assert found.first_step_at == {"breach": found.warn, "warn": found.breach}[gone]
