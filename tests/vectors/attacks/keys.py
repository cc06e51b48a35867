"""Attacks through KeyInfo: whose key it is, and who says so."""

import base64

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from infra.demo.xmldsig import DS, sign_envelope
from infra.pki import Credential
from tests.vectors.attacks.houses import AGENCY, Line
from tests.vectors.attacks.letters import (
    CONTENT_ID,
    Element,
    divert,
    document,
    honest,
    in_signature,
    letter,
    posted,
    signature,
    unsigned,
)
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_VALUE, NO_CERTIFICATE, NO_CHAIN

KEYS = "KeyInfo tricks"
INVALID, UNTRUSTED = "XML_SIGNATURE_INVALID", "XML_SIGNER_UNTRUSTED"


def thief() -> Credential:
    """Return a certificate for the agency's name and code by nobody."""
    return Line(leaf=AGENCY).credential()


def stolen(root: Element, *certificates: bytes) -> None:
    """Send the packet to somebody else and sign it by the thief; show these certificates."""
    divert(root[0])
    root[0][0].remove(signature(root))
    sign_envelope(root[0], root[0][0], {CONTENT_ID: document()}, thief())
    held = in_signature(root, "X509Data")[0]
    for each in list(held):
        held.remove(each)
    for der in certificates:
        etree.SubElement(held, f"{{{DS}}}X509Certificate").text = base64.b64encode(der).decode()


def der(credential: Credential) -> tuple[bytes, ...]:
    """Return a certificate and its chain."""
    return tuple(each.public_bytes(Encoding.DER) for each in (credential.certificate, *credential.chain))


def value_of_key(root: Element, credential: Credential) -> Element:
    """Put a KeyValue into KeyInfo."""
    key = credential.key.public_key()
    holder = in_signature(root, "KeyInfo")[0]
    value = etree.SubElement(holder, f"{{{DS}}}KeyValue")
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        inner = etree.SubElement(value, f"{{{DS}}}RSAKeyValue")
        for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
            text = base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()
            etree.SubElement(inner, f"{{{DS}}}{name}").text = text
    else:
        inner = etree.SubElement(value, "{http://www.w3.org/2009/xmldsig11#}ECKeyValue")
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        etree.SubElement(inner, "{http://www.w3.org/2009/xmldsig11#}PublicKey").text = base64.b64encode(point).decode()
    return holder


@attack(KEYS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND", UNTRUSTED)
def the_thiefs_own_certificate(*, forged: bool) -> File:
    """KeyInfo [ X509Data [ "agency" by nobody ] ], everything signed by that key.

    INDETERMINATE, solely because no path leads from the certificate to an anchor.
    """
    return letter(lambda root: stolen(root, *der(thief())), forged=forged)


@attack(KEYS, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND", UNTRUSTED)
def the_thiefs_certificate_first(*, forged: bool) -> File:
    """X509Data [ thief ][ agency ][ sub ], signed by the thief.

    INDETERMINATE, solely because the key that signed is the first one's: the second one's path proves nothing for it.
    """
    return letter(lambda root: stolen(root, der(thief())[0], *der(agency())), forged=forged)


@attack(KEYS, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def the_agencys_certificate_first(*, forged: bool) -> File:
    """X509Data [ agency ][ sub ][ thief ], signed by the thief.

    TOTAL_FAILED, solely because the value is not by the key of the certificate that is judged.
    """
    return letter(lambda root: stolen(root, *der(agency()), der(thief())[0]), forged=forged)


@attack(KEYS, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND", UNTRUSTED)
def a_bare_key(*, forged: bool) -> File:
    """KeyInfo [ KeyValue of the thief ], everything signed by that key.

    INDETERMINATE, solely because a key without a certificate is nobody's.
    """

    def change(root: Element) -> None:
        stolen(root)
        holder = value_of_key(root, thief())
        holder.remove(in_signature(root, "X509Data")[0])

    return letter(change, forged=forged)


@attack(KEYS, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def a_bare_key_beside_the_certificate(*, forged: bool) -> File:
    """KeyInfo [ KeyValue of the thief ][ X509Data [ agency ] ], signed by the thief.

    TOTAL_FAILED, solely because the certificate's key did not sign: the KeyValue is never asked.
    """

    def change(root: Element) -> None:
        stolen(root, *der(agency()))
        holder = value_of_key(root, thief())
        holder.insert(0, holder[-1])

    return letter(change, forged=forged)


@attack(KEYS, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND", UNTRUSTED)
def a_key_to_be_fetched(*, forged: bool) -> File:
    """KeyInfo [ RetrievalMethod URI="http://127.0.0.1:9/key" ].

    INDETERMINATE, solely because the certificate is not in the packet: nothing is fetched.
    """

    def change(root: Element) -> None:
        holder = in_signature(root, "KeyInfo")[0]
        holder.remove(holder[0])
        etree.SubElement(holder, f"{{{DS}}}RetrievalMethod", {"URI": "http://127.0.0.1:9/key"})

    return letter(change, forged=forged)


@attack(KEYS, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND", UNTRUSTED)
def a_key_that_is_only_named(*, forged: bool) -> File:
    """KeyInfo [ KeyName "Cơ quan" ].

    INDETERMINATE, solely because a name is no certificate.
    """

    def change(root: Element) -> None:
        holder = in_signature(root, "KeyInfo")[0]
        holder.remove(holder[0])
        etree.SubElement(holder, f"{{{DS}}}KeyName").text = "Cơ quan"

    return letter(change, forged=forged)


@attack(KEYS, NO_CERTIFICATE, "NO_SIGNING_CERTIFICATE_FOUND", UNTRUSTED)
def no_key_at_all(*, forged: bool) -> File:
    """Signature [ SignedInfo ][ SignatureValue ].

    INDETERMINATE, solely because nothing says whose key it was.
    """
    return letter(lambda root: signature(root).remove(in_signature(root, "KeyInfo")[0]), forged=forged)


@attack(KEYS, "INDETERMINATE/SIG_CONSTRAINTS_FAILURE", "SIGNER_NOT_SENDER_AGENCY")
def the_envelope_of_another_agency(*, forged: bool) -> File:
    """The envelope signed by another agency of the same government.

    INDETERMINATE, solely because the signer may not speak for the sender.
    """
    if not forged:
        return posted(honest())
    root = unsigned()
    sign_envelope(root[0], root[0][0], {CONTENT_ID: document()}, _other())
    return posted(root)


def _other() -> Credential:
    from tests.vectors.scene import Scene  # noqa: PLC0415 - only here

    return Scene(organ_id="000.00.05.H53").agency()
