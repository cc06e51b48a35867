"""Vectors of path, revocation and time: who is trusted, as of when (EN 319 102-1 §5.2.6, §5.5)."""

import pytest

from infra.pki.issue import Usage
from tests.vectors.scene import DAY, HOUR, NOON, YEAR, Scene

GOOD = Scene()


def test_good_without_a_stamp() -> None:
    """Chain: root -> sub -> person, agency; signed 11:00, received 12:00. TOTAL_PASSED as of the receipt."""
    seen = GOOD.judge()

    assert (set(), {"receipt"}) == (seen.defects, {each.time_source for each in seen.signatures})
    assert ["entire_revision", "entire_file"] == [each.coverage for each in seen.signatures]
    assert ["person", "agency"] == [each.role for each in seen.signatures]


def test_good_with_a_stamp() -> None:
    """As above, each signature with an RFC 3161 token of 11:30: TOTAL_PASSED as of the token."""
    seen = GOOD.with_(stamped_at=NOON - HOUR / 2).judge()

    assert (set(), {NOON - HOUR / 2}) == (seen.defects, {each.signed_at for each in seen.signatures})


def test_the_older_subfilter_passes() -> None:
    """adbe.pkcs7.detached without a signing-certificate attribute passes VN-GOV, with a recorded reason."""
    seen = GOOD.with_(pades=False).judge()

    assert (set(), True) == (seen.defects, "LEGACY_SUBFILTER" in seen.warnings)


def test_expired_without_a_stamp() -> None:
    """Leaf valid until yesterday; nothing proves that the signature is older: OUT_OF_BOUNDS_NO_POE."""
    seen = GOOD.with_(not_after=NOON - DAY, signed_at=NOON - 2 * DAY).judge()

    assert {"OUT_OF_BOUNDS_NO_POE"} == seen.defects


def test_expired_with_a_stamp_while_valid() -> None:
    """Leaf valid until yesterday, token of the day before yesterday: TOTAL_PASSED."""
    seen = GOOD.with_(not_after=NOON - DAY, signed_at=NOON - 2 * DAY, stamped_at=NOON - 2 * DAY).judge()

    assert set() == seen.defects


def test_a_stamp_after_expiry_proves_nothing() -> None:
    """Leaf valid until yesterday, token of this morning. pyHanko's AdES validation passes this; we do not."""
    seen = GOOD.with_(not_after=NOON - DAY, stamped_at=NOON - HOUR).judge()

    assert {"OUT_OF_BOUNDS_NO_POE", "TS_AFTER_EXPIRY"} == seen.defects


def test_not_yet_valid() -> None:
    """Leaf valid from tomorrow: TOTAL_FAILED/NOT_YET_VALID."""
    seen = GOOD.with_(not_before=NOON + DAY).judge()

    assert {"NOT_YET_VALID"} == seen.defects


def test_revoked_without_a_stamp() -> None:
    """Agency revoked at 10:00, received 12:00: REVOKED_NO_POE."""
    seen = GOOD.with_(revoked={"agency": NOON - 2 * HOUR}).judge()

    assert {"REVOKED_NO_POE"} == seen.defects


def test_revoked_after_the_receipt() -> None:
    """Agency revoked at 13:00 in a CRL that came later; received 12:00: our receipt is the proof of existence."""
    seen = GOOD.with_(revoked={"agency": NOON + HOUR}).judge()

    assert set() == seen.defects


def test_revoked_after_the_stamp() -> None:
    """Token of 11:00, revoked at 11:30: TOTAL_PASSED. pyHanko's basic validation refuses this falsely."""
    seen = GOOD.with_(stamped_at=NOON - HOUR, revoked={"agency": NOON - HOUR / 2}).judge()

    assert set() == seen.defects


def test_revoked_before_the_stamp() -> None:
    """Revoked at 10:00, token of 11:00: REVOKED_NO_POE."""
    seen = GOOD.with_(stamped_at=NOON - HOUR, revoked={"agency": NOON - 2 * HOUR}).judge()

    assert {"REVOKED_NO_POE"} == seen.defects


