"""Attacks by the values of an XML attachment's signature: another file, another certificate, another key."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from infra.demo.xmldsig import DS
from infra.pki import Credential
from tests.vectors.attacks.messages import agency, person
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, BAD_VALUE, NO_CERTIFICATE, TOO_WEAK
from tests.vectors.scene import DAY, NOON, SENDER, Scene
from tests.vectors.xml_hand import XADES, Element, Pen, canonical
from tests.vectors.xml_letters import LETTER, SHEET, detached, enveloped, enveloping, leader, seal, with_annex

CHANGED = "signed attachments changed"
WHO = "certificates of signed attachments"
HOW = "algorithms of signed attachments"
BAD_HASH = "TOTAL_FAILED/HASH_FAILURE"
FILE, TABLE = "phu-luc.docx", "bieu-mau.xml"


@attack(CHANGED, BAD_HASH, "HASH_FAILURE")
def another_file_under_the_name(*, forged: bool) -> File:
    """[ phu-luc.docx: other bytes ][ Signature: phu-luc.docx ].

    TOTAL_FAILED, solely because the digest is of another file.
    """
    return with_annex({FILE: SHEET if forged else LETTER, "chu-ky.xsig": detached({FILE: LETTER}, seal())})


@attack(CHANGED, BAD_HASH, "HASH_FAILURE")
def a_figure_changed(*, forged: bool) -> File:
    """BieuMau [ Dong "12" -> "92" ][ Signature "" ].

    TOTAL_FAILED, solely because the content was changed.
    """
    content = enveloped(seal())
    return with_annex({TABLE: content.replace(b">12<", b">92<") if forged else content})


@attack(CHANGED, BAD_HASH, "HASH_FAILURE")
def a_figure_changed_within_a_signature(*, forged: bool) -> File:
    """Signature [ Object [ BieuMau [ Dong "12" -> "92" ] ] ].

    TOTAL_FAILED, solely because the content was changed.
    """
    content = enveloping(seal())
    return with_annex({TABLE: content.replace(b">12<", b">92<") if forged else content})


@attack(CHANGED, BAD_HASH, "HASH_FAILURE")
def another_claim_of_time(*, forged: bool) -> File:
    """SigningTime changed after signing.

    TOTAL_FAILED, solely because the property was signed.
    """

    def later(signature: Element) -> None:
        next(signature.iter(f"{{{XADES}}}SigningTime")).text = (NOON - 2 * DAY).isoformat()

    return with_annex({TABLE: enveloped(seal(behind=later) if forged else seal())})


@attack(CHANGED, BAD_HASH, "HASH_FAILURE")
def two_signatures_over_all_of_a_file(*, forged: bool) -> File:
    """BieuMau [ ... ][ Signature "" ][ Signature "" ].

    TOTAL_FAILED, solely because the second one stands in what the first one signed: that was without it.
    """
    root = etree.fromstring(enveloped(seal()))
    again = enveloped(leader(number=2), root)
    return with_annex({TABLE: again if forged else enveloped(seal())})


@attack(WHO, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND")
def another_certificate_is_named(*, forged: bool) -> File:
    """SigningCertificateV2 = the leader's, KeyInfo and key = the agency's.

    INDETERMINATE, solely because the signer meant another certificate.
    """
    pen = seal(named=person().certificate) if forged else seal()
    return with_annex({TABLE: enveloped(pen)})


@attack(WHO, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND")
def a_certificate_exchanged(*, forged: bool) -> File:
    """KeyInfo: another certificate over the same key, issued to the same agency.

    INDETERMINATE, solely because the property names the one that was exchanged: the value fits.
    """
    other = Scene(not_after=NOON + DAY).agency()
    pen = seal(held=(other.certificate, *other.chain)) if forged else seal()
    return with_annex({TABLE: enveloped(pen)})


@attack(WHO, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND")
def another_serial_number_is_named(*, forged: bool) -> File:
    """SigningCertificate: the digest is right, the serial number another one's.

    INDETERMINATE, solely because it names two certificates.
    """

    def named(signature: Element) -> None:
        next(signature.iter(f"{{{DS}}}X509SerialNumber")).text = "7"
        resigned(signature)

    return with_annex({TABLE: enveloped(seal(newer=False, before=named) if forged else seal(newer=False))})


def resigned(signature: Element) -> None:
    """Put in the digest of the properties as they are now."""
    properties = next(signature.iter(f"{{{XADES}}}SignedProperties"))
    value = list(signature.iter(f"{{{DS}}}DigestValue"))[1]
    value.text = base64.b64encode(hashlib.sha256(canonical(properties)).digest()).decode()


@attack(WHO, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND")
def a_certificate_to_be_fetched(*, forged: bool) -> File:
    """KeyInfo [ RetrievalMethod URI="http://127.0.0.1:9/x" ].

    INDETERMINATE, solely because the certificate would be fetched: nothing ever is.
    """

    def elsewhere(signature: Element) -> None:
        held = next(signature.iter(f"{{{DS}}}KeyInfo"))
        held.clear()
        etree.SubElement(held, f"{{{DS}}}RetrievalMethod", {"URI": "http://127.0.0.1:9/x"})

    return with_annex({TABLE: enveloped(seal(before=elsewhere) if forged else seal())})


@attack(WHO, BAD_FORM, "XML_REF_NOT_EXPECTED")
def properties_that_nobody_signed(*, forged: bool) -> File:
    """SignedInfo without a reference to SignedProperties, which name a certificate.

    TOTAL_FAILED, solely because they call themselves signed and are not.
    """

    def forget(signature: Element) -> None:
        info = signature[0]
        info.remove(info[-1])

    return with_annex({TABLE: enveloped(seal(before=forget) if forged else seal())})


@attack(WHO, "INDETERMINATE/SIG_CONSTRAINTS_FAILURE", "SIGNER_NOT_SENDER_AGENCY")
def the_seal_of_another_agency(*, forged: bool) -> File:
    """An annex of the sender, signed by another agency's seal.

    INDETERMINATE, solely because it is not the sender's.
    """
    credential = Scene(organ_id="000.00.05.H53" if forged else SENDER).agency()
    return with_annex({TABLE: enveloped(Pen(credential=credential))})


def by_method(change: Callable[[Element], object], *, forged: bool) -> File:
    """Return a table whose signer signed a changed SignedInfo."""
    return with_annex({TABLE: enveloped(seal(before=change) if forged else seal())})


@attack(HOW, TOO_WEAK, "ALGO_WEAK")
def rsa_with_sha1_in_an_attachment(*, forged: bool) -> File:
    """SignatureMethod rsa-sha1.

    INDETERMINATE, solely because of SHA-1.
    """
    return by_method(lambda signature: signature[0][1].set("Algorithm", f"{DS}rsa-sha1"), forged=forged)


@attack(HOW, TOO_WEAK, "ALGO_WEAK")
def a_weak_digest_in_an_attachment(*, forged: bool) -> File:
    """DigestMethod sha1 in every reference; the values fit.

    INDETERMINATE, solely because of SHA-1.
    """
    return with_annex({TABLE: enveloped(seal(digest="sha1") if forged else seal())})


@attack(HOW, TOO_WEAK, "ALGO_WEAK")
def a_mac_in_an_attachment(*, forged: bool) -> File:
    """SignatureMethod hmac-sha256, secret = the agency's public key.

    INDETERMINATE, solely because a MAC under a public key is anybody's.
    """

    def keyed(signature: Element) -> None:
        info, value = signature[0], signature[1]
        info[1].set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
        public = agency().key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        value.text = base64.b64encode(hmac.digest(public, canonical(info), "sha256")).decode()

    return with_annex({TABLE: enveloped(seal(behind=keyed) if forged else seal())})


@attack(HOW, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def the_key_of_somebody_else(*, forged: bool) -> File:
    """The agency's certificate; the value was made by another RSA key.

    TOTAL_FAILED, solely because the value does not fit the certificate's key.
    """
    thief = Credential(certificate=agency().certificate, key=Scene().tsa().key, chain=agency().chain)
    return with_annex({TABLE: enveloped(Pen(credential=thief) if forged else seal())})
