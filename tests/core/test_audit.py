"""The audit: a clean life is lawful, in any order of topics; each way to break the law is seen, once and by its name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from infra.audit.law import Findings, judge
from infra.audit.reading import enter_all
from infra.letters import acts
from schemas.events import Act
from schemas.ids import event_id
from tests.connectors import life as of
from tests.connectors.life import COMMUNE
from tests.core import audit_broken_alerts, audit_redriven, audit_related
from tests.core.audit_life import Life, clean, dead, on_the_log
from tests.core.audit_violations import Plant, again, gone


def found(life: Life) -> Findings:
    """Audit a life."""
    return judge(enter_all(on_the_log(life.values())))


def test_a_clean_life_is_lawful() -> None:
    """Held and let pass, repeated, refused in part and as a whole, taken back, three kinds of answers to statuses."""
    assert Findings(lost=(), duplicate_effects=(), unexplained=()) == found(clean())


PLANTED = {each.id: each for some in (audit_broken_alerts, audit_redriven, audit_related) for each in some.VIOLATIONS}


@pytest.mark.parametrize(("plant", "kind", "says"), PLANTED.values())
def test_a_planted_violation_is_found(plant: Plant, kind: str, says: str) -> None:
    """Each is the only thing found, under its kind, in its words."""
    life = clean()
    plant(life)
    seen = found(life)

    every = {name: getattr(seen, name) for name in ("lost", "duplicate_effects", "unexplained")}
    assert {name: 1 if name == kind else 0 for name in every} == {name: len(each) for name, each in every.items()}
    assert says in every[kind][0]


def test_a_status_that_says_it_was_there_in_time_takes_the_step_back() -> None:
    """Taken away in the twentieth minute, the step of the eighteenth not taken yet; a status then says it came in the seventeenth."""
    life = clean()
    gone(life, "firing", "still owed", "resolved")
    earlier = of.owed("transport", 17, closed_by="03", due=63)
    life["said to be done"] = replace(earlier, event_id=event_id("said to be done"), recorded_at=of.at(22))

    assert Findings(lost=(), duplicate_effects=(), unexplained=()) == found(life)
    del life["said to be done"]
    assert 1 == len(found(life).lost)


def test_a_step_that_the_log_shows_as_taken_must_have_been_said() -> None:
    """The same, but the ladder had climbed past the step of the eighteenth minute: its alert is lost, in time after all or not."""
    life = clean()
    gone(life, "firing", "resolved")
    earlier = of.owed("transport", 17, closed_by="03", due=63)
    life["said to be done"] = replace(earlier, event_id=event_id("said to be done"), recorded_at=of.at(22))

    assert 1 == len(found(life).lost)


def test_a_document_decided_again_is_lawful() -> None:
    """An operator's act lets a refused recipient have it after all."""
    life = clean()
    audit_redriven.redriven(life)

    assert Findings(lost=(), duplicate_effects=(), unexplained=()) == found(life)


def test_topics_may_be_read_in_any_order() -> None:
    """The audit reads partition by partition: outcomes may come long before their submission."""
    records = list(on_the_log(clean().values()))
    for order in (
        sorted(records, key=lambda each: each.topic, reverse=True),
        sorted(records, key=lambda each: each.topic),
    ):
        assert judge(enter_all(order)).ok


def test_updates_are_many() -> None:
    """A document may be updated again and again, each time with other bytes; the same update once."""
    life: Life = {}
    for number, sha256 in enumerate(("1" * 64, "2" * 64)):
        content = replace(of.CONTENT, sha256=sha256)
        envelope = replace(of.ENVELOPE, recipients=(COMMUNE,), business_type=2)
        own: dict[str, Any] = {"content": content, "envelope": envelope}
        came = of.submitted(event_id=f"update {number}", **own)
        passed = of.signed(event_id=f"signed {number}", causation_id=came.event_id, **own)
        sent = of.dispatched(
            COMMUNE, event_id=f"sent {number}", content=content, act=Act.UPDATE, causation_id=passed.event_id
        )
        life |= {f"came {number}": came, f"passed {number}": passed, f"sent {number}": sent}
    assert found(life).ok

    again(life, "sent 1")
    assert found(life).duplicate_effects


def test_an_older_case_is_not_named() -> None:
    """`since` leaves out what was handed over before; the law itself reads everything."""
    life = clean()
    gone(life, "repeated", "arrived acknowledged")
    books = enter_all(on_the_log(life.values()))

    assert 2 == len(judge(books, since=of.NOON).lost)
    assert () == judge(books, since=of.NOON + timedelta(days=1)).lost


def test_a_dead_letter_of_the_step_that_owes_is_an_outcome() -> None:
    """A submission that the verifier buried is not lost; one that the register buried is."""
    record, *_ = on_the_log([of.submitted()])

    assert judge(enter_all([record, dead(record, "verifier")])).ok
    assert 1 == len(judge(enter_all([record, dead(record, "register")])).lost)


def test_a_verdict_that_the_router_buried_is_an_outcome() -> None:
    """Signed, and the router could not take it: a dead letter for all recipients; another app's excuses nobody."""
    came = of.submitted()
    records = list(on_the_log([came, of.signed(causation_id=came.event_id)]))

    assert judge(enter_all([*records, dead(records[1], "router")])).ok
    assert 3 == len(judge(enter_all([*records, dead(records[1], "watcher")])).lost)


