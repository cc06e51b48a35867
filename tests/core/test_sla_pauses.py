"""Clocks that stand still: clarifications by agreed status codes, announced outages, several pauses of one clock; beside a minute by minute count."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from processors.sla.ladder import Climb
from processors.sla.obligations import Obligation
from processors.sla.rulebook import Rulebook
from schemas.reference import Reference
from schemas.reference.calendar import Calendar
from tests.core.routing_cases import COMMUNE, PROVINCE
from tests.core.sla_cases import Watcher, at, dispatched, duties, local, received, rules, said, steps
from tests.core.test_sla_new_rules import publish
from tests.core.test_sla_obligations import duties_of
from tests.reference_files import demo_files, present, sound

ASKED, GIVEN = "11", "12"
"""What the agencies of these tests agreed to mean by two codes of edXML that were never seen."""

CLARIFYING = f'clock: intake, from: "{ASKED}", to: ["{GIVEN}"], at_most: {{working: PT8H}}'
AWAY = "clock: intake, from: outage_began, to: [outage_ended]"


def pausing(*pauses: str, outages: tuple[tuple[str, str, str], ...] = ()) -> Reference:
    """Return the rules with these pauses more, and a calendar with these outages (agency, from, to)."""
    more = "".join(f"  - {{{each}}}\n" for each in pauses)
    text = demo_files()["sla.yaml"].decode().replace("pauses: ", f"pauses:\n{more}  # ", 1)
    rows = "".join(
        f'  - {{agency: {agency}, from: "{at(starts).isoformat()}", to: "{at(ends).isoformat()}", reason: mất điện}}\n'
        for agency, starts, ends in outages
    )
    calendar = demo_files()["calendar.yaml"].decode() + (f"outages:\n{rows}" if rows else "")
    found = rules().with_value("sla", sound("sla", {"sla.yaml": text.encode()}), f"sla {pauses}")
    return found.with_value("calendar", sound("calendar", {"calendar.yaml": calendar.encode()}), f"calendar {outages}")


def intake(reference: Reference, **facts: str) -> Obligation:
    """Return the duty to answer of a delivery received on Monday at nine; facts by name, `c11` for the code 11."""
    named = {name.removeprefix("c"): moment for name, moment in facts.items()}
    return duties_of({"received": "23 09:00", **named}, rules=Rulebook.of(reference))["intake"]


def test_a_clarification_stops_the_clock_until_it_is_given() -> None:
    """Asked at ten, given at 14:00: two and a half working hours later; while it is open, no step comes."""
    rules = pausing(CLARIFYING.partition(", at_most")[0])
    waits, goes_on = intake(rules, c11="23 10:00"), intake(rules, c11="23 10:00", c12="23 14:00")

    assert None is waits.next_step(Climb(), Rulebook.of(rules))
    assert ((at("23 10:00"), None),) == waits.pauses
    assert ("25 08:00", "26 10:00") == (local(goes_on.due.warn), local(goes_on.due.breach))
    assert "23 15:00" == local(intake(rules).due.warn)


def test_a_clarification_nobody_gives_does_not_stop_the_clock_for_ever() -> None:
    """`at_most` of eight working hours, from ten on Monday: over the holiday to ten on Wednesday, then it runs."""
    found = intake(pausing(CLARIFYING), c11="23 10:00")

    assert ((at("23 10:00"), at("25 10:00")),) == found.pauses
    assert "26 17:00" == local(found.due.breach)
    assert found.next_step(Climb(), Rulebook.of(pausing(CLARIFYING))) is not None


def test_without_a_word_in_the_rules_nothing_pauses() -> None:
    """The demo's rules know no clarification and no outage: codes and outages change nothing."""
    away = pausing(outages=((COMMUNE, "23 10:00", "23 14:00"),))

    assert intake(rules()).due.breach == intake(rules(), c11="23 10:00").due.breach == intake(away).due.breach


@pytest.mark.parametrize(
    ("outages", "breach", "pauses"),
    [
        (((COMMUNE, "23 10:00", "23 14:00"),), "26 10:00", 1),
        (((COMMUNE, "23 08:00", "23 10:00"),), "26 08:30", 1),  # it was away when the document came
        (((COMMUNE, "20 08:00", "23 09:00"),), "25 17:00", 0),  # over when it came
        (((COMMUNE, "23 18:00", "25 07:00"),), "25 17:00", 1),  # at night and on a holiday: no working time is lost
        (((PROVINCE, "23 10:00", "23 14:00"),), "25 17:00", 0),  # somebody else's
        (((COMMUNE, "23 10:00", "23 11:00"), (COMMUNE, "23 10:30", "23 11:30")), "26 09:00", 1),  # together 90 minutes
        (((COMMUNE, "23 10:00", "23 11:00"), (COMMUNE, "25 10:00", "25 11:00")), "26 09:30", 2),
        (((COMMUNE, "25 18:00", "26 12:00"),), "25 17:00", 1),  # begins when it is overdue: too late to help
    ],
)
def test_an_announced_outage_of_the_debtor_stops_its_clock(
    outages: tuple[tuple[str, str, str], ...], breach: str, pauses: int
) -> None:
    """Its end is known, so every moment behind its beginning lies so much working time later at once."""
    found = intake(pausing(AWAY, outages=outages))

    assert (breach, pauses) == (local(found.due.breach), len(found.pauses))


