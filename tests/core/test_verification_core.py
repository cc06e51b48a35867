"""The verifier's core: judgements to events, waiting rows, repeats (decisions 5 and 7, ADR 0003)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from processors.verification import decisions, waiting
from processors.verification.core import MAX_TRIES, VerificationCore, to_judge
from processors.verification.defects import found
from processors.verification.verdict import Judgement
from schemas.events import (
    ContentRef,
    DocumentHeld,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    TimerFired,
)
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Rest, Wake

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
KEY, DIGEST = "0123456789abcdef0123456789abcdef", "ab" * 32
HELD = waiting.held_row(KEY, DIGEST)
FIRST = Reference(versions={"crl": "1"}, epoch="one")
SECOND = Reference(versions={"crl": "2"}, epoch="two")
PASSED = Judgement(finding=found([]), signatures_found=2, signatures_judged=2, signed_at=NOON, time_source="receipt")
MISSING = Judgement(finding=found(["CRL_MISSING"]), signatures_found=2, signatures_judged=2)
BROKEN = Judgement(finding=found(["HASH_FAILURE"]), signatures_found=2, signatures_judged=2)
CRASHED = Judgement(finding=found(["RESOURCE_LIMIT"]))
PROVISIONAL = replace(MISSING, on_unknown="provisional")


def submitted(event_id: str = "s1", at: datetime = NOON) -> DocumentSubmitted:
    """Return a submission."""
    return DocumentSubmitted(
        event_id=event_id,
        occurred_at=at,
        recorded_at=at,
        correlation_id=KEY,
        document_key=KEY,
        content=ContentRef(sha256=DIGEST, size=10, media_type="application/octet-stream"),
        envelope=Envelope(
            document_id="000.00.00.H53,2026-11-16,1/UBND", sender="000.00.00.H53", recipients=("000.00.05.H53",)
        ),
        sender="000.00.00.H53",
        submitted_by="folder:h53",
        channel="folder",
    )


class Rows:
    """A partition's rows, as the shell keeps them."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self.due: dict[str, datetime] = {}

    def step(
        self, event: Event, judgement: Judgement | None, reference: Reference = FIRST, now: datetime = NOON
    ) -> list[Event]:
        """Run one step as the shell does: the judgement is there only where it was asked for."""
        core = VerificationCore()
        known = {row: self.known[row] for row in core.keys(event) if row in self.known}
        wanted = to_judge(event, known, reference)
        outcome: Outcome = core.step(event, known, reference, now, judgement if wanted else None)
        for change in outcome.changes:
            self._apply(change)
        return list(outcome.events)

    def _apply(self, change: Change) -> None:
        match change:
            case Put(row, value):
                self.known[row] = value
            case Forget(row):
                self.known.pop(row, None)
                self.due.pop(row, None)
            case Wake(row, due_at):
                self.due[row] = due_at
            case Rest(row):
                self.due.pop(row, None)


def timer(at: datetime = NOON) -> TimerFired:
    """Return the wake-up of the waiting row."""
    return TimerFired(event_id="t", occurred_at=at, row=HELD, due_at=at)


def test_passed_is_signed() -> None:
    """A pass is an event that may be carried; nothing waits."""
    rows = Rows()
    [event] = rows.step(submitted(), PASSED)

    assert isinstance(event, DocumentSigned)
    assert (False, "", {"crl": "1"}) == (event.provisional, event.confirms, event.versions)
    assert Indication.TOTAL_PASSED == event.verdict.indication
    assert (KEY, "s1", NOON) == (event.key, event.causation_id, event.submitted_at)
    assert HELD not in rows.known


def test_a_failure_is_refused_with_a_sentence() -> None:
    """A refusal names the deciding code and says it in Vietnamese."""
    [event] = Rows().step(submitted(), BROKEN)

    assert isinstance(event, DocumentRefused)
    assert ("HASH_FAILURE", ("HASH_FAILURE",), KEY) == (event.reason, event.reasons, event.subject)
    assert event.sentence_vi


