"""Attacks with revocation and its lists (RFC 5280 §6.3): who may list, which list counts, and as of when."""

from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from tests.vectors.attacks.houses import AGENCY, CERTIFIES, ROOT, SUB, Line, Listing
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import LATER, NO_POE
from tests.vectors.scene import DAY, HOUR, NOON, Scene

REVOKED = "revoked before and after"
LISTS = "lists that may not answer"
OLD = "old and stale lists"
LEAF, ISSUER = AGENCY.serial, SUB.serial


OF_ROOT, USUAL = Listing(by=ROOT), Line()


def lists(*sub: Listing, root: Listing = OF_ROOT, line: Line = USUAL) -> File:
    """Return a page whose chain is listed like that."""
    return replace(line, lists=[root, *sub]).file()


@attack(REVOKED, NO_POE, "REVOKED_NO_POE")
def revoked_before_the_receipt(*, forged: bool) -> File:
    """Received 12:00, revoked 11:00; the twin was revoked at 13:00, by a list that came later.

    INDETERMINATE, solely because nothing proves that the signature is older than the revocation.
    """
    return lists(Listing(by=SUB, revoked={LEAF: NOON - HOUR if forged else NOON + HOUR}))


def _stamped(revoked: datetime) -> File:
    scene = Scene(stamped_at=NOON - 2 * HOUR, revoked={"agency": revoked, "person": revoked})
    return File(content=scene.pdf(), reference=scene.reference())


@attack(REVOKED, NO_POE, "REVOKED_NO_POE")
def revoked_before_the_stamp(*, forged: bool) -> File:
    """Time-stamp 10:00, revoked 09:00; the twin was revoked at 11:00.

    INDETERMINATE, solely because the proven time lies behind the revocation.
    """
    return _stamped(NOON - 3 * HOUR if forged else NOON - HOUR)


@attack(REVOKED, "INDETERMINATE/REVOKED_CA_NO_POE", "REVOKED_CA_NO_POE")
def a_revoked_issuer(*, forged: bool) -> File:
    """root: sub revoked yesterday.

    INDETERMINATE, solely because the issuer was revoked.
    """
    return lists(Listing(by=SUB), root=Listing(by=ROOT, revoked={ISSUER: NOON - DAY} if forged else {}))


@attack(OLD, NO_POE, "REVOKED_NO_POE")
def a_lower_number_that_forgets(*, forged: bool) -> File:
    """lists of sub: number 7 (revoked), number 6 put in behind it (not revoked); the twin: nobody is revoked.

    INDETERMINATE, solely because one list names the certificate: an older one takes nothing back.
    """
    revoked = {LEAF: NOON - 2 * DAY} if forged else {}
    return lists(Listing(by=SUB, revoked=revoked), Listing(by=SUB, number=6))


@attack(OLD, NO_POE, "REVOKED_NO_POE")
def a_newer_list_that_forgets(*, forged: bool) -> File:
    """lists of sub: number 7 (revoked), number 8 (not any more).

    INDETERMINATE, solely because a certificate does not come back to life.
    """
    revoked = {LEAF: NOON - 2 * DAY} if forged else {}
    return lists(Listing(by=SUB, revoked=revoked), Listing(by=SUB, number=8, this_update=NOON - HOUR))


@attack(OLD, LATER, "CRL_STALE")
def a_stale_list(*, forged: bool) -> File:
    """nextUpdate an hour before the receipt.

    INDETERMINATE, solely because the list had ended: who was revoked since is not known yet.
    """
    return lists(Listing(by=SUB, next_update=NOON - HOUR if forged else NOON + HOUR))


@attack(OLD, LATER, "CRL_STALE")
def a_stale_list_of_the_root(*, forged: bool) -> File:
    """The root's list ended an hour before the receipt.

    INDETERMINATE, solely because sub may have been revoked since.
    """
    return lists(Listing(by=SUB), root=Listing(by=ROOT, next_update=NOON - HOUR if forged else NOON + HOUR))


@attack(LISTS, LATER, "CRL_MISSING")
def a_list_by_a_key_that_may_not_list(*, forged: bool) -> File:
    """sub { keyUsage: keyCertSign } signs its list.

    INDETERMINATE, solely because sub's key usage lacks cRLSign.
    """
    sub = replace(SUB, usage=(CERTIFIES,)) if forged else SUB
    return lists(Listing(by=sub), line=Line(subs=(sub,)))


@attack(LISTS, LATER, "CRL_MISSING")
def a_list_by_somebody_else(*, forged: bool) -> File:
    """issuer: sub; value by another key.

    INDETERMINATE, solely because sub did not sign the list.
    """
    return lists(Listing(by=SUB, signed_with="thief" if forged else ""))


@attack(LISTS, LATER, "CRL_MISSING")
def a_list_of_another_issuer(*, forged: bool) -> File:
    """issuer: root, naming the agency's serial as good.

    INDETERMINATE, solely because the root's list says nothing about what sub issued.
    """
    return lists(Listing(by=ROOT, number=8) if forged else Listing(by=SUB))


def _point(**entries: bool) -> tuple[x509.ExtensionType, bool]:
    flags = {
        "only_contains_user_certs": False, "only_contains_ca_certs": False, "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }  # fmt: skip
    point = x509.IssuingDistributionPoint(full_name=None, relative_name=None, only_some_reasons=None, **flags | entries)
    return point, True


@attack(LISTS, LATER, "CRL_MISSING")
def an_indirect_list(*, forged: bool) -> File:
    """issuingDistributionPoint { indirectCRL } by the root, of certificates of others too; sub has none. The twin: one by sub.

    INDETERMINATE, solely because the certificate does not name the root as issuer of its list (RFC 5280 §4.2.1.13).
    """
    return lists(Listing(by=ROOT, number=8, more=[_point(indirect_crl=True)]) if forged else Listing(by=SUB))


@attack(LISTS, LATER, "CRL_MISSING")
def a_list_of_authorities_only(*, forged: bool) -> File:
    """issuingDistributionPoint { onlyContainsCACerts } by sub; the twin's is for users.

    INDETERMINATE, solely because the list says nothing about end entities.
    """
    return lists(Listing(by=SUB, more=[_point(only_contains_ca_certs=forged, only_contains_user_certs=not forged)]))


@attack(LISTS, LATER, "CRL_MISSING")
def a_difference_only(*, forged: bool) -> File:
    """deltaCRLIndicator 6 by sub.

    INDETERMINATE, solely because the list tells what is new and not what is.
    """
    return lists(Listing(by=SUB, more=[(x509.DeltaCRLIndicator(6), True)] if forged else []))


@attack(LISTS, LATER, "CRL_MISSING")
def a_list_with_an_unknown_critical_extension(*, forged: bool) -> File:
    """1.3.6.1.4.1.99999.2 in sub's list, critical; in the twin it is not.

    INDETERMINATE, solely because nobody here knows what it limits.
    """
    strange = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.2"), b"\x05\x00")
    return lists(Listing(by=SUB, more=[(strange, forged)]))
