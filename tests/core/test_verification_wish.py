"""What the verifier refused, judged again at an operator's wish: under newer data alone, with the identity it had, and once (ADR 0036)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from processors.verification.core import VerificationCore
from processors.verification.verdict import Judgement
from schemas import redriving
from schemas.events import DocumentHeld, DocumentRefused, DocumentSigned, DocumentSubmitted, OperatorActed
from schemas.ids import event_id
from tests.core.test_verification_core import (
    BROKEN,
    FIRST,
    HELD,
    KEY,
    MISSING,
    NOON,
    PASSED,
    SECOND,
    Rows,
    submitted,
    timer,
)


def wish(came: DocumentSubmitted, number: int = 1, **changes: Any) -> OperatorActed:
    """Return an operator's act about one submission."""
    act = OperatorActed(
        event_id=event_id("rejudge", KEY, str(number)),
        occurred_at=NOON,
        subject=KEY,
        action=redriving.REJUDGE,
        by="Nguyễn Văn A",
        reason="đã thêm chứng thư gốc",
        detail=redriving.detail_to_judge(came),
    )
    return replace(act, **changes)


def refused() -> tuple[Rows, DocumentRefused]:
    """Refuse a packet."""
    rows = Rows()
    [refusal] = rows.step(submitted(), BROKEN)
    assert isinstance(refusal, DocumentRefused)
    return rows, refusal


def test_it_passes_under_newer_data() -> None:
    """A verdict that takes the refusal's place, as of the first hand-over, by whom it was handed over; the act read again does nothing."""
    rows, refusal = refused()
    later = NOON + timedelta(days=3)
    [verdict] = rows.step(wish(submitted()), PASSED, SECOND, now=later)

    assert isinstance(verdict, DocumentSigned)
    assert (refusal.event_id, refusal.event_id) == (verdict.confirms, verdict.causation_id)
    assert (NOON, "folder:h53", later) == (verdict.submitted_at, verdict.submitted_by, verdict.occurred_at)
    for number in (1, 2):
        assert [] == rows.step(wish(submitted(), number), PASSED, SECOND)
        assert [] == rows.step(wish(submitted(), number), PASSED, replace(SECOND, epoch="three"))


def test_an_act_changes_nobodys_identity() -> None:
    """What the act says of who handed it over and when counts for nothing; the refusal's row knows."""
    rows, _ = refused()
    forged = replace(submitted("other", NOON + timedelta(days=2)), submitted_by="folder:other")
    [verdict] = rows.step(wish(forged), PASSED, SECOND)

    assert isinstance(verdict, DocumentSigned)
    assert (NOON, "folder:h53") == (verdict.submitted_at, verdict.submitted_by)
    [again] = rows.step(submitted(), BROKEN, SECOND)  # the log holds the submission twice: the verdict that stands
    assert verdict == replace(again, causation_id=verdict.causation_id)


@pytest.mark.parametrize("judgement", [BROKEN, MISSING])
def test_it_is_refused_again_or_waits(judgement: Judgement) -> None:
    """Both take the refusal's place; what waits is looked at again as ever."""
    rows, refusal = refused()
    [said] = rows.step(wish(submitted()), judgement, SECOND)

    assert said.causation_id == refusal.event_id
    if isinstance(said, DocumentRefused):
        assert (refusal.event_id, False) == (said.recalls, said.event_id == refusal.event_id)
        return
    assert isinstance(said, DocumentHeld)
    [signed] = rows.step(timer(), PASSED, replace(SECOND, epoch="three"))
    assert isinstance(signed, DocumentSigned)
    assert said.event_id == signed.confirms
    assert HELD not in rows.known


def test_the_same_data_would_say_the_same() -> None:
    """Nothing is judged, nothing is said."""
    rows, _ = refused()

    assert [] == rows.step(wish(submitted()), None, FIRST)


def test_only_what_was_refused_is_judged_again() -> None:
    """What passed, what waits, and what nobody ever judged are left alone."""
    for judgement in (PASSED, MISSING):
        rows = Rows()
        rows.step(submitted(), judgement)
        assert [] == rows.step(wish(submitted()), None, SECOND)
    assert [] == Rows().step(wish(submitted()), None, SECOND)


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "redrive"},
        {"subject": "f" * 32},
        {"detail": "{}"},
        {"detail": "["},
        {"detail": '{"submitted": "{}"}'},
    ],
)
def test_other_acts_and_nonsense_are_nobodys_business(changes: dict[str, Any]) -> None:
    """No rows are read for them, and nothing comes of them."""
    rows, _ = refused()
    act = wish(submitted(), **changes)

    assert [] == list(VerificationCore().keys(act))
    assert [] == rows.step(act, None, SECOND)


def test_the_submission_that_the_log_holds_twice_hands_nothing_over() -> None:
    """Also after an act that named another one: the refusal that stands is answered, under any data."""
    rows, _ = refused()
    [second] = rows.step(wish(replace(submitted(), event_id="other")), BROKEN, SECOND)
    [again] = rows.step(submitted(), PASSED, replace(SECOND, epoch="three"))

    assert again == replace(second, causation_id=again.causation_id)