def test_missing_revocation_data_waits_and_a_newer_list_ends_it() -> None:
    """From held -> (newer epoch) -> signed, which confirms the held one."""
    rows = Rows()
    [held] = rows.step(submitted(), MISSING)
    assert isinstance(held, DocumentHeld)
    assert (1, rows.due[HELD]) == (held.tries, held.next_try_at)

    [signed] = rows.step(timer(), PASSED, SECOND)

    assert isinstance(signed, DocumentSigned)
    assert (held.event_id, False) == (signed.confirms, signed.provisional)
    assert (HELD in rows.known, HELD in rows.due) == (False, False)


def test_the_same_reference_data_are_not_asked_twice() -> None:
    """The hourly look finds the same epoch: no judgement, no event, only the next look."""
    rows = Rows()
    rows.step(submitted(), MISSING)
    later = NOON + timedelta(hours=1)

    assert [] == rows.step(timer(later), None, now=later)
    assert later + timedelta(hours=1) == rows.due[HELD]


def test_a_provisional_document_is_confirmed() -> None:
    """Missing revocation data where the policy lets the class pass: carried now, confirmed later."""
    rows = Rows()
    [first] = rows.step(submitted(), PROVISIONAL)
    assert isinstance(first, DocumentSigned)
    assert first.provisional

    [second] = rows.step(timer(), PASSED, SECOND)

    assert isinstance(second, DocumentSigned)
    assert (first.event_id, False) == (second.confirms, second.provisional)
    assert first.event_id != second.event_id


def test_a_provisional_document_is_taken_back() -> None:
    """The list came, and the signer was revoked: a refusal that recalls."""
    rows = Rows()
    [first] = rows.step(submitted(), PROVISIONAL)
    revoked = Judgement(finding=found(["REVOKED_NO_POE"]))
    [second] = rows.step(timer(), revoked, SECOND)

    assert isinstance(second, DocumentRefused)
    assert (first.event_id, "REVOKED_NO_POE") == (second.recalls, second.reason)
    assert HELD not in rows.known


def test_another_defect_beside_the_missing_list_is_not_provisional() -> None:
    """Provisional only where the sole defect is revocation data."""
    both = replace(PROVISIONAL, finding=found(["CRL_MISSING", "RESOURCE_LIMIT"]))

    assert isinstance(Rows().step(submitted(), both)[0], DocumentHeld)


def test_a_crash_is_tried_again_twice_then_left_to_a_person() -> None:
    """RESOURCE_LIMIT: three tries, each an event with an id of its own, then no more wake-ups."""
    rows = Rows()
    events = rows.step(submitted(), CRASHED)
    while HELD in rows.due:
        events += rows.step(timer(), CRASHED, now=rows.due[HELD])

    assert [1, 2, 3] == [event.tries for event in events if isinstance(event, DocumentHeld)]
    assert MAX_TRIES == len({event.event_id for event in events})
    assert HELD in rows.known


def test_the_same_bytes_again_repeat_the_verdict() -> None:
    """Only the causation differs, even under newer reference data and another principal."""
    rows = Rows()
    [first] = rows.step(submitted(), PASSED)
    again = replace(submitted("s2", NOON + timedelta(days=1)), submitted_by="folder:other")
    [second] = rows.step(again, BROKEN, SECOND)

    assert first == replace(second, causation_id=first.causation_id)
    assert "s2" == second.causation_id


def test_a_refusal_is_judged_again_under_newer_reference_data() -> None:
    """The same bytes after a new trust list: a new verdict that supersedes the refusal."""
    rows = Rows()
    [first] = rows.step(submitted(), BROKEN)
    [second] = rows.step(submitted("s2"), PASSED, SECOND)

    assert isinstance(second, DocumentSigned)
    assert first.event_id == second.confirms


def test_a_row_that_is_gone_wakes_nobody() -> None:
    """A timer of a row that was settled meanwhile changes nothing."""
    assert [] == Rows().step(timer(), None)


def test_a_decision_survives_its_row() -> None:
    """load(dump(x)) == x."""
    rows = Rows()
    rows.step(submitted(), MISSING)
    value = rows.known[waiting.verdict_row(KEY, DIGEST)]
    decision = decisions.load(value)

    assert decision is not None
    assert value == decisions.dump(decision)
