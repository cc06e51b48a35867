"""As of when a signer's certificate is judged: a proven time-stamp, else our receipt (EN 319 102-1 §5.5); the same for CMS and for XML."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from processors.verification.bench import Bench
from processors.verification.defects import Finding, found
from processors.verification.timestamps import Stamp
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.moment import HERE, Moment
from processors.verification.trust.responses import NONE, Responses
from processors.verification.trust.store import Standing


def stand_as_of(
    certificate: Certificate,
    others: Iterable[Certificate],
    stamp: Stamp | None,
    bench: Bench,
    responses: Responses = NONE,
    *,
    archival: bool = False,
) -> tuple[Standing, Moment, Finding]:
    """Judge the certificate as of a proven time-stamp, else of our receipt; say what that leaves of the token's codes."""
    receipt = Moment(best=bench.receipt, receipt=bench.receipt, crl_grace=bench.rule.crl_grace)
    stand = partial(bench.trust.judge, certificate, tuple(others), "document", responses=responses)
    required = bench.rule.timestamp == "require"
    if stamp is None or stamp.stamped_at is None:
        missing = found(["NO_POE"]) if required else Finding()
        return stand(receipt), receipt, missing if stamp is None else _invalid(stamp, decides=required)
    best, until = min(stamp.stamped_at, bench.receipt), bench.rule.algorithms.sha1_until
    old = archival and until is not None and best.astimezone(HERE).date() < until
    stamped = replace(receipt, best=best, stamped=True, sha1=old)
    if stamp.proves:
        return stand(stamped), stamped, stamp.finding
    at_receipt, at_stamp = stand(receipt), stand(stamped)
    if stamp.waits and (required or (at_receipt.finding.defects and not at_stamp.finding.defects)):
        return at_stamp, stamped, stamp.finding  # the token would settle it: wait for its revocation data
    return at_receipt, receipt, _invalid(stamp, decides=required)


def _invalid(stamp: Stamp, *, decides: bool) -> Finding:
    """Report a token that fails; only where the policy asks for one does it decide."""
    codes = found(["TIMESTAMP_INVALID", *stamp.finding.codes])
    return codes if decides else Finding(warnings=codes.codes)
