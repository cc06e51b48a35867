"""Attacks with time-stamps (RFC 3161): a certificate that has ended is saved by a sound token, and by no other.

The agency's certificate ended yesterday; the token of the day before yesterday proves that the signature is older. In each attack
the token is there as well, and one thing about it is wrong: what is left is the receipt, and that is too late.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from infra.pki import Credential, organization_name
from tests.vectors.attacks.houses import (
    AGENCY,
    ROOT,
    STAMPER,
    SUB,
    Line,
    Listing,
    Plan,
    certified,
    key_of,
    listed,
    trusting,
)
from tests.vectors.attacks.messages import HONEST, Recipe, attribute, keep, made
from tests.vectors.attacks.paper import signed_page
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import TOO_LATE
from tests.vectors.scene import DAY, HOUR, NOON, YEAR

MOVED = "moved or copied time-stamps"
IMPRINT = "imprint mismatch"
EXPIRY = "time-stamp after expiry"
ENDED = replace(AGENCY, not_after=NOON - DAY)
STAMPED = NOON - 2 * DAY
ALONE = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
TSA = replace(STAMPER, more=(ALONE,), not_before=NOON - 10 * YEAR)
TSA_ROOT = replace(
    ROOT, name=organization_name("gốc dấu thời gian"), key="tsa root", serial=5, not_before=NOON - 10 * YEAR
)


@dataclass(frozen=True, kw_only=True)
class Stamping:
    """How a token is made."""

    tsa: Plan = TSA
    root: Plan = TSA_ROOT
    at: datetime = STAMPED
    imprinted: Callable[[bytes], bytes] = keep
    """What is stamped, made of the signature value."""

    digest: str = "sha256"
    """Of the imprint."""

    recipe: Callable[[Recipe], Recipe] = keep
    revoked: bool = False


def token(value: bytes, how: Stamping) -> cms.ContentInfo:
    """Return a token over a signature value."""
    imprint = hashlib.new(how.digest, how.imprinted(value)).digest()
    statement = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.3.6.1.4.1.99999.3",
            "message_imprint": {"hash_algorithm": {"algorithm": how.digest}, "hashed_message": imprint},
            "serial_number": 1,
            "gen_time": how.at,
        }
    )
    own = certified(how.tsa, how.root)
    recipe = how.recipe(
        replace(
            HONEST,
            credential=Credential(certificate=own, key=key_of(how.tsa.key)),
            certificates=(own,),
            content=lambda _: statement.dump(),
            kind="tst_info",
        )
    )
    return cms.ContentInfo.load(made(b"", recipe))


def ended(how: Stamping = Stamping(), *, token_of: Callable[[bytes], Any] | None = None) -> File:
    """Return a page signed by the certificate that has ended, with a token."""
    line = Line(leaf=ENDED)
    make = token_of or (lambda value: token(value, how))
    recipe = replace(
        HONEST,
        credential=line.credential(),
        unsigned=lambda value: [attribute("signature_time_stamp_token", make(value))],
    )
    anchors = [(certified(ROOT, ROOT), ("document",)), (certified(TSA_ROOT, TSA_ROOT), ("timestamp",))]
    lists = [
        Listing(by=ROOT),
        Listing(by=SUB),
        Listing(by=TSA_ROOT, revoked={TSA.serial: STAMPED - DAY} if how.revoked else {}),
    ]
    content = signed_page(lambda covered: made(covered, recipe))
    return File(content=content, reference=trusting(anchors, map(listed, lists)))


def either(how: Stamping, *, forged: bool) -> File:
    """Return the page with this token, or with a sound one."""
    return ended(how if forged else Stamping())


@attack(MOVED, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "HASH_FAILURE")
def a_token_of_another_signature(*, forged: bool) -> File:
    """signature A + token over signature B of the same key.

    INDETERMINATE, solely because the token was lifted from another document.
    """
    other = b"the value of another signature"
    return either(Stamping(imprinted=lambda _: other), forged=forged)


@attack(MOVED, TOO_LATE, "OUT_OF_BOUNDS_NO_POE")
def two_tokens(*, forged: bool) -> File:
    """unsignedAttrs [ signatureTimeStampToken { sound token, token of another document } ].

    INDETERMINATE, solely because there are two: none is chosen.
    """
    if not forged:
        return ended()
    line = Line(leaf=ENDED)
    other = Stamping(imprinted=lambda _: b"khac")
    recipe = replace(
        HONEST,
        credential=line.credential(),
        unsigned=lambda value: [attribute("signature_time_stamp_token", token(value, Stamping()), token(value, other))],
    )
    content = signed_page(lambda covered: made(covered, recipe), room=16_384)
    return File(content=content, reference=ended().reference)


@attack(MOVED, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "FORMAT_FAILURE")
def a_signature_poses_as_a_token(*, forged: bool) -> File:
    """signatureTimeStampToken = SignedData of content type data by the TSA's key.

    INDETERMINATE, solely because the message in the token's place is none.
    """
    return either(Stamping(recipe=lambda recipe: replace(recipe, kind="data")), forged=forged)


@attack(MOVED, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "FORMAT_FAILURE")
def a_token_without_content(*, forged: bool) -> File:
    """signatureTimeStampToken whose TSTInfo was taken out.

    INDETERMINATE, solely because the statement is missing.
    """
    return either(Stamping(recipe=lambda recipe: replace(recipe, content=None)), forged=forged)


@attack(IMPRINT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "HASH_FAILURE")
def an_imprint_of_the_document(*, forged: bool) -> File:
    """messageImprint = digest of the signed text instead of the signature value.

    INDETERMINATE, solely because the token says that a text existed, not that it was signed.
    """
    return either(Stamping(imprinted=lambda value: value[:-1]), forged=forged)


@attack(IMPRINT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "ALGO_WEAK")
def an_imprint_that_is_weak(*, forged: bool) -> File:
    """messageImprint { sha1 }.

    INDETERMINATE, solely because of the imprint's digest: it fits.
    """
    return either(Stamping(digest="sha1"), forged=forged)


@attack(IMPRINT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "SIG_CRYPTO_FAILURE")
def a_statement_signed_by_somebody_else(*, forged: bool) -> File:
    """The TSA's certificate, a value by another key.

    INDETERMINATE, solely because the TSA did not sign the statement.
    """

    def stolen(recipe: Recipe) -> Recipe:
        return replace(recipe, credential=replace(recipe.credential, key=key_of("thief")))

    return either(Stamping(recipe=stolen), forged=forged)


@attack(EXPIRY, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TS_AFTER_EXPIRY")
def a_stamp_after_the_end(*, forged: bool) -> File:
    """Certificate until yesterday 12:00, token of this morning; the twin's is of the day before yesterday.

    INDETERMINATE, solely because the token is later than the certificate's end: pyHanko's AdES validation passes this.
    """
    return either(Stamping(at=NOON - HOUR), forged=forged)


@attack(EXPIRY, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "TIMESTAMP_ORDER_FAILURE")
def a_stamp_from_the_future(*, forged: bool) -> File:
    """Token an hour behind our receipt.

    INDETERMINATE, solely because the token's clock is not to be believed.
    """
    return either(Stamping(at=NOON + HOUR), forged=forged)


@attack(EXPIRY, "TOTAL_FAILED/NOT_YET_VALID", "NOT_YET_VALID")
def a_stamp_before_the_beginning(*, forged: bool) -> File:
    """Certificate from last year, token of two years ago.

    TOTAL_FAILED, solely because the signature is proven to be older than the certificate.
    """
    return either(Stamping(at=AGENCY.not_before - DAY), forged=forged)
