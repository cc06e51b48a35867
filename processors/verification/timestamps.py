"""Step 5, time-stamps (RFC 3161): the same steps as for a signature, the imprint, and the order of times.

A token that does not hold proves nothing: the signature is then judged at our receipt, and the token's defects are reported.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import cms, tsp
from cryptography import x509

from processors.verification.cms import SignedMessage, check_algorithms, check_integrity, read_signed
from processors.verification.defects import DefectError, Finding, found, weight
from processors.verification.trust import Moment, Standing, TrustStore
from schemas.reference.signature_policy import SignatureRule

CLOCK_SKEW = timedelta(minutes=5)
"""How far a time-stamp may lie after our receipt (domain §2.2)."""


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


def judge_token(
    token: cms.SignedData, imprinted: bytes, *, receipt: datetime, rule: SignatureRule, trust: TrustStore
) -> Stamp:
    """Judge a token over `imprinted` (the signature value, or for a document time-stamp the covered bytes)."""
    content = token["encap_content_info"]
    if content["content_type"].native != "tst_info":
        return Stamp(finding=found(["FORMAT_FAILURE"]))
    try:
        message = read_signed(token)
    except DefectError as exc:
        return Stamp(finding=found([exc.code]))
    statement: tsp.TSTInfo = content["content"].parsed
    finding = message.finding + check_algorithms(message, rule.algorithms)
    inner = hashlib.new(message.digest_name, bytes(content["content"])).digest() if not finding.defects else b""
    finding += check_integrity(message, content_type="tst_info", digest=inner) + _imprint(statement, imprinted, rule)
    stamped_at = statement["gen_time"].native
    if stamped_at > receipt + CLOCK_SKEW:
        finding += found(["TIMESTAMP_ORDER_FAILURE"])
    standing = stand(message, trust, "timestamp", Moment(best=receipt, receipt=receipt, crl_grace=rule.crl_grace))
    return Stamp(
        finding=finding + standing.finding,
        stamped_at=stamped_at,
        signer=load(message.certificate).subject.rfc4514_string(),
        standing=standing,
    )


def stand(message: SignedMessage, trust: TrustStore, usage: str, at: Moment) -> Standing:
    """Judge the certificate of a message."""
    return trust.judge(load(message.certificate), [load(each) for each in message.others], usage, at)


def load(certificate: object) -> x509.Certificate:
    """Return the same certificate, from its very bytes, as `cryptography` has it."""
    return x509.load_der_x509_certificate(certificate.dump())  # type: ignore[attr-defined] # asn1crypto's x509.Certificate


def _imprint(statement: tsp.TSTInfo, imprinted: bytes, rule: SignatureRule) -> Finding:
    imprint = statement["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in rule.algorithms.digests:
        return found(["ALGO_WEAK"])
    same = hashlib.new(name, imprinted).digest() == imprint["hashed_message"].native
    return found([] if same else ["HASH_FAILURE"])
