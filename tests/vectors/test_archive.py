"""SHA-1 under the dated policy for archives: only where a sound time-stamp proves that the signature is older than the day named."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vectors.attacks.houses import AGENCY, ROOT, SUB, Line, Listing, Plan, certified, listed, trusting
from tests.vectors.attacks.messages import HONEST, attribute, made
from tests.vectors.attacks.paper import signed_page
from tests.vectors.attacks.stamps import TSA_ROOT, Stamping, token
from tests.vectors.attacks.vector import PASSED, File, verdict_of
from tests.vectors.scene import NOON, YEAR

UNTIL = datetime(2019, 1, 1, tzinfo=UTC)
"""`sha1_until` of the policy shipped: the day begins seven hours earlier there."""

THEN = datetime(2017, 6, 1, tzinfo=UTC)
TOO_WEAK = "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE"


def archived(stamp: Stamping | None, *, digest: str = "sha1", sub: Plan = SUB, agency: Plan = AGENCY) -> File:
    """Return a page signed by SHA-1, with a token (by SHA-256) or without."""
    plans = (ROOT, sub, agency)
    root, middle, leaf = (replace(each, not_before=THEN - YEAR, not_after=NOON + YEAR) for each in plans)
    line = Line(root=root, subs=(middle,), leaf=leaf)
    recipe = replace(HONEST, credential=line.credential(), digest=digest)
    if stamp:
        recipe = replace(recipe, unsigned=lambda value: [attribute("signature_time_stamp_token", token(value, stamp))])
    anchors = [(certified(root, root), ("document",)), (certified(TSA_ROOT, TSA_ROOT), ("timestamp",))]
    lists = [Listing(by=root), Listing(by=middle), Listing(by=TSA_ROOT)]
    return File(
        content=signed_page(lambda covered: made(covered, recipe)), reference=trusting(anchors, map(listed, lists))
    )


def test_older_than_the_day(tmp_path: Path) -> None:
    """Signed and stamped in 2017: passes, and says why."""
    seen = archived(Stamping(at=THEN)).judge(tmp_path)

    assert PASSED == verdict_of(seen), seen.reasons
    assert "ALGO_WEAK_ACCEPTED" in seen.reasons


@pytest.mark.parametrize("stamp", [None, Stamping(at=UNTIL), Stamping(at=THEN, imprinted=lambda _: b"another")])
def test_not_proven_to_be_older(stamp: Stamping | None, tmp_path: Path) -> None:
    """No token, one of the day itself, or one of another signature."""
    seen = archived(stamp).judge(tmp_path)

    assert (TOO_WEAK, "ALGO_WEAK") == (verdict_of(seen), seen.reason)


def test_certificates_of_that_time(tmp_path: Path) -> None:
    """The chain is signed with SHA-1 too; for a signature by SHA-256 that is no excuse."""
    sub, agency = replace(SUB, sha1=True), replace(AGENCY, sha1=True)
    fitting = archived(Stamping(at=THEN), sub=sub, agency=agency)
    newer = archived(Stamping(at=THEN), digest="sha256", sub=sub, agency=agency)

    assert PASSED == verdict_of(fitting.judge(tmp_path))
    assert "ALGO_WEAK" in newer.judge(tmp_path).reasons
