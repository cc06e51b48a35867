"""Whole packets: a document signed by person and agency, in an envelope that the agency signed; the policy requires both."""

import base64
import copy
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from lxml import etree

from infra.demo.frame import Draft, frame
from infra.demo.xmldsig import DS, canonical, sign_envelope
from infra.pki import Credential, sign_with
from schemas.edxml import enclose, serialise
from schemas.reference import Reference
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.vector import File, plain_reference
from tests.vectors.scene import NOON, SENDER, Scene

CONTENT_ID = "7d0c2f6e-1c0e-4f0a-9a55-3c1f2b7a9e01"
RECIPIENT, THIEF = "000.00.05.H53", "000.21.31.H53"
DRAFT = Draft(sender=SENDER, recipients=(RECIPIENT,), number=7, at=NOON)
Element = etree._Element


@cache
def document() -> bytes:
    """Return the document."""
    return Scene().pdf()


@cache
def requiring() -> Reference:
    """Return reference data whose policy requires a signed envelope."""
    reference = plain_reference()
    policy = reference.signature_policy
    assert policy is not None
    rules = tuple(replace(each, envelope="require") for each in policy.rules)
    return reference.with_value("signature_policy", replace(policy, rules=rules), "2")


@cache
def _unsigned() -> Element:
    enclosed = enclose(document(), content_id=CONTENT_ID, name="7-UBND-VP.signed.pdf", at=NOON, description="Văn bản")
    return frame(DRAFT, {}, enclosed)


@cache
def _honest() -> Element:
    root = copy.deepcopy(_unsigned())
    sign_envelope(root[0], root[0][0], {CONTENT_ID: document()}, agency())
    return root


def unsigned() -> Element:
    """Return a packet whose envelope nobody signed."""
    return copy.deepcopy(_unsigned())


def honest() -> Element:
    """Return a packet that passes."""
    return copy.deepcopy(_honest())


def posted(root: Element) -> File:
    """Return a packet as a file."""
    return File(content=serialise(root), reference=requiring())


def letter(change: Callable[[Element], object], *, forged: bool) -> File:
    """Return the honest packet, or one that was changed after it was signed."""
    root = honest()
    if forged:
        change(root)
    return posted(root)


def written(change: Callable[[bytes], bytes], *, forged: bool) -> File:
    """Return the honest packet, or one whose bytes were changed."""
    file = posted(honest())
    return replace(file, content=change(file.content)) if forged else file


def find(root: Element, name: str) -> Element:
    """Return the first element with this local name."""
    return next(each for each in root.iter(etree.Element) if etree.QName(each).localname == name)


def signature(root: Element) -> Element:
    """Return the envelope's signature."""
    return next(root.iter(f"{{{DS}}}Signature"))


def in_signature(root: Element, name: str) -> list[Element]:
    """Return the elements of the signature with this name."""
    return list(root.iter(f"{{{DS}}}{name}"))


def divert(envelope: Element) -> None:
    """Send a packet to somebody else."""
    find(find(envelope, "To"), "OrganId").text = THIEF


def signed_again(root: Element, credential: Credential | None = None) -> None:
    """Sign SignedInfo as it is now, so that only its form can be objected to."""
    value = sign_with((credential or agency()).key, canonical(find(signature(root), "SignedInfo")))
    find(signature(root), "SignatureValue").text = base64.b64encode(value).decode()


def reference_letter(change: Callable[[Element], object], *, forged: bool) -> File:
    """Return the honest packet, or one whose signer signed a changed SignedInfo."""

    def both(root: Element) -> None:
        change(root)
        signed_again(root)

    return letter(both, forged=forged)
