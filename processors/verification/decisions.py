"""What the verifier decided about one (document key, digest), small enough to remember without end, and the event it makes.

The same bytes handed over again get the same event from the same row (ADR 0003), so an event id never has two contents.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from processors.verification.verdict import Judgement
from schemas.events import (
    DocumentHeld,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Indication,
    Stage,
    Verdict,
)
from schemas.ids import event_id
from schemas.plain import plain_of
from schemas.reasons import sentence_vi

Kind = Literal["signed", "provisional", "held", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One verdict as an event, without what the submission itself says."""

    kind: Kind
    event_id: str
    decided_at: datetime
    causation_id: str
    epoch: str
    reason: str
    """The deciding code; empty when signed."""

    submitted_by: str
    submitted_at: datetime
    verdict: Verdict
    versions: dict[str, str] = field(default_factory=dict)
    element: str = ""
    supersedes: str = ""
    """Event id of the verdict that this one confirms or takes back."""

    submission: str = ""
    """Event id of the submission that was judged: a record of it that the log holds twice asks for nothing new."""

    tries: int = 1
    next_try_at: datetime | None = None

    @property
    def final(self) -> bool:
        """True where nothing is waited for."""
        return self.kind in ("signed", "refused")


def decide(
    submitted: DocumentSubmitted,
    judgement: Judgement,
    *,
    kind: Kind,
    now: datetime,
    epoch: str,
    versions: dict[str, str],
    **more: Any,
) -> Decision:
    """Make a decision; its event id is document key + digest + kind + reference epoch (+ try, where it waits)."""
    tries = more.get("tries", 1)
    named = f"held {tries}" if kind == "held" else kind
    return Decision(
        kind=kind,
        event_id=event_id("verdict", submitted.document_key, submitted.content.sha256, named, epoch),
        decided_at=now,
        epoch=epoch,
        reason=judgement.reason,
        submitted_by=submitted.submitted_by,
        submitted_at=submitted.occurred_at,
        submission=submitted.event_id,
        verdict=judgement.verdict,
        versions=versions,
        element=judgement.element,
        **more,
    )


def event_of(decision: Decision, submitted: DocumentSubmitted, *, causation_id: str = "") -> Event:
    """Return the event; `causation_id` names the submission or timer that asked, the first one by default."""
    shared: dict[str, Any] = {
        "event_id": decision.event_id,
        "occurred_at": decision.decided_at,
        "correlation_id": submitted.document_key,
        "causation_id": causation_id or decision.causation_id,
        "document_key": submitted.document_key,
        "sender": submitted.sender,
        "verdict": decision.verdict,
        "versions": decision.versions,
    }
    document_id = submitted.envelope.document_id
    match decision.kind:
        case "held":
            return DocumentHeld(
                **shared, content=submitted.content, document_id=document_id, tries=decision.tries,
                next_try_at=decision.next_try_at or decision.decided_at,
            )  # fmt: skip
        case "refused":
            return DocumentRefused(
                **shared, subject=submitted.document_key, document_id=document_id, sha256=submitted.content.sha256,
                submitted_by=decision.submitted_by, stage=Stage.VERIFICATION, reason=decision.reason,
                reasons=decision.verdict.reasons, element=decision.element, recalls=decision.supersedes,
                sentence_vi=sentence_vi(decision.reason, element=decision.element, detail=decision.element),
            )  # fmt: skip
        case "signed" | "provisional":
            return DocumentSigned(
                **shared, content=submitted.content, envelope=submitted.envelope, submitted_by=decision.submitted_by,
                submitted_at=decision.submitted_at, provisional=decision.kind == "provisional", confirms=decision.supersedes,
            )  # fmt: skip


def dump(decision: Decision) -> bytes:
    """Return the row's value."""
    return json.dumps(plain_of(Decision)(decision), sort_keys=True, ensure_ascii=False).encode()


def load(value: bytes | None) -> Decision | None:
    """Read a row's value; None stays None."""
    if value is None:
        return None
    row = json.loads(value)
    verdict = row.pop("verdict")
    return Decision(
        **row
        | {name: _moment(row[name]) for name in ("decided_at", "submitted_at", "next_try_at")}
        | {
            "verdict": Verdict(
                **verdict
                | {
                    "indication": Indication(verdict["indication"]),
                    "reasons": tuple(verdict["reasons"]),
                    "signed_at": _moment(verdict["signed_at"]),
                }
            )
        }
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
