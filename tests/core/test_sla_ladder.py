"""Who is told at which step (decisions, "Ladder"): a step without a contact is skipped, a breach never comes early, roots have no parent."""

from dataclasses import replace

import pytest

from processors.sla.ladder import Climb, Rung, Span, next_rung, rungs
from processors.sla.parties import Gap, Parties
from processors.sla.rulebook import Rulebook
from processors.sla.whatif import what_if
from schemas.reference.sla import Party
from tests.core.routing_cases import COMMUNE, MINISTRY, PROVINCE, WARD
from tests.core.sla_cases import AXIS, at, local, rulebook

CLERK, HEAD, OPERATOR = "clerk", "head_of_office", "axis_operator"
START = "23 09:00"
WARN, BREACH = "23 15:00", "25 17:00"
"""Of a normal intake; so are four, eight and sixteen working hours later:"""

FOUR, EIGHT, SIXTEEN = "26 11:30", "26 17:00", "27 17:00"


def ladder(
    *without: tuple[str, str],
    agency: str = COMMUNE,
    sender: str = PROVINCE,
    clock: str = "intake",
    mode: str = "",
    urgency: str = "normal",
) -> tuple[Rung, ...]:
    """Return the ladder of a duty that began on Monday at nine, without some contacts."""
    found = what_if(
        clock,
        at(START),
        urgency,
        agency=agency,
        sender=sender,
        mode=mode,
        due=None,
        rulebook=rulebook(without=without),
    ).found
    return found.ladder


def shown(rungs: tuple[Rung, ...]) -> list[tuple[int, str | None, list[tuple[str, str]]]]:
    """Return step, moment, and whom it tells."""
    return [(rung.step, local(rung.at), [(each.organ_id, each.role) for each in rung.to]) for rung in rungs]


def test_the_whole_ladder() -> None:
    """Clerk; both clerks; head of office; parent's clerk; operator and parent's head. The district above ended: its parent is meant."""
    assert [
        (0, WARN, [(COMMUNE, CLERK)]),
        (1, BREACH, [(COMMUNE, CLERK), (PROVINCE, CLERK)]),
        (2, FOUR, [(COMMUNE, HEAD)]),
        (3, EIGHT, [(PROVINCE, CLERK)]),
        (4, SIXTEEN, [(AXIS, OPERATOR), (PROVINCE, HEAD)]),
    ] == shown(ladder())


def test_everybody_is_told_by_name() -> None:
    """A step names the person, the mailbox and the mobile."""
    assert all(each.name and each.mailbox and each.mobile for rung in ladder() for each in rung.to)


def test_the_next_step_takes_the_moment_of_one_without_contact() -> None:
    """No head of office: the parent is told after four hours, once; the last step keeps its own moment."""
    rungs = ladder((COMMUNE, HEAD))

    assert [(0, WARN), (1, BREACH), (3, FOUR), (4, SIXTEEN)] == [(rung.step, local(rung.at)) for rung in rungs]
    assert (Gap(organ_id=COMMUNE, role=HEAD),) == rungs[2].gaps


def test_two_skipped_steps_give_the_earlier_moment() -> None:
    """Neither head of office nor parent's clerk (who is also the sender's): the operator is told after four hours."""
    rungs = ladder((COMMUNE, HEAD), (PROVINCE, CLERK))

    assert [(0, WARN), (1, BREACH), (4, FOUR)] == [(rung.step, local(rung.at)) for rung in rungs]
    assert {Gap(organ_id=COMMUNE, role=HEAD), Gap(organ_id=PROVINCE, role=CLERK)} == {
        gap for rung in rungs for gap in rung.gaps
    }


def test_a_breach_never_comes_before_the_breach() -> None:
    """No clerk: nobody is told at the warning; the breach is told to the sender's clerk at its own moment."""
    rungs = ladder((COMMUNE, CLERK))

    assert [(1, BREACH, [(PROVINCE, CLERK)]), (2, FOUR, [(COMMUNE, HEAD)])] == shown(rungs)[:2]
    assert (Gap(organ_id=COMMUNE, role=CLERK),) == rungs[0].gaps


def test_a_sender_that_is_not_named_counts_as_a_contact() -> None:
    """A what-if without a sender shows the same steps."""
    assert [0, 1, 2, 3, 4] == [rung.step for rung in ladder(sender="")]
    assert (1, BREACH, [("", CLERK)]) == shown(ladder((COMMUNE, CLERK), sender=""))[0]


def test_above_a_root_nobody_is_missing() -> None:
    """The province owes: steps to its parent are skipped silently, the others are taken."""
    rungs = ladder(agency=PROVINCE, sender=COMMUNE)

    assert [
        (3, [(COMMUNE, CLERK)]),
        (4, [(AXIS, OPERATOR)]),
    ] == [(step, to) for step, _, to in shown(rungs)[3:]]
    assert [] == [gap for rung in rungs for gap in rung.gaps]


def test_who_took_the_place_of_an_ended_debtor_is_told() -> None:
    """The town ended in June 2025: what it owes is told to the clerk of the ward that came after it."""
    assert [(WARD, CLERK)] == shown(ladder(agency="000.00.30.H53"))[0][2]


def test_what_the_axis_owes_goes_to_its_operator() -> None:
    """Push transport: warning and breach only, sender and recipient at the breach."""
    assert [
        (0, "23 09:15", [(AXIS, OPERATOR)]),
        (1, "23 10:00", [(AXIS, OPERATOR), (PROVINCE, CLERK), (COMMUNE, CLERK)]),
    ] == shown(ladder(clock="transport", mode="push"))


