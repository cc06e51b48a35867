"""The province's reference data, announced on the log: what is absent, and trust that changed with the PKI."""

from datetime import datetime

from infra.demo.province import REFERENCE, open_pki
from infra.publish import publish_all, version_at
from infra.published import announced
from infra.settings import Settings
from schemas.reference import KINDS

BY = "demo"
OURS = ("trust", "crl")
"""Kinds that follow the test PKI; a person's change of any other kind stands."""


def publish_province(settings: Settings, at: datetime) -> list[str]:
    """Publish what is not in force yet, as of a moment; return the kinds."""
    pki = open_pki(settings, at)
    paths = dict.fromkeys(KINDS, REFERENCE) | {"trust": pki.trust, "crl": pki.crl}
    known = in_force(settings)
    wanted = [
        kind for kind in KINDS if kind not in known or (kind in OURS and known[kind] != version_at(kind, paths[kind]))
    ]
    if wanted:
        publish_all(settings, {kind: paths[kind] for kind in wanted}, by=BY)
    return wanted


def missing_kinds(settings: Settings) -> list[str]:
    """Return the kinds that were never published."""
    known = in_force(settings)
    return [kind for kind in KINDS if kind not in known]


def in_force(settings: Settings) -> dict[str, str]:
    """Return kind -> version, as the log announces them."""
    return {kind: event.version for kind, event in announced(settings).items()}
