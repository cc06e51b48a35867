"""Steps 3 to 5 of any signature, wherever it stands: the message, its time-stamp, and path and revocation as of that time.

(3) form, algorithms, digest, value  (5) the time-stamp says as of when  (4) path and revocation are judged (EN 319 102-1 §5.2-5.3).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from processors.verification.as_of import stand_as_of
from processors.verification.bench import Bench
from processors.verification.cms.message import DATA, SignedMessage, check_algorithms, is_archival
from processors.verification.defects import Finding, found
from processors.verification.steps import Step, Steps
from processors.verification.timestamps import Stamp, judge_token
from processors.verification.trust.moment import Moment
from processors.verification.trust.responses import NONE, Responses
from processors.verification.trust.store import Standing
from processors.verification.verdict import SignatureVerdict, TokenVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A signed message after steps 3 to 5."""

    message: SignedMessage
    standing: Standing
    at: Moment
    stamp: Stamp | None

    def verdict(
        self, where: str, bench: Bench, steps: Steps, claimed_at: datetime | None, **more: Any
    ) -> SignatureVerdict:
        """Return the verdict; `more`: what it covers."""
        signer = bench.trust.signer(self.message.certificate)
        return SignatureVerdict(
            where=where,
            role=signer.role,
            finding=steps.finding,
            signer=self.message.certificate.subject,
            organ_ids=signer.organ_ids,
            signed_at=self.at.best,
            time_source="timestamp" if self.at.stamped else "receipt",
            claimed_at=claimed_at,
            chain=self.standing.chain,
            revocation=self.standing.revocation,
            attributes_sha256=self.message.attributes_sha256,
            token=token_verdict(self.stamp),
            steps=steps.taken(),
            **more,
        )


def judge_message(
    signed: bytes, digest_of: Callable[[str], bytes], bench: Bench, steps: Steps, responses: Responses = NONE
) -> Judged:
    """Judge a ContentInfo; `digest_of` hashes what it covers by an algorithm's name. Raises `DefectError` or what parsers raise."""
    steps.enter(Step.MESSAGE)
    message = bench.read(signed)
    responses += message.responses
    steps.add(_profile(message, bench))
    archival = is_archival(message, bench.rule.algorithms)
    if not archival:
        steps.add(check_algorithms(message, bench.rule.algorithms))
    if not {"ALGO_WEAK"} & set(steps.finding.defects):
        steps.add(message.integrity(content_type=DATA, digest=digest_of(message.digest_name)))
    steps.enter(Step.TIME)
    stamp = _signature_stamp(message, bench, responses)
    standing, at, stamped = stand_as_of(message.certificate, message.others, stamp, bench, responses, archival=archival)
    steps.add(stamped)
    if archival:
        steps.add(found(["ALGO_WEAK_ACCEPTED" if at.sha1 else "ALGO_WEAK"]))
    steps.enter(Step.PATH)
    steps.add(standing.finding)
    return Judged(message=message, standing=standing, at=at, stamp=stamp)


def doubt_claim(claimed: datetime | None, bench: Bench, steps: Steps) -> None:
    """Note a claimed signing time that lies too far after the receipt."""
    if claimed and claimed > bench.receipt + bench.rule.max_claim_skew:
        steps.add(found(["SIGNING_TIME_DOUBTFUL"]))


def _profile(message: SignedMessage, bench: Bench) -> Finding:
    """Detached, and as the profile has the signing-certificate attribute."""
    finding = Finding()
    if message.content is not None:
        finding += found(["ENCAP_CONTENT_PRESENT"])
    if bench.rule.signing_certificate_attribute == "require":
        return finding + Finding(defects=message.finding.warnings)
    return finding + message.finding


def _signature_stamp(message: SignedMessage, bench: Bench, responses: Responses) -> Stamp | None:
    if message.token is None:
        return None
    return judge_token(message.token, partial(_digest, message.signature), bench, responses)


def _digest(value: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, value).digest()


def token_verdict(stamp: Stamp | None) -> TokenVerdict | None:
    """Return what a token came to; None: there is none."""
    if stamp is None:
        return None
    return TokenVerdict(
        stamped_at=stamp.stamped_at,
        signer=stamp.signer,
        finding=stamp.finding,
        chain=stamp.standing.chain,
        revocation=stamp.standing.revocation,
    )