def test_the_most_urgent_climbs_by_the_wall_clock() -> None:
    """Hỏa tốc hears the head of office at once and the operator twenty minutes after the breach."""
    assert [
        (0, "23 09:10", [(COMMUNE, CLERK), (COMMUNE, HEAD)]),
        (1, "23 09:30", [(COMMUNE, HEAD), (PROVINCE, CLERK)]),
        (2, "23 09:40", [(PROVINCE, CLERK), (PROVINCE, HEAD)]),
        (3, "23 09:50", [(AXIS, OPERATOR)]),
    ] == shown(ladder(urgency="hoa_toc"))


def test_where_nobody_can_be_told_the_fault_is_still_reported() -> None:
    """Push transport without operator and clerks: one rung that tells nobody and names who is missing."""
    (rung,) = ladder((AXIS, OPERATOR), (PROVINCE, CLERK), (COMMUNE, CLERK), clock="transport", mode="push")

    assert () == rung.to
    assert {AXIS, PROVINCE, COMMUNE} == {gap.organ_id for gap in rung.gaps}


def test_an_agency_of_another_root_has_its_own_parents() -> None:
    """A ministry owes: its own clerk and head, no parent."""
    assert [(MINISTRY, CLERK)] == shown(ladder(agency=MINISTRY))[0][2]
    assert 5 == len(ladder(agency=MINISTRY))


@pytest.mark.parametrize(("urgency", "again"), [("normal", "30 11:30"), ("khan", "27 17:30"), ("hoa_toc", "27 17:10")])
def test_the_last_step_is_raised_again(urgency: str, again: str) -> None:
    """After its interval, as the same step, and it is not listed in the ladder itself."""
    rules: Rulebook = rulebook()
    rungs = ladder()
    climb = Climb()
    for rung in rungs:
        assert rung == next_rung(rungs, climb, urgency, rules.calendar.pattern("office-0730"), rules)
        climb = climb.taken(rung)

    repeated = next_rung(rungs, climb, urgency, rules.calendar.pattern("office-0730"), rules)

    assert repeated is not None
    assert (4, again, rungs[-1].to) == (repeated.step, local(repeated.at), repeated.to)
    assert (4, 2) == (climb.taken(repeated).step, climb.taken(repeated).number)


def test_a_ladder_that_reaches_nobody_is_not_climbed_again() -> None:
    """The fault of the directory is reported once; there is nobody to repeat it to."""
    rules = rulebook()
    nobody = Rung(step=0, at=at(START), to=())

    assert next_rung((nobody,), Climb().taken(nobody), "normal", rules.calendar.pattern(), rules) is None
    assert next_rung((), Climb().taken(nobody), "normal", rules.calendar.pattern(), rules) is None


def test_an_urgency_without_an_interval_is_not_repeated() -> None:
    """`repeat` of sla.yaml names no interval: the last step is the last word."""
    rules = rulebook()
    silent = replace(rules, sla=replace(rules.sla, repeat={}))
    rungs = ladder()

    assert next_rung(rungs, Climb().taken(rungs[-1]), "normal", rules.calendar.pattern(), rules) is not None
    assert next_rung(rungs, Climb().taken(rungs[-1]), "normal", rules.calendar.pattern(), silent) is None


def test_a_climb_remembers_everybody_once() -> None:
    """The clerk of the second step was told at the first."""
    climb = Climb()
    for rung in ladder()[:3]:
        climb = climb.taken(rung)

    assert [(COMMUNE, CLERK), (PROVINCE, CLERK), (COMMUNE, HEAD)] == [(each.organ_id, each.role) for each in climb.told]
    assert (2, 1, FOUR) == (climb.step, climb.number, local(climb.at))


def test_who_is_missing_at_the_last_step_is_reported_at_the_step_before() -> None:
    """Neither operator nor the parent's head: the ladder ends at step 3, which names both gaps."""
    rungs = ladder((AXIS, OPERATOR), (PROVINCE, HEAD))

    assert [(0, WARN), (1, BREACH), (2, FOUR), (3, EIGHT)] == [(rung.step, local(rung.at)) for rung in rungs]
    assert {Gap(organ_id=AXIS, role=OPERATOR), Gap(organ_id=PROVINCE, role=HEAD)} == set(rungs[-1].gaps)
    assert ((), (), ()) == tuple(rung.gaps for rung in rungs[:3])


def test_the_rung_that_tells_nobody_is_the_first_step() -> None:
    """It stands at the last moment at which somebody should have been told."""
    (rung,) = ladder((AXIS, OPERATOR), (PROVINCE, CLERK), (COMMUNE, CLERK), clock="transport", mode="push")

    assert (0, "23 10:00") == (rung.step, local(rung.at))


def test_a_ladder_with_nobody_above_and_nobody_missing_is_empty() -> None:
    """Only the parent is to be told, and a root has none."""
    rules = rulebook()
    found = ladder(agency=PROVINCE, sender=COMMUNE)
    step = replace(rules.sla.ladder_for("intake", "recipient", "normal")[1], to=(Party(of="parent", role=CLERK),))
    span = Span(since=at(START), warn=None, breach=found[1].at, pattern=rules.calendar.pattern())

    assert () == rungs(span, (step,), Parties(debtor=PROVINCE), rules)
    assert 1 == len(rungs(span, (step,), Parties(debtor=COMMUNE), rules))


def test_who_hands_a_document_over_is_its_sender_without_being_named_again() -> None:
    """Of `dispatch` the agency asked about *is* the sender: its clerk stands in the ladder once, not as somebody unknown."""
    asked = ladder(agency=PROVINCE, sender="", clock="dispatch")

    assert [(PROVINCE, CLERK)] == shown(asked)[1][2]
    assert asked == ladder(agency=PROVINCE, sender=PROVINCE, clock="dispatch")
