"""Attacks by time-stamping authorities that may not stamp (RFC 3161 §2.3): the token saves a certificate that has ended, or does not."""

from dataclasses import replace

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.vectors.attacks.houses import (
    ROOT,
    STAMPER,
)
from tests.vectors.attacks.stamps import TSA, Stamping, either
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import TOO_LATE
from tests.vectors.scene import DAY, NOON

STAMPER_UNFIT = "unfit time-stamping authority"


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "KU_MISSING")
def a_stamper_without_its_usage(*, forged: bool) -> File:
    """tsa root ─▶ tsa { no extendedKeyUsage }.

    INDETERMINATE, solely because the certificate was not issued for time-stamps.
    """
    return either(Stamping(tsa=STAMPER), forged=forged)


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "KU_MISSING")
def a_stamper_with_another_usage_besides(*, forged: bool) -> File:
    """tsa root ─▶ tsa { extendedKeyUsage: timeStamping, emailProtection }.

    INDETERMINATE, solely because the usage is not alone (RFC 3161 §2.3).
    """
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    return either(Stamping(tsa=replace(STAMPER, more=((both, True),))), forged=forged)


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "NO_CERTIFICATE_CHAIN_FOUND")
def a_stamper_of_the_wrong_root(*, forged: bool) -> File:
    """government root { document } ─▶ tsa.

    INDETERMINATE, solely because that root is trusted for documents and not for time-stamps: a signer's house stamps for itself.
    """
    return either(Stamping(root=ROOT), forged=forged)


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "REVOKED_NO_POE")
def a_revoked_stamper(*, forged: bool) -> File:
    """tsa root: tsa revoked the day before the token.

    INDETERMINATE, solely because the TSA was revoked.
    """
    return either(Stamping(revoked=True), forged=forged)


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "OUT_OF_BOUNDS_NO_POE")
def a_stamper_that_has_ended(*, forged: bool) -> File:
    """tsa root ─▶ tsa { until yesterday }.

    INDETERMINATE, solely because nothing proves that the token is older than the end of its TSA.
    """
    return either(Stamping(tsa=replace(TSA, not_after=NOON - DAY)), forged=forged)


@attack(STAMPER_UNFIT, TOO_LATE, "OUT_OF_BOUNDS_NO_POE", "TIMESTAMP_INVALID", "NOT_YET_VALID")
def a_stamper_that_had_not_begun(*, forged: bool) -> File:
    """tsa root ─▶ tsa { since yesterday }, its token says the day before.

    INDETERMINATE, solely because the token claims a moment at which its authority could not stamp: it was dated back.
    """
    return either(Stamping(tsa=replace(TSA, not_before=NOON - DAY)), forged=forged)
