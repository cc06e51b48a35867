"""OCSP responses that a document brings: good ones stand in for a list that is missing or stale, revoked ones count, false ones do not.

root -> sub -> person and agency; the sub CA has no list, so nothing but a response says anything about the two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from infra.pki import Credential, organization_name
from processors.verification.limits import MAX_RESPONSES
from tests.vectors.attacks.messages import HONEST, attribute, made
from tests.vectors.attacks.paper import signed_page
from tests.vectors.attacks.vector import PASSED, File, verdict_of
from tests.vectors.lanes import disagree
from tests.vectors.scene import DAY, HOUR, NOON, YEAR, Scene, Seen, authorities, rsa_key

SCENE = Scene(without_crl=frozenset({"sub"}))
STAMPED = SCENE.with_(stamped_at=NOON - HOUR)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a response is made."""

    this_update: datetime = NOON - HOUR
    next_update: datetime | None = NOON + HOUR
    revoked_at: datetime | None = None
    by: Callable[[], Credential] = lambda: authorities()[1].own
    """Who signs it; by default the CA itself."""

    altered: Callable[[bytes], bytes] = bytes


GOOD = Answer()


def response(about: Credential, how: Answer = GOOD) -> bytes:
    """Return a response about a certificate of the sub CA."""
    issuer, signer = authorities()[1].own, how.by()
    status = ocsp.OCSPCertStatus.REVOKED if how.revoked_at else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=status,
        this_update=how.this_update,
        next_update=how.next_update,
        revocation_time=how.revoked_at,
        revocation_reason=x509.ReasonFlags.key_compromise if how.revoked_at else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    return how.altered(
        builder.certificates([signer.certificate]).sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)
    )


def responder(*, may: bool = True) -> Credential:
    """Return a responder that the sub CA appointed, or one that it did not."""
    issued = authorities()[1].issue(
        organization_name("OCSP"), not_before=NOON - YEAR, not_after=NOON + YEAR, key=rsa_key("ocsp"), serial=5_001
    )
    purposes = [ExtendedKeyUsageOID.OCSP_SIGNING] if may else [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    issuer, old = authorities()[1].own, issued.certificate
    builder = x509.CertificateBuilder(issuer.certificate.subject, old.subject, old.public_key(), 5_001)
    builder = builder.not_valid_before(NOON - YEAR).not_valid_after(NOON + YEAR)
    for each in old.extensions:
        builder = builder.add_extension(each.value, each.critical)
    builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return replace(issued, certificate=builder.sign(issuer.key, hashes.SHA256()))


def brought(encoded: Iterable[bytes], scene: Scene = SCENE) -> bytes:
    """Return the scene's document with a store that holds responses."""
    writer, out = IncrementalPdfFileWriter(BytesIO(scene.pdf())), BytesIO()
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, ocsps=[asn1_ocsp.OCSPResponse.load(each) for each in encoded]
    )
    writer.write(out)  # type: ignore[no-untyped-call] # pyHanko's
    return out.getvalue()


def seen(how: Answer, scene: Scene = SCENE) -> Seen:
    """Judge the document with a good response about the person and this one about the agency."""
    return scene.judge(brought([response(scene.person()), response(scene.agency(), how)], scene))


def test_without_any() -> None:
    """The twin of each: nobody knows."""
    assert {"CRL_MISSING"} == SCENE.judge().defects


def test_good_ones_stand_in_for_the_list() -> None:
    """By the CA itself, and by a responder that it appointed; both are part of the evidence, both readers see them."""
    for how in (GOOD, Answer(by=responder)):
        answer = response(SCENE.agency(), how)
        pdf = brought([response(SCENE.person()), answer])
        found = SCENE.judge(pdf)

        assert set() == found.defects
        assert ["strict", 2] == [found.judged.lane, found.judged.found]
        uses = {each.ocsp_sha256 for one in found.signatures for each in one.revocation}
        assert {"", sha256(answer).hexdigest()} < uses
        assert () == disagree(pdf, SCENE.bench(thorough=True))


def test_one_is_not_enough() -> None:
    """About the person only."""
    assert {"CRL_MISSING"} == SCENE.judge(brought([response(SCENE.person())])).defects


@pytest.mark.parametrize(
    "how",
    [
        Answer(by=lambda: responder(may=False)),
        Answer(by=SCENE.person),
        Answer(altered=lambda der: der[:-1] + bytes([der[-1] ^ 1])),
        Answer(this_update=NOON + HOUR, next_update=NOON + DAY),
    ],
    ids=["a responder that may not", "the signer himself", "another value", "made after the receipt"],
)
def test_false_ones_say_nothing(how: Answer) -> None:
    """As if they were not there."""
    assert {"CRL_MISSING"} == seen(how).defects


def test_revoked() -> None:
    """As of the receipt; a stamp from before the revocation stands, where the response is fresh."""
    assert {"REVOKED_NO_POE"} == seen(Answer(revoked_at=NOON - 2 * HOUR)).defects
    assert set() == seen(Answer(this_update=NOON - HOUR / 4, revoked_at=NOON - HOUR / 2), STAMPED).defects


def test_a_list_does_not_clear_what_a_response_says() -> None:
    """The list is fresh and names nobody; the response is newer."""
    scene = Scene()

    assert set() == scene.judge(brought([response(scene.agency())], scene)).defects
    assert {"REVOKED_NO_POE"} == seen(Answer(revoked_at=NOON - 2 * HOUR), scene).defects


def test_stale() -> None:
    """Ended before the receipt: nobody knows what came since. Made after the stamp it settles how things were then, for ever."""
    old = Answer(this_update=NOON - HOUR / 2, next_update=NOON - HOUR / 4)

    assert {"CRL_STALE"} == seen(old).defects
    assert (
        set()
        == STAMPED.judge(brought([response(STAMPED.person(), old), response(STAMPED.agency(), old)], STAMPED)).defects
    )


def test_among_the_signed_attributes(tmp_path: Path) -> None:
    """Where Adobe's tools put them (adbe-revocationInfoArchival)."""
    answer = asn1_ocsp.OCSPResponse.load(response(SCENE.agency()))

    brings = attribute("adobe_revocation_info_archival", {"ocsp": [answer]})
    recipe = replace(HONEST, attributes=lambda held: [*held, brings])
    plain, carrying = (
        File(content=signed_page(partial(made, recipe=each)), reference=SCENE.reference()) for each in (HONEST, recipe)
    )

    assert "CRL_MISSING" in plain.judge(tmp_path).reasons
    assert PASSED == verdict_of(carrying.judge(tmp_path))


def test_too_many() -> None:
    """Only the first ones are looked at."""
    every = [response(SCENE.agency(), Answer(next_update=NOON + each * HOUR)) for each in range(1, MAX_RESPONSES + 2)]

    assert set() == SCENE.judge(brought([response(SCENE.person()), *every])).defects
    assert {"CRL_MISSING"} == SCENE.judge(brought([*every, response(SCENE.person())])).defects
