"""The evidence of a judgement as canonical JSON: the same inputs, reference epoch and software give the same bytes.

Kept are hashes, times, names of certificates and codes; no durations and no contents (EN 319 102-1 clause 4.2.9, NĐ 68/2024
art. 31). `asked` and `versions` say all that a replay needs beside the bytes themselves.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from processors.verification.asked import Asked
from processors.verification.software import software
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.crls import RevocationUse
from processors.verification.verdict import Binding, Judgement, SignatureVerdict
from schemas.reference import Reference

FORMAT = 2


def evidence_of(judgement: Judgement, *, sha256: str, asked: Asked, reference: Reference) -> bytes:
    """Return the evidence; `sha256` is of the bytes judged."""
    record = {
        "format": FORMAT,
        "input_sha256": sha256,
        "asked": {
            "receipt_at": _moment(asked.receipt),
            "sender": asked.sender,
            "profile": asked.profile,
            "thorough": asked.thorough,
        },
        "epoch": reference.epoch,
        "versions": dict(reference.versions),
        "software": dict(software()),
        "policy": judgement.policy,
        "indication": judgement.indication,
        "sub_indication": judgement.sub_indication,
        "reasons": judgement.reasons,
        "defects": judgement.finding.defects,
        "signed_at": _moment(judgement.signed_at),
        "time_source": judgement.time_source,
        "accepted": judgement.accepted,
        "on_unknown": judgement.on_unknown,
        "element": judgement.element,
        "signatures_found": judgement.signatures_found,
        "signatures": [_signature(each) for each in judgement.signatures],
        "envelope": _signature(judgement.xml) if judgement.xml else None,
        "binding": _binding(judgement.binding) if judgement.binding else None,
    }
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _signature(each: SignatureVerdict) -> Mapping[str, Any]:
    return {
        "where": each.where,
        "role": each.role,
        "indication": each.indication,
        "sub_indication": each.sub_indication,
        "reasons": each.reasons,
        "defects": each.finding.defects,
        "signer": each.signer,
        "organ_ids": each.organ_ids,
        "signed_at": _moment(each.signed_at),
        "time_source": each.time_source,
        "claimed_at": _moment(each.claimed_at),
        "covered_to": each.covered_to,
        "coverage": each.coverage,
        "modification": each.modification,
        "attributes_sha256": each.attributes_sha256,
        "chain": [_certificate(link) for link in each.chain],
        "revocation": [_use(use) for use in each.revocation],
        "token": _token(each),
        "steps": [[taken.step, taken.codes] for taken in each.steps],
    }


def _token(each: SignatureVerdict) -> Mapping[str, Any] | None:
    if each.token is None:
        return None
    return {
        "stamped_at": _moment(each.token.stamped_at),
        "signer": each.token.signer,
        "reasons": each.token.finding.codes,
        "chain": [_certificate(link) for link in each.token.chain],
        "revocation": [_use(use) for use in each.token.revocation],
    }


def _certificate(each: Certificate) -> Mapping[str, str]:
    """Name a certificate so that it can be found again: by hash, or by issuer and serial number (hexadecimal)."""
    return {"sha256": each.sha256, "serial": f"{each.serial:x}", "issuer": each.issuer, "subject": each.subject}


def _use(use: RevocationUse) -> Mapping[str, Any]:
    return {
        "certificate_sha256": use.certificate_sha256,
        "crl_sha256": use.crl_sha256,
        "number": use.number,
        "ocsp_sha256": use.ocsp_sha256,
        "this_update": _moment(use.this_update),
        "next_update": _moment(use.next_update),
    }


def _binding(binding: Binding) -> Mapping[str, Any]:
    return {"bound": binding.bound, "unbound": binding.unbound, "reasons": binding.finding.codes}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
