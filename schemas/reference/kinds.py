"""The kinds of reference data, which files each has, and its parser."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from schemas.reference.calendar import parse_calendar
from schemas.reference.contacts import parse_contacts
from schemas.reference.directory_files import parse_directory
from schemas.reference.document_types import parse_document_types
from schemas.reference.faults import Faults, ReferenceFault
from schemas.reference.identities import parse_identities
from schemas.reference.routes import parse_routes
from schemas.reference.secrecy import parse_secrecy
from schemas.reference.signature_policy_file import parse_signature_policy
from schemas.reference.sla_file import parse_sla
from schemas.reference.trust import parse_crl, parse_trust


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name, its files in a reference directory (patterns), its parser."""

    name: str
    files: tuple[str, ...]
    parse: Callable[[Mapping[str, bytes], Faults], Any]

    def owns(self, path: str) -> bool:
        """Tell whether a path of a reference directory belongs to this kind."""
        return any(fnmatchcase(path, pattern) for pattern in self.files)


_EVERY = (
    Kind(
        "directory",
        ("agencies.csv", "agencies.json", "aliases.csv", "levels.csv", "endpoints.csv", "successors.csv"),
        parse_directory,
    ),
    Kind("contacts", ("contacts.csv",), parse_contacts),
    Kind("calendar", ("calendar.yaml",), parse_calendar),
    Kind("sla", ("sla.yaml",), parse_sla),
    Kind("document_types", ("document_types.csv",), parse_document_types),
    Kind("routes", ("routes.yaml",), parse_routes),
    Kind("identities", ("identities.csv",), parse_identities),
    Kind("signature_policy", ("signature_policy.yaml",), parse_signature_policy),
    Kind("secrecy", ("secrecy.yaml",), parse_secrecy),
    Kind("trust", ("trust/trust.yaml", "trust/anchors/*", "trust/intermediates/*"), parse_trust),
    Kind("crl", ("crl/*.crl", "crl/*.pem", "crl/*.der"), parse_crl),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _EVERY}


@contextmanager
def _no_looking_for_garbage() -> Iterator[None]:
    """Keep the collector away while a snapshot is made: of its million objects none is garbage, and looking costs a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def files_of(kind: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those files of a reference directory that belong to a kind."""
    return {path: content for path, content in files.items() if KINDS[kind].owns(path)}


def parse(kind: str, files: Mapping[str, bytes]) -> tuple[Any | None, tuple[ReferenceFault, ...]]:
    """Parse one kind from its files (paths as in a reference directory); the value is None if there is any fault."""
    faults = Faults()
    with _no_looking_for_garbage():
        value = KINDS[kind].parse(files_of(kind, files), faults)
    return (None if faults else value), faults.sorted()
