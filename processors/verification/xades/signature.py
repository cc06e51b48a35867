"""One XML signature judged: (2) form and coverage  (3) digests, value, certificate  (5) its time-stamp  (4) path and revocation as of that time."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from processors.verification.as_of import stand_as_of
from processors.verification.bench import Bench
from processors.verification.cms.message import key_is_strong
from processors.verification.defects import DefectError, Finding, found
from processors.verification.limits import MAX_CMS_CERTIFICATE_BYTES, MAX_CMS_CERTIFICATES
from processors.verification.messages import doubt_claim, token_verdict
from processors.verification.pdf.located import Coverage, Modification
from processors.verification.steps import Step, Steps
from processors.verification.timestamps import Stamp, judge_token
from processors.verification.trust.certificates import Certificate, load_certificate
from processors.verification.verdict import SignatureVerdict
from processors.verification.xades.coverage import check_covered
from processors.verification.xades.form import Form, read_form
from processors.verification.xades.properties import Properties, Token, read_properties
from processors.verification.xades.targets import Kind, Target, follow
from processors.verification.xmldsig.canonical import canonical, signed_by, without
from processors.verification.xmldsig.elements import text

Digest = Callable[[int, str], bytes]
"""Hashes an attachment by its number and an algorithm's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a signature stands."""

    number: int
    """Of the attachment that holds it."""

    names: Sequence[str]
    """Of all attachments of the packet."""

    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A signature that was read: what it is over is known, and that nothing beside is left unsigned."""

    form: Form
    targets: tuple[Target, ...]
    over: tuple[int, ...]
    """Numbers of attachments."""


def read_signature(element: etree._Element, place: Place) -> Written:
    """Read a Signature; raises `DefectError` or what parsers raise where it cannot be said what it is over."""
    form = read_form(element)
    targets = follow(form, place.names, place.number)
    check_covered(form, targets)
    over = tuple(each.number for each in targets if each.kind is Kind.FILE) or (place.number,)
    return Written(form=form, targets=targets, over=over)


def judge_signature(written: Written, digest: Digest, bench: Bench, steps: Steps) -> SignatureVerdict:
    """Judge a signature that was read; raises as reading does."""
    form, targets = written.form, written.targets
    steps.enter(Step.MESSAGE)
    properties = read_properties(form, targets)
    signed = canonical(form.signed_info, exclusive=form.exclusive)
    leaf, others, holds = _signer(form, properties, signed)
    fits = all(_digest(each, form, digest) == base64.b64decode(each.pointer.digest_value) for each in targets)
    steps.add(found([] if fits else ["HASH_FAILURE"]) + found([] if holds else ["SIG_CRYPTO_FAILURE"]))
    steps.add(_strength(form, targets, leaf, bench) + _profile(properties, bench))
    doubt_claim(properties.claimed_at, bench, steps)
    steps.enter(Step.TIME)
    stamp = _stamp(form, properties.token, bench)
    standing, at, stamped = stand_as_of(leaf, others, stamp, bench)
    steps.add(stamped)
    steps.enter(Step.PATH)
    steps.add(standing.finding)
    signer = bench.trust.signer(leaf)
    return SignatureVerdict(
        where="",
        role=signer.role,
        finding=steps.finding,
        signer=leaf.subject,
        organ_ids=signer.organ_ids,
        signed_at=at.best,
        time_source="timestamp" if at.stamped else "receipt",
        claimed_at=properties.claimed_at,
        coverage=Coverage.ENTIRE_FILE,
        modification=Modification.NONE,
        chain=standing.chain,
        revocation=standing.revocation,
        attributes_sha256=hashlib.sha256(signed).hexdigest(),
        token=token_verdict(stamp),
        steps=steps.taken(),
    )


def _signer(form: Form, properties: Properties, signed: bytes) -> tuple[Certificate, list[Certificate], bool]:
    """Return the signer's certificate, the others, and whether the value holds; KeyInfo has them in no order."""
    ders = [base64.b64decode(each) for each in form.certificates]
    if len(ders) > MAX_CMS_CERTIFICATES or sum(map(len, ders)) > MAX_CMS_CERTIFICATE_BYTES:
        raise DefectError("RESOURCE_LIMIT")
    held = [load_certificate(each) for each in ders]
    meant = properties.meant(held)
    value = text(form.value)
    method = {"mechanism": form.mechanism, "digest_name": form.digest_name}
    leaf = next((each for each in meant if signed_by(each, signed, value, **method)), None)
    signer = leaf or meant[0]
    return signer, [each for each in held if each is not signer], leaf is not None


def _strength(form: Form, targets: Sequence[Target], leaf: Certificate, bench: Bench) -> Finding:
    allowed = bench.rule.algorithms
    digests = {form.digest_name, *(each.pointer.digest_name for each in targets)}
    strong = digests <= set(allowed.digests) and key_is_strong(leaf, allowed)
    return found([] if strong else ["ALGO_WEAK"])


def _digest(target: Target, form: Form, digest: Digest) -> bytes:
    name = target.pointer.digest_name
    if target.element is None:
        return digest(target.number, name)
    if target.kind in (Kind.DOCUMENT, Kind.ELEMENT):
        document = target.kind is Kind.DOCUMENT
        octets = without(target.element, form.signature, exclusive=target.exclusive, document=document)
    else:
        octets = canonical(target.element, exclusive=target.exclusive)
    return hashlib.new(name, octets).digest()


def _profile(properties: Properties, bench: Bench) -> Finding:
    missing = () if properties.named else ("SIGNING_CERT_ATTR_MISSING",)
    if bench.rule.signing_certificate_attribute == "require":
        return Finding(defects=missing)
    return Finding(warnings=missing)


def _stamp(form: Form, token: Token | None, bench: Bench) -> Stamp | None:
    """Judge the signature time-stamp: it is over the canonical SignatureValue element (EN 319 132-1 §5.3)."""
    if token is None:
        return None
    stamped = canonical(form.value, exclusive=token.exclusive)
    return judge_token(token.der, lambda name: hashlib.new(name, stamped).digest(), bench)
