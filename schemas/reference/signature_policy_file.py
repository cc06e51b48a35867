"""Parses signature_policy.yaml -> `SignaturePolicy`."""

import re
from collections.abc import Mapping

from schemas.reference.faults import Faults
from schemas.reference.moments import read_span
from schemas.reference.signature_policy import COMPARE_EACH, Algorithms, SignaturePolicy, SignatureRule, SignerIdentity
from schemas.reference.tree import Item, read_tree

DIGESTS = ("sha1", "sha256", "sha384", "sha512", "sha512_256", "sha3_256", "sha3_384", "sha3_512")
SUBFILTERS = ("adbe.pkcs7.detached", "ETSI.CAdES.detached", "ETSI.RFC3161")
_OID = re.compile(r"[0-2](\.(0|[1-9]\d{0,9})){1,20}", re.ASCII)
RULE = (
    "id", "profile", "valid_from", "required", "annex_required", "subfilters", "signing_certificate_attribute",
    "algorithms", "envelope", "unsigned", "signer_not_sender", "timestamp", "crl_grace", "max_claim_skew",
    "on_indeterminate",
)  # fmt: skip
MIN_RSA, MIN_EC = 2048, 256
"""TT 15/2025/TT-BKHCN: a policy may ask for more, never for less."""


def parse_signature_policy(files: Mapping[str, bytes], faults: Faults) -> SignaturePolicy | None:
    """Parse signature_policy.yaml; a rule that lacks a field is a fault."""
    tree = read_tree("signature_policy.yaml", files.get("signature_policy.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(known=("version", "default_profile", "identity", "rules"), optional=("compare_each",))
    if faults:
        return None
    rules = tuple(rule for item in top["rules"].items() if (rule := _rule(item)))
    if faults:
        return None
    identity = top["identity"].entries(known=("organisation_oid", "person_oids"))
    if "organisation_oid" not in identity or "person_oids" not in identity:
        return None
    return SignaturePolicy(
        label=top["version"].text(),
        default_profile=top["default_profile"].choice(tuple(dict.fromkeys(rule.profile for rule in rules))),
        identity=SignerIdentity(
            organisation_oid=_oid(identity["organisation_oid"]),
            person_oids=tuple(_oid(item) for item in identity["person_oids"].items()),
        ),
        rules=rules,
        compare_each=top["compare_each"].number(0, 1_000_000) if "compare_each" in top else COMPARE_EACH,
    )


def _rule(item: Item) -> SignatureRule | None:
    keys = item.entries(known=RULE, optional=("valid_to", "document_types", "note"))
    if not all(name in keys for name in RULE):
        return None
    valid_from, valid_to = keys["valid_from"].day(), keys["valid_to"].day() if "valid_to" in keys else None
    if valid_to and valid_to < valid_from:
        keys["valid_to"].fault("VALIDITY_INVERTED", f"Ngày hết hạn {valid_to} trước ngày bắt đầu {valid_from}.")
    types = keys["document_types"].texts() if "document_types" in keys else ()
    return SignatureRule(
        id=keys["id"].text(),
        profile=keys["profile"].text(),
        valid_from=valid_from,
        valid_to=valid_to,
        document_types=tuple(name.casefold() for name in types),
        required=tuple(each.choice(("person", "agency")) for each in keys["required"].items()),
        annex_required=tuple(each.choice(("person", "agency")) for each in keys["annex_required"].items()),
        subfilters=frozenset(each.choice(SUBFILTERS) for each in keys["subfilters"].items()),
        signing_certificate_attribute=keys["signing_certificate_attribute"].choice(("require", "warn")),
        algorithms=_algorithms(keys["algorithms"]),
        envelope=keys["envelope"].choice(("ignore", "warn", "require")),
        unsigned=keys["unsigned"].choice(("refuse", "information")),
        signer_not_sender=keys["signer_not_sender"].choice(("refuse", "warn")),
        timestamp=keys["timestamp"].choice(("optional", "require")),
        crl_grace=read_span(keys["crl_grace"]),
        max_claim_skew=read_span(keys["max_claim_skew"]),
        on_indeterminate={
            name: each.choice(("hold", "provisional")) for name, each in keys["on_indeterminate"].entries().items()
        },
    )


def _algorithms(item: Item) -> Algorithms:
    keys = item.entries(known=("digests", "min_rsa_bits", "min_ec_bits"), optional=("sha1_until",))
    digests = frozenset(each.choice(DIGESTS) for each in keys["digests"].items()) if "digests" in keys else frozenset()
    if "sha1" in digests:
        keys["digests"].fault("BAD_VALUE", "SHA-1 không được liệt kê ở đây; chỉ dùng sha1_until.")
    return Algorithms(
        digests=digests,
        min_rsa_bits=keys["min_rsa_bits"].number(MIN_RSA, 16_384) if "min_rsa_bits" in keys else MIN_RSA,
        min_ec_bits=keys["min_ec_bits"].number(MIN_EC, 1_024) if "min_ec_bits" in keys else MIN_EC,
        sha1_until=keys["sha1_until"].day() if "sha1_until" in keys else None,
    )


def _oid(item: Item) -> str:
    text = item.text()
    if text and not _OID.fullmatch(text):
        item.fault("BAD_VALUE", f"“{text[:80]}” không phải OID, ví dụ 2.5.4.97.")
    return text