def test_an_outage_that_is_announced_moves_open_deadlines_and_says_so() -> None:
    """Received at nine; at ten the commune announces that it is away until 14:00: the duty is said again, with the pause."""
    watcher = Watcher(pausing(AWAY))
    watcher.hear(dispatched("23 08:50"), received("23 09:00"))
    publish(watcher, pausing(AWAY, outages=((COMMUNE, "23 10:00", "23 14:00"),)), "23 10:05")
    after = duties(watcher.wait_until("23 10:05"))["intake"]

    assert ("25 08:00", "26 10:00") == (local(after.warn_at), local(after.breach_at))
    assert (
        f"{at('23 10:00').astimezone(UTC).isoformat()}/{at('23 14:00').astimezone(UTC).isoformat()}",
    ) == after.pauses
    assert [] == steps(watcher.wait_until("23 16:00"))
    assert ["25 08:00"] == [each[4] for each in steps(watcher.wait_until("25 09:00"))]


def test_a_clarification_is_said_and_ends_by_the_event() -> None:
    """The recipient's own status of the agreed code; what is open says since when it stands still."""
    watcher = Watcher(pausing(CLARIFYING.partition(", at_most")[0]))
    watcher.hear(dispatched("23 08:50"), received("23 09:00"))
    asked = duties(watcher.hear(said(ASKED, "23 10:00")))["intake"]
    nothing = steps(watcher.wait_until("27 10:00"))
    given = duties(watcher.hear(said(GIVEN, "27 14:00")))["intake"]

    assert (f"{at('23 10:00').astimezone(UTC).isoformat()}/..",) == asked.pauses
    assert (None, None, []) == (asked.next_step, asked.next_step_at, nothing)
    assert "2026-12-01 10:00" == local(given.breach_at)


def test_who_holds_the_role_when_the_step_comes_is_told() -> None:
    """The clerk is replaced on Wednesday; the warning of Monday, which the outage moves to Wednesday, goes to the new one."""
    rows = demo_files()["contacts.csv"].decode().splitlines()
    clerk = next(row for row in rows if row.startswith(f"{COMMUNE},clerk,"))
    contacts = [rows[0] + ",valid_from,valid_to", *(f"{row},," for row in rows[1:] if row != clerk)]
    contacts += [f"{clerk},,2026-11-24", f"{COMMUNE},clerk,Người Mới,,,,moi@tinhx.example,2026-11-25,"]
    reference = pausing(AWAY, outages=((COMMUNE, "23 10:00", "23 14:00"),))
    files = {"contacts.csv": "\n".join(contacts).encode()}
    rungs = intake(reference.with_value("contacts", sound("contacts", files), "replaced")).due.ladder

    assert ("25 08:00", ["Người Mới"]) == (local(rungs[0].at), [each.name for each in rungs[0].to])


def test_many_pauses_beside_a_count_of_minutes() -> None:
    """Seeded: outages of any kind, overlapping, at night, over the holiday; the model walks every minute and counts the working ones outside."""
    chance = random.Random(7)
    for _ in range(20):
        pairs = [sorted(chance.sample(range(7 * 24 * 4), 2)) for _ in range(chance.randrange(1, 5))]
        quarter, monday = timedelta(minutes=15), at("23 00:00")
        spans = tuple((monday + quarter * a, monday + quarter * b) for a, b in pairs)
        reference = pausing(
            AWAY, outages=tuple((COMMUNE, f"{a:%Y-%m-%d %H:%M}", f"{b:%Y-%m-%d %H:%M}") for a, b in spans)
        )
        since = f"{chance.choice((23, 25, 26))} {chance.randrange(6, 19):02}:{chance.choice(('00', '15', '30'))}"
        found = duties_of({"received": since}, rules=Rulebook.of(reference), urgency="khan")["intake"].due
        calendar = present(reference.calendar)
        minutes = [_walked(at(since), left, spans, calendar) for left in (15, 20, 30)]

        assert minutes == [found.target, found.warn, found.breach], (since, spans)


def _walked(start: datetime, left: int, spans: tuple[tuple[datetime, datetime], ...], calendar: Calendar) -> datetime:
    """Return when so many working minutes outside of the outages have passed."""
    moment = start
    while left:
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        works = any(a <= minute < b for a, b in calendar.hours_on(calendar.pattern("office-0730"), day))
        left -= works and not any(a <= moment < b for a, b in spans)
        moment += timedelta(minutes=1)
    return moment.astimezone(UTC)
