"""One handed-over packet, by document key and digest: what every event about it says, joined whatever the order; pure.

A row is a mapping with the columns of `SUBMISSION`. Verdicts are kept one by one, so that a superseded one is known as such.
"""

from collections.abc import Mapping
from typing import Any

from schemas import redriving
from schemas.events import (
    DocumentHeld,
    DocumentRefused,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    OperatorActed,
    Stage,
)

SUBMITTED, HELD, PROVISIONAL, SIGNED, REFUSED = "submitted", "held", "provisional", "signed", "refused"
STRENGTH = {HELD: 0, PROVISIONAL: 1, SIGNED: 1, REFUSED: 1}
"""A final verdict stands over any held one; among final ones the latest."""

REDRIVEN = "redriven:"
"""Begins the mark of a packet that an operator had decided again; behind it stands when. Earlier refusals are over by it (ADR 0023)."""

Row = Mapping[str, Any]


def key_of(event: Event) -> tuple[str, str] | None:
    """Return (document key, digest) of the packet an event is about; None for events about something else."""
    match event:
        case DocumentSubmitted() | DocumentSigned() | DocumentHeld():
            return event.document_key, event.content.sha256
        case OperatorActed():
            return redriving.packet_of(event)
        case DocumentRepeated():
            return event.document_key, event.sha256
        case DocumentRefused(about_status=False, addressed="") if (
            event.document_key and event.stage is not Stage.INTAKE
        ):
            return event.document_key, event.sha256
        case _:
            return None


def empty(key: tuple[str, str]) -> dict[str, Any]:
    """Return the row of a packet of which nothing is known yet."""
    return {
        "document_key": key[0],
        "sha256": key[1],
        **dict.fromkeys(("document_id", "sender", "subject", "type_name", "reason"), ""),
        "contents_sha256": None,
        "first": None,
        "handed_over": 0,
        "repeats": 0,
        "verdicts": {},
        "superseded": [],
        "state": SUBMITTED,
    }


def fold(row: Row, event: Event) -> dict[str, Any]:
    """Return the row with what one event says; every event is folded once."""
    new = dict(row) | _described(row, event)
    match event:
        case DocumentSubmitted():
            said = [event.occurred_at.isoformat(), event.event_id, event.submitted_by, event.channel]
            new["first"] = min(row["first"] or said, said)
            new["handed_over"] = row["handed_over"] + 1
        case DocumentRepeated():
            new["repeats"] = row["repeats"] + 1
        case DocumentSigned():
            kind = PROVISIONAL if event.provisional else SIGNED
            new = _judged(new, event, kind, event.verdict.reasons[:1], event.confirms)
        case DocumentHeld():
            new = _judged(
                new, event, HELD, event.verdict.reasons[:1], event.causation_id
            )  # of a verdict, or of no one's
        case DocumentRefused():
            new = _judged(new, event, REFUSED, (event.reason,), event.recalls)
        case OperatorActed():
            new["superseded"] = sorted({*row["superseded"], REDRIVEN + event.occurred_at.isoformat()})
        case _:
            return dict(row)
    return new | standing(new)


def _described(row: Row, event: Event) -> dict[str, str]:
    """Return what the packet says of itself; equal bytes say the same, and the greater text wins over an empty one."""
    envelope = getattr(event, "envelope", None)
    found = {
        "document_id": envelope.document_id if envelope else getattr(event, "document_id", ""),
        "sender": getattr(event, "sender", ""),
        "subject": envelope.subject if envelope else "",
        "type_name": envelope.type_name if envelope else "",
        "contents_sha256": envelope.contents_sha256 if envelope else "",
    }
    return {name: max(row[name] or "", value) for name, value in found.items()}


def _judged(row: dict[str, Any], event: Event, kind: str, reasons: tuple[str, ...], ends: str) -> dict[str, Any]:
    verdict = {"kind": kind, "at": event.occurred_at.isoformat(), "reason": reasons[0] if reasons else ""}
    superseded = {*row["superseded"], *([ends] if ends else [])}
    return row | {"verdicts": {**row["verdicts"], event.event_id: verdict}, "superseded": sorted(superseded)}


def standing(row: Row) -> dict[str, str]:
    """Return state and reason: the current verdict, which no later one confirmed or recalled, and no operator's act took away."""
    redriven = max((each.removeprefix(REDRIVEN) for each in row["superseded"] if each.startswith(REDRIVEN)), default="")
    current = [
        (STRENGTH[verdict["kind"]], verdict["at"], event_id, verdict)
        for event_id, verdict in row["verdicts"].items()
        if event_id not in row["superseded"] and not (verdict["kind"] == REFUSED and verdict["at"] <= redriven)
    ]
    if not current:
        return {"state": SUBMITTED, "reason": ""}
    verdict = max(current, key=lambda each: each[:3])[3]
    return {"state": verdict["kind"], "reason": verdict["reason"]}