def test_a_replayed_dead_letter_must_be_answered() -> None:
    """What was buried and put on its topic again is owed an outcome again."""
    first, again_ = on_the_log([of.submitted(), of.submitted()])

    assert 1 == len(judge(enter_all([first, dead(first, "verifier"), again_])).lost)


def test_bytes_that_are_no_event_must_be_a_dead_letter() -> None:
    """Unreadable and buried by anybody: explained; unreadable and passed over: not."""
    record, *_ = on_the_log([of.submitted()])
    odd = replace(record, value=b"\x00odd")

    assert 1 == len(judge(enter_all([odd])).unexplained)
    assert judge(enter_all([odd, dead(odd, "verifier", "DECODE_ERROR")])).ok


def test_a_dead_letter_of_no_record_is_unexplained() -> None:
    """Its coordinates must lie on the log."""
    record, *_ = on_the_log([of.submitted()])
    (found_,) = judge(enter_all([dead(record, "verifier")])).unexplained

    assert "which is not on the log" in found_


def test_a_timer_that_broke_is_lost_until_an_operator_sets_it_aside() -> None:
    """It lies at no offset, so nothing else shows that something was due; written twice it is one; discarded it is accounted for."""
    record, *_ = on_the_log([of.submitted()])
    timer = replace(record, topic="timer.watcher", offset=-1, key=b"case", value=b"2026-11-23T08:00:00+00:00")
    letters = [dead(timer, "watcher"), dead(timer, "watcher", offset=1)]
    (lost,) = judge(enter_all(letters)).lost
    assert "dead-letter-" in lost

    letter = f"dead-letter-{record.partition}-0"
    act = acts.Act(doing=acts.Doing.DISCARD, letter=letter, tries=1, by="operator", why="done by hand")
    assert {"INTERNAL_ERROR": 1} == enter_all(letters).log.dead_letters
    discarded = replace(acts.acted(act, {}, now=of.NOON), recorded_at=of.NOON)
    assert judge(enter_all([*letters, *on_the_log([discarded])])).ok


def test_a_dead_letter_written_twice_is_counted_once() -> None:
    """A crash between the dead letter and the position writes it again; two apps' are two."""
    record, *_ = on_the_log([of.submitted()])
    letters = [dead(record, "verifier"), dead(record, "verifier", offset=1), dead(record, "register", offset=2)]

    assert {"INTERNAL_ERROR": 2} == enter_all([record, *letters]).log.dead_letters


def test_what_was_judged_again_has_one_current_verdict() -> None:
    """Refused; handed over again under newer reference data and held; then signed by a timer (ADR 0003)."""
    first, second = of.submitted(), of.submitted(event_id="second")
    no = of.refused(causation_id=first.event_id)
    waits = of.held(causation_id=second.event_id)
    life: Life = {"first": first, "no": no, "second": second, "waits": waits}
    assert found(life).ok

    yes = of.signed(causation_id=waits.event_id, confirms=waits.event_id)
    life |= {"yes": yes, "sent": of.dispatched(causation_id=yes.event_id, addressed=of.ENVELOPE.recipients)}
    assert found(life).ok


def test_a_repeat_of_what_waits_needs_no_second_answer() -> None:
    """The same bytes twice while held: both got the held verdict, and one outcome follows."""
    first, second = of.submitted(), of.submitted(event_id="second")
    waits = of.held(causation_id=first.event_id)
    yes = of.signed(causation_id=waits.event_id, confirms=waits.event_id)
    life: Life = {
        "first": first,
        "second": second,
        "waits": waits,
        "again": replace(waits, causation_id=second.event_id),
    }
    life |= {"yes": yes, "sent": of.dispatched(causation_id=yes.event_id, addressed=of.ENVELOPE.recipients)}

    assert found(life).ok


def test_several_tries_of_a_held_document_end_in_one() -> None:
    """Held, held again by its timer, then refused, which names no earlier verdict."""
    first = of.submitted()
    waits = of.held(causation_id=first.event_id)
    on = of.held(causation_id=waits.event_id, event_id="try 2", tries=2)
    life: Life = {"first": first, "waits": waits, "on": on}
    assert found(life).ok

    life["no"] = of.refused(causation_id=on.event_id)
    assert found(life).ok


def test_what_was_taken_back_unsent_needs_no_answer() -> None:
    """Provisional, refused before the router read it, then signed for a later try: the later verdict alone is acted on."""
    first, second = of.submitted(), of.submitted(event_id="second")
    passed = of.signed(event_id="provisional", causation_id=first.event_id, provisional=True)
    no = of.refused("REVOKED", causation_id=passed.event_id, recalls=passed.event_id)
    yes = of.signed(causation_id=second.event_id, confirms=no.event_id)
    life: Life = {"first": first, "passed": passed, "no": no, "second": second, "yes": yes}
    life["sent"] = of.dispatched(causation_id=yes.event_id, addressed=of.ENVELOPE.recipients)

    assert found(life).ok


def test_a_repeat_behind_newer_records_takes_nothing_back() -> None:
    """A worker that was frozen, or a message delivered twice, says again what stood before; for another cause it stands so again."""
    life = clean()
    life["owed, once more"] = life["owed"]
    assert Findings(lost=(), duplicate_effects=(), unexplained=()) == found(life)

    life["owed, once more"] = replace(life["owed"], causation_id=event_id("taken back"))
    (lost,) = found(life).lost
    assert "was due at" in lost
