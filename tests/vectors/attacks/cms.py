"""Attacks on the signed message: who signed, what was signed, and what else the message carries (RFC 5652, CAdES)."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from asn1crypto import cms

from tests.vectors.attacks.messages import (
    HONEST,
    Attributes,
    Recipe,
    attribute,
    made,
    one,
    page,
    person,
    without,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.scene import NOON

SEVERAL = "several SignerInfos"
CONTENT = "encapsulated content"
ATTRIBUTES = "missing or duplicate signed attributes"


def _another(signed: cms.SignedData, recipe: Recipe) -> cms.SignerInfo:
    covered = b"what the other one signed"
    other = cms.ContentInfo.load(made(covered, recipe))["content"]
    assert isinstance(signed, cms.SignedData)
    return other["signer_infos"][0]


def _with_second(signed: cms.SignedData, recipe: Recipe) -> None:
    signed["signer_infos"] = [signed["signer_infos"][0], _another(signed, recipe)]


@attack(SEVERAL, BAD_FORM, "MULTIPLE_SIGNERINFO")
def a_second_signer(*, forged: bool) -> File:
    """SignedData [ SignerInfo agency ][ SignerInfo person, over other bytes ].

    TOTAL_FAILED, solely because a second signer stands in the message: a reader that looks at one of them sees what it likes.
    """
    return one(forged=forged, signed=lambda signed: _with_second(signed, replace(HONEST, credential=person())))


@attack(SEVERAL, BAD_FORM, "MULTIPLE_SIGNERINFO")
def the_same_signer_twice(*, forged: bool) -> File:
    """SignedData [ SignerInfo agency ][ SignerInfo agency, over other bytes ].

    TOTAL_FAILED, solely because there are two, though both are by the agency's key.
    """
    return one(forged=forged, signed=lambda signed: _with_second(signed, HONEST))


@attack(SEVERAL, BAD_FORM, "FORMAT_FAILURE")
def no_signer(*, forged: bool) -> File:
    """SignedData [ certificates ][ ] - a mere box of certificates.

    TOTAL_FAILED, solely because nobody signs.
    """

    def emptied(signed: cms.SignedData) -> None:
        signed["signer_infos"] = []

    return one(forged=forged, signed=emptied)


@attack(CONTENT, BAD_FORM, "ENCAP_CONTENT_PRESENT", "HASH_FAILURE")
def other_content_inside(*, forged: bool) -> File:
    """SignedData [ eContent "khac" ][ SignerInfo, digest of "khac" ] in a PDF that says something else.

    TOTAL_FAILED, solely because the message signs content of its own.
    """
    return one(forged=forged, content=lambda _: b"khac")


@attack(CONTENT, BAD_FORM, "ENCAP_CONTENT_PRESENT")
def the_same_content_inside(*, forged: bool) -> File:
    """SignedData [ eContent = the bytes that the range covers ][ SignerInfo ].

    TOTAL_FAILED, solely because the message is not detached: every digest fits.
    """
    if forged:
        return page(replace(HONEST, content=lambda covered: covered), room=32_768)
    return page(room=32_768)


@attack(CONTENT, BAD_FORM, "FORMAT_FAILURE")
def a_token_poses_as_a_signature(*, forged: bool) -> File:
    """Contents = SignedData of content type TSTInfo, detached, by the agency's key.

    TOTAL_FAILED, solely because what was signed says that it is a time-stamp, not a document.
    """
    return one(forged=forged, kind="tst_info")


@attack(ATTRIBUTES, "INDETERMINATE/SIG_CONSTRAINTS_FAILURE", "NO_SIGNED_ATTRS")
def no_signed_attributes(*, forged: bool) -> File:
    """SignerInfo [ signature over the content itself ].

    INDETERMINATE, solely because nothing but the content is signed: the value may be lifted into another message.
    """
    return one(forged=forged, attributes=lambda _: [])


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def no_message_digest(*, forged: bool) -> File:
    """signedAttrs [ contentType, signingCertificateV2 ].

    TOTAL_FAILED, solely because no attribute says what was signed.
    """
    return one(forged=forged, attributes=lambda held: without("message_digest", held))


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def no_content_type(*, forged: bool) -> File:
    """signedAttrs [ messageDigest, signingCertificateV2 ].

    TOTAL_FAILED, solely because the content type is not signed (RFC 5652 §11.1).
    """
    return one(forged=forged, attributes=lambda held: without("content_type", held))


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def another_content_type(*, forged: bool) -> File:
    """signedAttrs [ contentType: signedData, … ] over content of type data.

    TOTAL_FAILED, solely because the signed type is not the type of the content.
    """
    return one(
        forged=forged,
        attributes=lambda held: [*without("content_type", held), attribute("content_type", "signed_data")],
    )


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def two_message_digests(*, forged: bool) -> File:
    """signedAttrs [ messageDigest of the file ][ messageDigest of another file ].

    TOTAL_FAILED, solely because the attribute comes twice: which one counts is a matter of taste.
    """
    other = hashlib.sha256(b"khac").digest()
    return one(forged=forged, attributes=lambda held: [*held, attribute("message_digest", other)])


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def a_message_digest_with_two_values(*, forged: bool) -> File:
    """signedAttrs [ messageDigest { of the file, of another file } ].

    TOTAL_FAILED, solely because the one attribute has two values.
    """
    other = hashlib.sha256(b"khac").digest()

    def doubled(held: Attributes) -> Attributes:
        own = next(each for each in held if each["type"].native == "message_digest")["values"][0].native
        return [*without("message_digest", held), attribute("message_digest", own, other)]

    return one(forged=forged, attributes=doubled)


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def two_content_types(*, forged: bool) -> File:
    """signedAttrs [ contentType: data ][ contentType: tstInfo ].

    TOTAL_FAILED, solely because the type comes twice.
    """
    return one(forged=forged, attributes=lambda held: [*held, attribute("content_type", "tst_info")])


@attack(ATTRIBUTES, "TOTAL_FAILED/SIG_CRYPTO_FAILURE", "SIG_CRYPTO_FAILURE")
def attributes_in_another_order(*, forged: bool) -> File:
    """signedAttrs { a, b, c } signed, { c, b, a } written.

    TOTAL_FAILED, solely because the bytes written are not those that were signed.
    """
    return one(forged=forged, behind=lambda held: sorted(held, key=lambda each: each.dump(), reverse=True))


@attack(ATTRIBUTES, "TOTAL_FAILED/SIG_CRYPTO_FAILURE", "SIG_CRYPTO_FAILURE", "SIGNING_CERT_ATTR_MISSING")
def an_attribute_taken_out_afterwards(*, forged: bool) -> File:
    """signedAttrs { contentType, messageDigest, signingCertificateV2 } signed, without the last written.

    TOTAL_FAILED, solely because the set is not the one signed.
    """
    return one(forged=forged, behind=lambda held: without("signing_certificate_v2", held))


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def two_signing_times(*, forged: bool) -> File:
    """signedAttrs [ …, signingTime: noon ][ signingTime: an hour later ]; the twin has the first.

    TOTAL_FAILED, solely because the claimed time comes twice (RFC 5652 §11.3): each reader shows the one it likes.
    """
    times = [NOON, NOON + timedelta(hours=1)] if forged else [NOON]
    return page(
        replace(HONEST, attributes=lambda held: [*held, *(attribute("signing_time", _time(at)) for at in times)])
    )


@attack(ATTRIBUTES, BAD_FORM, "FORMAT_FAILURE")
def a_signing_time_with_two_values(*, forged: bool) -> File:
    """signedAttrs [ …, signingTime { noon, an hour later } ]; the twin has the first.

    TOTAL_FAILED, solely because the one attribute has two values.
    """
    times = [NOON, NOON + timedelta(hours=1)] if forged else [NOON]
    return page(replace(HONEST, attributes=lambda held: [*held, attribute("signing_time", *map(_time, times))]))


def _time(at: datetime) -> cms.Time:
    return cms.Time({"utc_time": at})
