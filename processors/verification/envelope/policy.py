"""What the envelope's signature and its binding mean for the document, by policy: ignore, warn (the default) or require."""

from processors.verification.defects import Finding
from processors.verification.pdf.located import Coverage
from processors.verification.verdict import Binding, SignatureVerdict
from schemas.reference.signature_policy import SignatureRule

ATTACKS = frozenset({"XML_REF_NOT_EXPECTED", "XML_DUPLICATE_ID"})
"""Wrapping shapes: refused wherever the signature is looked at at all."""

BROKEN = ATTACKS | {"HASH_FAILURE", "SIG_CRYPTO_FAILURE", "FORMAT_FAILURE", "XML_TRANSFORM_FORBIDDEN", "ALGO_WEAK"}


def weigh_envelope(xml: SignatureVerdict | None, binding: Binding, sender: str, rule: SignatureRule) -> Finding:
    """Return defects and warnings; the PDF signatures decide unless the policy requires the envelope's too."""
    if rule.envelope == "ignore":
        return Finding()
    required = rule.envelope == "require"
    if xml is None:
        return _as_policy_says(("XML_SIGNATURE_MISSING",), required=required)
    codes = xml.finding.defects
    if codes:
        # an unverified signature binds nothing, so its binding is not asked
        summary = "XML_SIGNATURE_INVALID" if BROKEN & set(codes) else "XML_SIGNER_UNTRUSTED"
        attacks = Finding(defects=tuple(code for code in codes if code in ATTACKS))
        return attacks + _as_policy_says((*codes, summary) if required else (summary,), required=required)
    foreign = ("SIGNER_NOT_SENDER_AGENCY",) if sender and sender not in xml.organ_ids else ()
    partly = ("XML_REF_NOT_EXPECTED",) if xml.coverage is Coverage.PARTIAL else ()
    loose = Finding(warnings=("ATTACHMENTS_NOT_BOUND",) if binding.unbound else ())
    return _as_policy_says((*foreign, *partly), required=required) + binding.finding + loose


def _as_policy_says(codes: tuple[str, ...], *, required: bool) -> Finding:
    return Finding(defects=codes) if required else Finding(warnings=codes)
