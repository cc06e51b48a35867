"""What an operator's act carries by which a document is decided again: the verdict, as it lay on `document.signed` (ADR 0023).

What the verifier refused is judged again by an act that carries its submission, as it lay on `document.submitted` (ADR 0036).
"""

import json

from schemas.codec import DecodeError
from schemas.events import DocumentSigned, DocumentSubmitted, OperatorActed
from schemas.keeping import keep, kept

ACTION = "redrive"
"""`OperatorActed.action`; its subject is the document key, its detail as `detail` writes it."""

REJUDGE = "rejudge"
"""The same of what the verifier refused: judged again by today's trust data, and decided if it passes."""

NOTE = "redriven:"
"""Begins the note of a delivery that such an act brought about; behind it stands the act's event id."""

SOURCE = "/lienthong/cli/redrive"


def detail(verdict: DocumentSigned) -> str:
    """Return what the act carries: which packet is meant, and the verdict to be acted on again."""
    return json.dumps({"sha256": verdict.content.sha256, "verdict": keep(verdict, source=SOURCE)})


def detail_to_judge(submitted: DocumentSubmitted) -> str:
    """Return what an act carries by which a packet is judged again."""
    return json.dumps({"sha256": submitted.content.sha256, "submitted": keep(submitted, source=SOURCE)})


def submission_in(act: OperatorActed) -> DocumentSubmitted | None:
    """Return the submission inside; None where the act is another, or holds none about its own subject."""
    if act.action != REJUDGE:
        return None
    try:
        submitted = kept(json.loads(act.detail)["submitted"], DocumentSubmitted)
    except (ValueError, LookupError, TypeError, RecursionError, DecodeError):
        return None
    return submitted if submitted.document_key == act.subject else None


def verdict_of(act: OperatorActed) -> DocumentSigned:
    """Return the verdict inside; raise ValueError, LookupError, TypeError or `DecodeError` where there is none."""
    said = json.loads(act.detail)
    verdict = kept(said["verdict"], DocumentSigned)
    if (verdict.document_key, verdict.content.sha256) != (act.subject, said["sha256"]):
        raise ValueError(f"a verdict about {verdict.document_key} in an act about {act.subject}")
    return verdict


def packet_of(act: OperatorActed) -> tuple[str, str] | None:
    """Return (document key, digest) of the packet that an act has decided again; None for any other act."""
    if act.action != ACTION:
        return None
    try:
        sha256 = json.loads(act.detail)["sha256"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (act.subject, sha256) if isinstance(sha256, str) else None
