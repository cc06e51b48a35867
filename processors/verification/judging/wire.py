"""What goes over the pipe between the pool and its workers.

Down: pickles (the parent is trusted): reference data once for each epoch, then jobs. Up: one JSON object a line and nothing
else, because whoever takes over a worker by a hostile file must not be able to hand the parent an object.
"""

import base64
import json
import pickle
import struct
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from processors.verification.asked import Asked
from processors.verification.defects import Finding
from processors.verification.steps import Step
from processors.verification.verdict import Judgement
from schemas.reasons import REASONS
from schemas.reference import Reference

LENGTH = struct.Struct(">Q")
NEEDED = ("directory", "identities", "signature_policy", "secrecy", "trust", "crl")
"""Reference kinds that a judgement reads; the epoch names them all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to judge."""

    asked: Asked
    epoch: str


def needed_of(reference: Reference) -> Reference:
    """Return the part of the reference data that workers need, under the same versions and epoch."""
    kept: dict[str, Any] = {kind: getattr(reference, kind) for kind in NEEDED}
    return replace(Reference(), **kept, versions=dict(reference.versions), epoch=reference.epoch)


def pack(message: Reference | Job) -> bytes:
    """Frame a message for a worker."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def read(stream: BinaryIO) -> Reference | Job | None:
    """Read one message in the worker; None when the parent is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    body = stream.read(LENGTH.unpack(head)[0])
    message: Reference | Job = pickle.loads(body)  # noqa: S301 - from the parent, over its own pipe
    return message


def answer(judgement: Judgement) -> bytes:
    """Return a judgement as one line; the signatures are in the evidence."""
    row = {
        "defects": judgement.finding.defects,
        "warnings": judgement.finding.warnings,
        "found": judgement.signatures_found,
        "judged": judgement.signatures_judged,
        "signed_at": judgement.signed_at.isoformat() if judgement.signed_at else None,
        "time_source": judgement.time_source,
        "policy": judgement.policy,
        "accepted": judgement.accepted,
        "on_unknown": judgement.on_unknown,
        "element": judgement.element,
        "seconds": dict(judgement.seconds),
        "evidence": base64.b64encode(judgement.evidence).decode(),
        "evidence_sha256": judgement.evidence_sha256,
    }
    return json.dumps(row).encode() + b"\n"


def judgement_of(line: bytes) -> Judgement:
    """Read an answer; raise ValueError, TypeError or LookupError for anything that is none."""
    row = json.loads(line)
    finding = Finding(defects=tuple(map(_code, row["defects"])), warnings=tuple(map(_code, row["warnings"])))
    return Judgement(
        finding=finding,
        signatures_found=int(row["found"]),
        signatures_judged=int(row["judged"]),
        signed_at=datetime.fromisoformat(row["signed_at"]) if row["signed_at"] else None,
        time_source=str(row["time_source"]),
        policy=str(row["policy"]),
        accepted=str(row["accepted"]),
        on_unknown=str(row["on_unknown"]),
        element=str(row["element"]),
        seconds={Step(name): float(spent) for name, spent in row["seconds"].items()},
        evidence=base64.b64decode(row["evidence"]),
        evidence_sha256=str(row["evidence_sha256"]),
    )


def _code(text: str) -> str:
    return REASONS[text].code
