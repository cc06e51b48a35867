"""`Reference`: the snapshots in force, as one value that a step of a core is given."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.reference.calendar import Calendar
from schemas.reference.contacts import Contacts
from schemas.reference.directory import Directory
from schemas.reference.document_types import DocumentTypes
from schemas.reference.faults import ReferenceFault
from schemas.reference.identities import Identities
from schemas.reference.kinds import KINDS, files_of, parse
from schemas.reference.packing import pack, unpack, version_of
from schemas.reference.routes import Routes
from schemas.reference.secrecy import SecrecyRules
from schemas.reference.signature_policy import SignaturePolicy
from schemas.reference.sla import SlaRules
from schemas.reference.trust import RevocationLists, TrustList


class UnsoundReferenceError(ValueError):
    """Reference data with faults; `faults` lists every one."""

    def __init__(self, kind: str, faults: tuple[ReferenceFault, ...]) -> None:
        first = faults[0]
        super().__init__(
            f"{kind}: {len(faults)} fault(s), first {first.file}:{first.line} {first.code} {first.sentence_vi}"
        )
        self.kind, self.faults = kind, faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Every kind in force; a kind that was never published is None."""

    directory: Directory | None = None
    contacts: Contacts | None = None
    calendar: Calendar | None = None
    sla: SlaRules | None = None
    document_types: DocumentTypes | None = None
    routes: Routes | None = None
    identities: Identities | None = None
    signature_policy: SignaturePolicy | None = None
    secrecy: SecrecyRules | None = None
    trust: TrustList | None = None
    crl: RevocationLists | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    """Kind -> version (SHA-256 of the pack)."""

    epoch: str = ""
    """SHA-256 over kinds and versions: names this very set. Empty for an empty bundle."""

    @classmethod
    def from_files(cls, files: Mapping[str, Mapping[str, bytes]]) -> "Reference":
        """Make a bundle of kind -> files; raise `UnsoundReferenceError` for the first kind with faults."""
        reference = cls()
        for kind, content in files.items():
            reference = reference.with_pack(kind, pack(files_of(kind, content)))
        return reference

    def with_pack(self, kind: str, packed: bytes) -> "Reference":
        """Return a bundle with this snapshot in force; raise `UnsoundReferenceError`, or `PackError` for no pack."""
        value, faults = parse(kind, unpack(packed))
        if faults:
            raise UnsoundReferenceError(kind, faults)
        return self.with_value(kind, value, version_of(packed))

    def with_value(self, kind: str, value: Any, version: str) -> "Reference":
        """Return a bundle with an already parsed snapshot."""
        versions = {**self.versions, kind: version}
        changed: dict[str, Any] = {kind: value, "versions": versions, "epoch": epoch_of(versions)}
        return replace(self, **changed)

    def missing(self) -> tuple[str, ...]:
        """Return the kinds that are not in force."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is None)


def epoch_of(versions: Mapping[str, str]) -> str:
    """Return the epoch that a set of versions makes."""
    lines = "".join(f"{kind}={versions[kind]}\n" for kind in sorted(versions))
    return hashlib.sha256(lines.encode()).hexdigest() if versions else ""
