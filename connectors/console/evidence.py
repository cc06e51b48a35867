"""The evidence behind a verdict as people read it: each signature with who signed, until which certificate it is trusted, and by which lists."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from infra.content import ContentError, open_content
from infra.settings import Settings
from schemas.ids import is_sha256

MOST_BYTES = 1_000_000
"""Evidence of an ordinary packet has some ten thousand."""

log = structlog.get_logger(__name__)


def signatures_of(settings: Settings, sha256: str) -> list[dict[str, Any]] | None:
    """Return the signatures that an evidence tells of, the envelope's first; None where it is not there or cannot be read now."""
    if not is_sha256(sha256):
        return None
    try:
        said: Mapping[str, Any] = json.loads(open_content(settings).read(sha256, limit=MOST_BYTES))
        every = [said["envelope"], *said["signatures"]]
        return [_signature(each) for each in every if each]
    except (ContentError, ValueError, LookupError, TypeError) as exc:
        log.warning("evidence_not_read", evidence=sha256, why=type(exc).__name__)
        return None


def _signature(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "where": said["where"],
        "role": said["role"],
        "indication": said["indication"],
        "reasons": said["reasons"],
        "signer": said["signer"],
        "organ_ids": said["organ_ids"],
        "signed_at": datetime.fromisoformat(said["signed_at"]) if said["signed_at"] else None,
        "time_source": said["time_source"],
        "chain": [{name: each[name] for name in ("subject", "issuer", "serial")} for each in said["chain"]],
        "lists": [
            {"number": each["number"], "by": "OCSP" if each["ocsp_sha256"] else "CRL", "since": _moment(each["this_update"]), "until": _moment(each["next_update"])}
            for each in said["revocation"]
        ],
    }  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
