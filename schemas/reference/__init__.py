"""Reference data: everything that is decided *by*, as versioned snapshots with line-numbered faults.

`Reference` is the bundle that a core's step is given; `parse` judges one kind; `pack` makes it bytes with a version.
"""

from schemas.reference.agencies import Agency, Endpoint, Level, Resolution
from schemas.reference.bundle import Reference, UnsoundReferenceError, epoch_of
from schemas.reference.calendar import Calendar, Pattern
from schemas.reference.contacts import Contact, Contacts
from schemas.reference.directory import Directory
from schemas.reference.document_types import DocumentType, DocumentTypes
from schemas.reference.faults import ReferenceFault
from schemas.reference.identities import Identities
from schemas.reference.kinds import KINDS, files_of, parse
from schemas.reference.packing import PackError, pack, unpack, version_of
from schemas.reference.routes import RouteRule, Routes, level_1_of
from schemas.reference.secrecy import SecrecyRules
from schemas.reference.signature_policy import SignaturePolicy, SignatureRule
from schemas.reference.sla import Clock, LadderStep, Moments, SlaRules
from schemas.reference.trust import Intermediate, RevocationList, RevocationLists, TrustAnchor, TrustList

__all__ = [
    "KINDS",
    "Agency",
    "Calendar",
    "Clock",
    "Contact",
    "Contacts",
    "Directory",
    "DocumentType",
    "DocumentTypes",
    "Endpoint",
    "Identities",
    "Intermediate",
    "LadderStep",
    "Level",
    "Moments",
    "PackError",
    "Pattern",
    "Reference",
    "ReferenceFault",
    "Resolution",
    "RevocationList",
    "RevocationLists",
    "RouteRule",
    "Routes",
    "SecrecyRules",
    "SignaturePolicy",
    "SignatureRule",
    "SlaRules",
    "TrustAnchor",
    "TrustList",
    "UnsoundReferenceError",
    "epoch_of",
    "files_of",
    "level_1_of",
    "pack",
    "parse",
    "unpack",
    "version_of",
]
