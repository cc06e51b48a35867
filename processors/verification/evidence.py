"""The evidence of a judgement as canonical JSON: the same inputs and reference epoch give the same bytes.

Kept are hashes, times and codes; no durations and no contents (EN 319 102-1 clause 4.2.9, NĐ 68/2024 art. 31).
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from processors.verification.bench import Bench
from processors.verification.defects import Finding, deciding, indication_of
from processors.verification.verdict import Binding, SignatureVerdict

FORMAT = 1


def evidence_of(
    *,
    sha256: str,
    bench: Bench | None,
    policy: str,
    finding: Finding,
    signatures: tuple[SignatureVerdict, ...] = (),
    xml: SignatureVerdict | None = None,
    binding: Binding | None = None,
) -> bytes:
    """Return the evidence; `sha256` is of the bytes judged."""
    indication, sub_indication = indication_of(deciding(finding.defects))
    record = {
        "format": FORMAT,
        "input_sha256": sha256,
        "epoch": bench.reference.epoch if bench else "",
        "versions": dict(bench.reference.versions) if bench else {},
        "receipt_at": bench.receipt if bench else None,
        "policy": policy,
        "indication": indication,
        "sub_indication": sub_indication,
        "reasons": finding.codes,
        "signatures": [signature_record(each) for each in signatures],
        "envelope": signature_record(xml) if xml else None,
        "binding": asdict(binding) if binding else None,
    }
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def signature_record(each: SignatureVerdict) -> dict[str, Any]:
    """Return all that was found about one signature."""
    return asdict(each) | {
        "indication": each.indication,
        "sub_indication": each.sub_indication,
        "reasons": each.reasons,
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, StrEnum):
        return value.value
    raise TypeError(type(value).__name__)
