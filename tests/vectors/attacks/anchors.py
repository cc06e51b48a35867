"""Attacks on where the path ends (RFC 5280 §6.1.1): anchors that are imitated or meant for something else, and paths that never end."""

from dataclasses import replace

from cryptography import x509

from infra.pki import organization_name
from tests.vectors.attacks.houses import (
    AGENCY,
    ROOT,
    SUB,
    Line,
    Listing,
    certified,
    line,
    listed,
    trusting,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import NO_CHAIN, TOO_MUCH

ANCHORS = "wrong or imitated anchor"

LOOPS = "cross-certificate loops"


@attack(ANCHORS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def an_anchor_of_another_group(*, forged: bool) -> File:
    """public root { timestamp } ─▶ sub ─▶ "agency".

    INDETERMINATE, solely because the root is trusted for something else than documents.
    """
    return Line(usage=("timestamp",) if forged else ("document",)).file()


@attack(ANCHORS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def a_root_that_looks_alike(*, forged: bool) -> File:
    """look-alike root (same name and serial, another key) ─▶ sub ─▶ agency; trusted: the real root.

    INDETERMINATE, solely because no anchor signed the chain; the message brings its own root.
    """
    real = Line()
    if not forged:
        return real.file()
    thief = replace(ROOT, key="thief")
    return replace(Line(root=thief, others=(certified(thief, thief),)).file(), reference=real.reference())


@attack(ANCHORS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def a_signer_that_certifies_itself(*, forged: bool) -> File:
    """agency ─▶ agency (self-signed, the agency's name and code).

    INDETERMINATE, solely because nobody but itself vouches for the signer.
    """
    if not forged:
        return line()
    alone = replace(AGENCY, key="thief")
    return replace(Line(root=alone, subs=(), leaf=alone).file(), reference=Line().reference())


@attack(ANCHORS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def an_issuer_that_the_anchor_never_signed(*, forged: bool) -> File:
    """root ┄▶ sub (issuer's name is root's, value by another key) ─▶ agency.

    INDETERMINATE, solely because the value in sub's certificate is not the root's.
    """
    real = Line()
    if not forged:
        return real.file()
    return replace(Line(root=replace(ROOT, key="thief")).file(), reference=real.reference())


def _ring(keys: int) -> list[x509.Certificate]:
    """Return the certificates of so many keys under one name, each certified by each other one."""
    ring = [replace(SUB, name=RING, key=f"ring {at}", serial=100 + at) for at in range(keys)]
    pairs = ((one, other) for one in ring for other in ring if one is not other)
    return [certified(replace(one, serial=1_000 + 10 * one.serial + other.serial), other) for one, other in pairs]


RING = organization_name("vòng lặp")

ENTRY = replace(SUB, name=RING, key="ring 0", serial=99)


@attack(LOOPS, TOO_MUCH, "RESOURCE_LIMIT")
def thirty_certificates_in_a_message(*, forged: bool) -> File:
    """root ─▶ key 0 ─▶ agency; the message brings six keys that certify each other crosswise (30 certificates).

    INDETERMINATE, solely because the message carries more certificates than anybody needs.
    """
    return Line(subs=(ENTRY,), others=tuple(_ring(6)) if forged else ()).file()


@attack(LOOPS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def eight_certificates_in_a_circle(*, forged: bool) -> File:
    """thief ─▶ key 0 ⇄ key 1 ⇄ key 2 ⇄ key 3 ─▶ agency, eight of the twelve certificates in the message; the twin's root is trusted.

    INDETERMINATE, solely because no way out of the circle leads to an anchor, and the search ends.
    """
    trusted = Line(subs=(ENTRY,), others=tuple(_ring(4)[:8]))
    own = replace(trusted, root=replace(ROOT, key="thief")) if forged else trusted
    return replace(own.file(), reference=trusted.reference())


@attack(LOOPS, TOO_MUCH, "RESOURCE_LIMIT")
def a_circle_in_the_trust_list(*, forged: bool) -> File:
    """The same six keys (30 certificates) among the intermediates; the way out is the root's in the twin, a thief's in the attack.

    INDETERMINATE, solely because the bounded search finds no anchor: with names alone it would take longer than anybody waits.
    """
    entry = certified(ENTRY, replace(ROOT, key="thief") if forged else ROOT)
    trust = trusting(
        [(certified(ROOT, ROOT), ("document",))],
        [listed(Listing(by=ROOT)), listed(Listing(by=ENTRY))],
        [entry, *_ring(6)],
    )
    return replace(Line(subs=(ENTRY,)).file(alone=True), reference=trust)