def test_a_revoked_sub_ca() -> None:
    """The root revoked sub: REVOKED_CA_NO_POE for both leaves."""
    seen = GOOD.with_(revoked={"sub": NOON - DAY}).judge()

    assert {"REVOKED_CA_NO_POE"} == seen.defects


@pytest.mark.parametrize("missing", ["root", "sub"])
def test_no_crl(missing: str) -> None:
    """Without the CRL of any CA of the path nothing can be known yet: CRL_MISSING, which is TRY_LATER."""
    seen = GOOD.with_(without_crl=frozenset({missing})).judge()

    assert {"CRL_MISSING"} == seen.defects
    assert {"TRY_LATER"} == {each.sub_indication for each in seen.signatures}


def test_a_stale_crl() -> None:
    """Every CRL ended an hour before the receipt: CRL_STALE, which is TRY_LATER."""
    seen = GOOD.with_(crl_ends=NOON - HOUR).judge()

    assert {"CRL_STALE"} == seen.defects


def test_a_stale_crl_still_proves_revocation() -> None:
    """A CRL that ended does not bring a certificate back to life."""
    seen = GOOD.with_(crl_ends=NOON - HOUR, revoked={"agency": NOON - DAY}).judge()

    assert {"REVOKED_NO_POE", "CRL_STALE"} == seen.defects


def test_without_anchors_nothing_is_trusted() -> None:
    """An empty trust list is empty; the machine's own store is never asked."""
    seen = GOOD.with_(trusted=False).judge()

    assert {"NO_CERTIFICATE_CHAIN_FOUND"} == seen.defects


def test_key_usage_is_demanded() -> None:
    """A leaf for key encipherment only must not sign documents."""
    seen = GOOD.with_(usage=Usage(signing=False)).judge()

    assert {"KU_MISSING"} == seen.defects


def test_the_signer_of_another_agency() -> None:
    """All is well but that the certificates are another agency's."""
    seen = GOOD.with_(organ_id="000.00.05.H53").judge()

    assert {"SIGNER_NOT_SENDER_AGENCY"} == seen.defects


@pytest.mark.parametrize("usage", [Usage(), Usage(time_stamping=True, critical=False)])
def test_a_stamp_by_no_stamping_authority_proves_nothing(usage: Usage) -> None:
    """The TSA's extended key usage is missing or not critical: judged at the receipt, and the token is reported."""
    seen = GOOD.with_(stamped_at=NOON - HOUR, tsa_usage=usage).judge()

    assert (set(), {"receipt"}) == (seen.defects, {each.time_source for each in seen.signatures})
    assert {"TIMESTAMP_INVALID", "KU_MISSING"} <= seen.warnings


def test_a_stamp_that_would_save_it_is_waited_for() -> None:
    """Leaf ended yesterday, token of the day before, but the TSA's CRL is missing: hold, do not refuse."""
    seen = GOOD.with_(
        not_after=NOON - DAY, stamped_at=NOON - 2 * DAY, signed_at=NOON - 2 * DAY, without_crl=frozenset({"tsa-root"})
    ).judge()

    assert {"CRL_MISSING"} == seen.defects


def test_a_stamp_from_the_future() -> None:
    """A token an hour after our receipt is out of order and proves nothing."""
    seen = GOOD.with_(stamped_at=NOON + HOUR).judge()

    assert set() == seen.defects
    assert "TIMESTAMP_ORDER_FAILURE" in seen.warnings


def test_a_claim_from_the_future_is_noted() -> None:
    """Signing time claimed a year ahead: a claim decides nothing, but it is reported."""
    seen = GOOD.with_(signed_at=NOON + YEAR).judge()

    assert (set(), {"SIGNING_TIME_DOUBTFUL"}) == (seen.defects, seen.warnings)


def test_the_strict_profile_wants_a_stamp() -> None:
    """STRICT requires trusted time and larger keys."""
    seen = GOOD.with_(profile="STRICT").judge()

    assert {"NO_POE", "ALGO_WEAK"} == seen.defects
