"""The verifier: `step(event, known rows, judgement) -> events, changed rows`. The judgement itself is made by `pool`.

submitted ──► signed | provisional ─┐ (waits)        the same bytes again: the same event again (ADR 0003)
          ├─► held ─────────────────┤ a newer trust list or CRL, or the next try, judges again:
          └─► refused               └──► signed (confirms) | refused (recalls) | held again
                 └─ an operator's act, under newer reference data: judged again, by whom and when it was handed over (ADR 0036)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processors.verification import decisions, waiting
from processors.verification.decisions import Decision, Kind, event_of
from processors.verification.verdict import Judgement
from processors.verification.waiting import held_row, verdict_row, verdict_row_of
from schemas import redriving
from schemas.events import DocumentSubmitted, Event, OperatorActed, TimerFired
from schemas.reasons import REASONS
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Rest, Wake

RETRY_WITHIN = timedelta(minutes=5)
"""After a failure of ours."""

MAX_TRIES = 3
"""Tried again twice, then a person (decision 5)."""

LOOK_WITHIN = timedelta(hours=1)
"""While revocation data is missing: only a newer snapshot can change the verdict, and that wakes the row itself."""

OURS = frozenset({"RESOURCE_LIMIT", "INTERNAL_ERROR", "CONTENT_UNAVAILABLE"})


@dataclass(frozen=True, slots=True)
class VerificationCore:
    """Turns judgements into verdicts; all rows of a document lie under its key, in one partition."""

    wake_on_reference: tuple[str, ...] = (waiting.PREFIX,)
    """Rows to wake when reference data changes."""

    def keys(self, event: Event) -> Iterable[str]:
        """Name the verdict's row and, while it waits, the submission's."""
        match event:
            case DocumentSubmitted(document_key=key, content=content):
                return (verdict_row(key, content.sha256), held_row(key, content.sha256))
            case OperatorActed() if (submitted := redriving.submission_in(event)) is not None:
                key, sha256 = submitted.document_key, submitted.content.sha256
                return (verdict_row(key, sha256), held_row(key, sha256))
            case TimerFired(row=row):
                return (row, verdict_row_of(row))
            case _:
                return ()

    def step(
        self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime, prepared: Any = None
    ) -> Outcome:
        """Decide; `prepared` is a `Judgement`, or None where `to_judge` said that none is needed."""
        submitted = submission_of(event, known)
        if submitted is None:
            return Outcome()
        row = verdict_row(submitted.document_key, submitted.content.sha256)
        before = decisions.load(known.get(row))
        if isinstance(event, TimerFired):
            return _again(event, submitted, before, prepared, reference, now=now)
        if isinstance(event, OperatorActed):
            return _at_a_wish(submitted, before, prepared, reference, now=now)
        if before is not None and not _is_outdated(before, submitted, reference):
            return Outcome(events=(event_of(before, submitted, causation_id=event.event_id),))
        if prepared is None:
            raise ValueError("a submission that must be judged came without a judgement")
        decision = _decision(submitted, before, prepared, reference, now=now, cause=event.event_id)
        return _outcome(submitted, decision)


def submission_of(event: Event, known: Mapping[str, bytes]) -> DocumentSubmitted | None:
    """Return the submission that an event is about."""
    match event:
        case DocumentSubmitted():
            return event
        case TimerFired(row=row) if row in known:
            return waiting.load(known[row])
        case OperatorActed():
            return redriving.submission_in(event)
        case _:
            return None


def to_judge(event: Event, known: Mapping[str, bytes], reference: Reference) -> DocumentSubmitted | None:
    """Return what must be judged for this event, None where the rows already answer: a flood of repeats costs nothing."""
    submitted = submission_of(event, known)
    if submitted is None:
        return None
    before = decisions.load(known.get(verdict_row(submitted.document_key, submitted.content.sha256)))
    if isinstance(event, TimerFired):
        if before is None or before.final:
            return None
        tried = before.epoch == reference.epoch and (before.reason not in OURS or before.tries >= MAX_TRIES)
        return None if tried else submitted
    if isinstance(event, OperatorActed):
        return None if before is None or not _may_change(before, reference) else _as_handed_over(submitted, before)
    return submitted if before is None or _is_outdated(before, submitted, reference) else None


def _again(
    event: TimerFired,
    submitted: DocumentSubmitted,
    before: Decision | None,
    prepared: Judgement | None,
    reference: Reference,
    *,
    now: datetime,
) -> Outcome:
    """Judge a document that waits once more, or let it wait on."""
    if before is None or before.final:
        return Outcome(changes=(Forget(event.row),))
    if prepared is None:  # the same inputs would give the same verdict
        exhausted = before.reason in OURS
        return Outcome(changes=(Rest(event.row) if exhausted else Wake(event.row, now + LOOK_WITHIN),))
    decision = _decision(submitted, before, prepared, reference, now=now, cause=before.event_id)
    if decision.kind == before.kind == "provisional":  # nothing new to say
        return Outcome(changes=(Wake(event.row, now + LOOK_WITHIN),))
    return _outcome(submitted, decision)


def _at_a_wish(
    submitted: DocumentSubmitted,
    before: Decision | None,
    prepared: Judgement | None,
    reference: Reference,
    *,
    now: datetime,
) -> Outcome:
    """Judge once more what was refused; anything else, and what nobody ever judged, an act does not touch."""
    if before is None or prepared is None or not _may_change(before, reference):
        return Outcome()
    submitted = _as_handed_over(submitted, before)
    return _outcome(submitted, _decision(submitted, before, prepared, reference, now=now, cause=before.event_id))


def _may_change(before: Decision, reference: Reference) -> bool:
    return before.kind == "refused" and before.epoch != reference.epoch


def _as_handed_over(submitted: DocumentSubmitted, before: Decision) -> DocumentSubmitted:
    """Return the submission with who handed it over and when as the refusal knows them: an act changes neither."""
    return replace(
        submitted,
        event_id=before.submission or submitted.event_id,
        occurred_at=before.submitted_at,
        submitted_by=before.submitted_by,
    )


def _is_outdated(before: Decision, submitted: DocumentSubmitted, reference: Reference) -> bool:
    """Tell whether newer reference data may say otherwise to who hands the bytes over again; a record seen twice hands nothing over."""
    if before.kind in ("signed", "provisional") or before.submission == submitted.event_id:
        return False
    return before.epoch != reference.epoch


def _decision(
    submitted: DocumentSubmitted,
    before: Decision | None,
    judgement: Judgement,
    reference: Reference,
    *,
    now: datetime,
    cause: str,
) -> Decision:
    kind = kind_of(judgement, before)
    more: dict[str, Any] = {"causation_id": cause}
    if kind == "held":
        same = before is not None and before.kind == "held" and before.epoch == reference.epoch
        tries = before.tries + 1 if before is not None and same else 1
        last = judgement.reason in OURS and tries >= MAX_TRIES
        within = RETRY_WITHIN if judgement.reason in OURS else LOOK_WITHIN
        more |= {"tries": tries, "next_try_at": None if last else now + within}
    elif before is not None and (before.kind != "held" or kind == "signed"):
        more["supersedes"] = before.event_id
    return decisions.decide(
        submitted, judgement, kind=kind, now=now, epoch=reference.epoch, versions=dict(reference.versions), **more
    )


def kind_of(judgement: Judgement, before: Decision | None) -> Kind:
    """Decision 5: what becomes of a verdict."""
    if not judgement.reason or judgement.accepted:
        return "signed"
    if REASONS[judgement.reason].disposition != "hold":
        return "refused"
    if before is not None and before.kind == "provisional":
        return "provisional"  # what went out is taken back by a failure only, not by more waiting
    waits_for_crl = all(REASONS[code].provisional for code in judgement.finding.defects)
    return "provisional" if waits_for_crl and judgement.on_unknown == "provisional" else "held"


def _outcome(submitted: DocumentSubmitted, decision: Decision) -> Outcome:
    key, digest = submitted.document_key, submitted.content.sha256
    waits = held_row(key, digest)
    changes: list[Change] = [Put(verdict_row(key, digest), decisions.dump(decision))]
    if decision.final:
        changes.append(Forget(waits))
    else:
        changes.append(Put(waits, waiting.dump(submitted)))
        due = decision.next_try_at or (None if decision.kind == "held" else decision.decided_at + LOOK_WITHIN)
        changes.append(Wake(waits, due) if due else Rest(waits))
    return Outcome(events=(event_of(decision, submitted),), changes=tuple(changes))
