"""Step 5, time-stamps (RFC 3161): the same steps as for a signature, the imprint, and the order of times.

A token that does not hold proves nothing: the signature is then judged at our receipt, and the token's defects are reported.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from processors.verification.bench import Bench
from processors.verification.cms.message import TST_INFO, check_algorithms
from processors.verification.cms.tst import StampStatement, read_statement
from processors.verification.defects import DefectError, Finding, found, weight
from processors.verification.trust.moment import CLOCK_SKEW, Moment
from processors.verification.trust.responses import NONE, Responses
from processors.verification.trust.store import Standing
from schemas.reference.signature_policy import SignatureRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time-stamp token, judged."""

    finding: Finding
    stamped_at: datetime | None = None
    signer: str = ""
    standing: Standing = field(default_factory=lambda: Standing(finding=Finding()))

    @property
    def waits(self) -> bool:
        """True where only revocation data is missing to rely upon it."""
        return bool(self.finding.defects) and all(weight(code) == 1 for code in self.finding.defects)

    @property
    def proves(self) -> bool:
        """True where its time may be relied upon."""
        return self.stamped_at is not None and not self.finding.defects


def judge_token(token: bytes, imprinted: Callable[[str], bytes], bench: Bench, responses: Responses = NONE) -> Stamp:
    """Judge a token (DER); `imprinted` hashes the signature value, or for a document time-stamp the covered bytes."""
    try:
        message = bench.read(token)
    except DefectError as exc:
        return Stamp(finding=found([exc.code]))
    if message.content_type != TST_INFO or message.content is None:
        return Stamp(finding=found(["FORMAT_FAILURE"]))
    statement = read_statement(message.content)
    finding = message.finding + check_algorithms(message, bench.rule.algorithms)
    inner = hashlib.new(message.digest_name, message.content).digest() if not finding.defects else b""
    finding += message.integrity(content_type=TST_INFO, digest=inner) + _imprint(statement, imprinted, bench.rule)
    if statement.made_at > bench.receipt + CLOCK_SKEW:
        finding += found(["TIMESTAMP_ORDER_FAILURE"])
    at = Moment(best=bench.receipt, receipt=bench.receipt, crl_grace=bench.rule.crl_grace)
    standing = bench.trust.judge(message.certificate, message.others, "timestamp", at, responses + message.responses)
    if any(statement.made_at + CLOCK_SKEW < each.x509.not_valid_before_utc for each in standing.chain):
        finding += found(["NOT_YET_VALID"])  # it says that it was made before its authority could make any
    return Stamp(
        finding=finding + standing.finding,
        stamped_at=statement.made_at,
        signer=message.certificate.subject,
        standing=standing,
    )


def _imprint(statement: StampStatement, imprinted: Callable[[str], bytes], rule: SignatureRule) -> Finding:
    if statement.imprint_digest not in rule.algorithms.digests:
        return found(["ALGO_WEAK"])
    same = imprinted(statement.imprint_digest) == statement.imprint
    return found([] if same else ["HASH_FAILURE"])
