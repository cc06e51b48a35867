"""A verdict once more from its evidence: the same bytes, by the same data, as of the same moment, must give the same evidence."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.content import ContentError, open_content
from infra.errors import EnvironmentFaultError
from infra.settings import Settings
from processors.verification.asked import Asked
from processors.verification.evidence import FORMAT
from processors.verification.judging.wire import NEEDED
from schemas.edxml import Limits
from schemas.ids import is_sha256
from schemas.reference import PackError, Reference, UnsoundReferenceError, epoch_of

MAX_EVIDENCE = 16 * 1024 * 1024
"""Bytes; an honest one is a few kB."""


class NotReplayableError(EnvironmentFaultError):
    """The evidence cannot be read, or what it was judged by is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An earlier judgement."""

    content: bytes
    record: Mapping[str, Any]

    @property
    def versions(self) -> Mapping[str, str]:
        """Kind of reference data -> version it was judged by."""
        return dict(self.record["versions"])

    def asked(self, path: Path, limits: Limits) -> Asked:
        """Ask the same again of a file; the limits are those of the settings, as the axis judges by them."""
        asked = self.record["asked"]
        return Asked(
            path=path,
            receipt=datetime.fromisoformat(asked["receipt_at"]),
            sender=asked["sender"],
            profile=asked["profile"],
            thorough=asked["thorough"],
            limits=limits,
            name=self._name(path),
        )

    def _name(self, path: Path) -> str:
        """Return what the file was called then, if it was a bare one: years later, or in the content store, it has another name."""
        places = [str(each["where"]) for each in self.record["signatures"]]
        if not places or places[0].startswith(f"{path.name}#"):
            return ""
        return places[0].partition("#")[0]

    def differs(self, evidence: bytes) -> tuple[str, ...]:
        """Name what another evidence says otherwise; none: the same bytes."""
        if evidence == self.content:
            return ()
        other = json.loads(evidence) if evidence else {}
        named = sorted(name for name in self.record.keys() | other.keys() if self.record.get(name) != other.get(name))
        return tuple(named) or ("bytes",)


def read_evidence(named: str, settings: Settings) -> Evidence:
    """Read evidence from a file, or by its SHA-256 from the content store; raise `NotReplayableError`."""
    content = _bytes_of(named, settings)
    try:
        record = json.loads(content)
        evidence = Evidence(content=content, record=record)
        sound = record["format"] == FORMAT and record["epoch"] == epoch_of(evidence.versions)
        sound &= is_sha256(record["input_sha256"])
        evidence.asked(Path(), Limits())
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise NotReplayableError(f"{named} is no evidence of a judgement", "give a file of `verify --evidence DIR`")
    return evidence


def _bytes_of(named: str, settings: Settings) -> bytes:
    path = Path(named)
    if path.is_file():
        if path.stat().st_size > MAX_EVIDENCE:
            raise NotReplayableError(f"{named} is larger than any evidence", "give a file of `verify --evidence DIR`")
        return path.read_bytes()
    try:
        return open_content(settings).read(named, limit=MAX_EVIDENCE) if is_sha256(named) else b""
    except ContentError as exc:
        raise NotReplayableError(str(exc), "give its file, or the SHA-256 of evidence in this content store") from exc


def judged_by(evidence: Evidence, settings: Settings, load: Callable[[], Reference]) -> Reference:
    """Return the reference data of the evidence: from the content store, else what `load` gives, if it is that; raise `NotReplayableError`."""
    reference = _stored(evidence, settings) or load()
    for kind in NEEDED:
        then, now = evidence.versions.get(kind, "-"), reference.versions.get(kind, "-")
        if then != now:
            raise NotReplayableError(
                f"it was judged by {kind} {then[:12]}, here is {now[:12]}",
                "name the folders of that time (--reference, --trust, --crl), or the content store (LIENTHONG_CONTENT)",
            )
    return replace(reference, versions=evidence.versions, epoch=evidence.record["epoch"])


def _stored(evidence: Evidence, settings: Settings) -> Reference | None:
    """Return the snapshots as they were published; None where the store does not hold them all."""
    reference, store = Reference(), open_content(settings)
    try:
        for kind in NEEDED:
            if version := evidence.versions.get(kind):
                reference = reference.with_pack(kind, store.read(version))
    except (ContentError, PackError, UnsoundReferenceError):
        return None
    return reference


def is_input(evidence: Evidence, path: Path) -> bool:
    """Tell whether a file is the one that was judged."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == str(evidence.record["input_sha256"])
