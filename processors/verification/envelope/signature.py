"""The envelope's XMLDSig signature and which attachments it binds; apart from what the PDF signatures say.

The key comes from a certificate with a path to an anchor for `envelope`, never from KeyInfo alone.
"""

import base64
import copy
import hashlib
from collections.abc import Callable, Mapping

from lxml import etree

from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.cms.message import key_is_strong
from processors.verification.defects import DefectError, found
from processors.verification.envelope.template import PARTLY, Template, find_signature, read_template
from processors.verification.pdf.located import Coverage
from processors.verification.steps import Step, Steps
from processors.verification.trust.certificates import load_certificate
from processors.verification.trust.moment import Moment
from processors.verification.verdict import Binding, SignatureVerdict
from processors.verification.xmldsig.canonical import canonical, cut, signed_by
from processors.verification.xmldsig.elements import local

WHERE = "envelope"


def judge_envelope(
    frame: Callable[[], etree._Element], attachments: Mapping[str, str], bench: Bench
) -> tuple[SignatureVerdict | None, Binding]:
    """Judge the signature of a packet; None where there is none.

    `frame` parses the packet; `attachments`: ContentId without `cid:` -> SHA-256 (hex) of the unpacked file.
    """
    unbound = Binding(unbound=tuple(attachments))

    steps = Steps()

    def judge() -> tuple[SignatureVerdict | None, Binding]:
        root = frame()
        signature = find_signature(root)
        if signature is None:
            return None, unbound
        template = read_template(root, signature)
        steps.enter(Step.MESSAGE)
        return _judge(template, bench, steps), _bind(template, attachments)

    return guarded(judge, lambda code: (_failed(code, steps), unbound))


def _judge(template: Template, bench: Bench, steps: Steps) -> SignatureVerdict:
    if not template.certificates:
        raise DefectError("NO_SIGNING_CERTIFICATE_FOUND")
    leaf, *others = (load_certificate(base64.b64decode(each)) for each in template.certificates)
    covered = _covered(template)
    if hashlib.new(template.main.digest_name, covered).digest() != base64.b64decode(template.main.digest_value):
        steps.add(found(["HASH_FAILURE"]))
    if not signed_by(
        leaf,
        canonical(template.signed_info),
        template.value,
        mechanism=template.mechanism,
        digest_name=template.digest_name,
    ):
        steps.add(found(["SIG_CRYPTO_FAILURE"]))
    if not key_is_strong(leaf, bench.rule.algorithms):
        steps.add(found(["ALGO_WEAK"]))
    steps.enter(Step.PATH)
    at = Moment(best=bench.receipt, receipt=bench.receipt, crl_grace=bench.rule.crl_grace)
    standing = bench.trust.judge(leaf, others, "envelope", at)
    steps.add(standing.finding)
    return SignatureVerdict(
        where=WHERE,
        role="envelope",
        finding=steps.finding,
        signer=leaf.subject,
        organ_ids=bench.trust.signer(leaf).organ_ids,
        signed_at=bench.receipt,
        time_source="receipt",
        coverage=Coverage.PARTIAL if template.covers == PARTLY else Coverage.ENTIRE_FILE,
        chain=standing.chain,
        revocation=standing.revocation,
        attributes_sha256=hashlib.sha256(covered).hexdigest(),
        steps=steps.taken(),
    )


def _covered(template: Template) -> bytes:
    """Return the bytes that were hashed: exclusive C14N of the target, without the signature where it is enveloped."""
    target = copy.deepcopy(template.target)
    if not template.covers:
        for each in [each for each in target.iterchildren(etree.Element) if local(each) == "AttachmentEncoded"]:
            cut(each)
    if template.enveloped:
        for each in list(target.iter(template.signature.tag)):
            cut(each)
    return canonical(target)


def _bind(template: Template, attachments: Mapping[str, str]) -> Binding:
    wanted = {each.uri.removeprefix("cid:"): each for each in template.attachments}
    bound = []
    codes = (
        ["ATTACHMENT_DIGEST_MISMATCH"]
        if set(wanted) - set(attachments) or len(wanted) != len(template.attachments)
        else []
    )
    for content_id, reference in wanted.items():
        if content_id not in attachments:
            continue
        if (
            reference.digest_name == "sha256"
            and base64.b64decode(reference.digest_value).hex() == attachments[content_id]
        ):
            bound.append(content_id)
        else:
            codes.append("ATTACHMENT_DIGEST_MISMATCH")
    return Binding(
        bound=tuple(bound), unbound=tuple(each for each in attachments if each not in bound), finding=found(codes)
    )


def _failed(code: str, steps: Steps) -> SignatureVerdict:
    return SignatureVerdict(where=WHERE, role="envelope", finding=found([code]), steps=steps.taken(code))
