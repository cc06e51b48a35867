"""The files that are validated, each with a copy in which one letter was changed after signing."""

import base64
import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from infra.demo.frame import Draft, frame
from infra.demo.pdf_signing import Hand, sign_pdf
from infra.demo.xmldsig import sign_envelope
from infra.pki import Credential
from schemas.edxml import enclose, serialise
from tests.bench.verification import world
from tests.vectors.honest.pages import TEXT, several, written
from tests.vectors.scene import HOUR, NOON, SENDER

PAGES = 3
ATTACHMENT = b"what the attachment unpacks to"
CONTENT_ID = "a1"
SUBJECT = "V/v thu nghiem"
TAMPERED = "tampered-"
REVOKED = "revoked.pdf"
"""Whole, by a person whom the list names; not measured."""

MANY = 750
"""Recipients of an envelope to everybody: 290 kB in small elements."""

LONG = " dieu khoan" * 12_900
"""Added to the subject, which stands in the envelope twice: 290 kB in large elements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One file to validate."""

    name: str
    """File name; its ending says how it is judged: `pdf`, `xml` (the envelope's signature alone), `edxml` (a whole packet)."""

    says: str
    signatures: int
    stamps: int = 0

    @property
    def answer(self) -> str:
        """What everybody must say of it."""
        return f"yes {self.signatures}"

    @property
    def tampered(self) -> str:
        """File name of the tampered copy."""
        return f"{TAMPERED}{self.name}"


def write_specimens(folder: Path) -> list[Specimen]:
    """Write all files, the signer's certificate that the XML rivals pin, and the values that the floor verifies."""
    person, seal, tsa = world.person(), world.seal(), world.stamper()
    pages, large = written(several(PAGES, 33_000)), written(several(PAGES, 330_000))
    both = _signed(pages, person, seal)
    found = [
        _written(folder, "one.pdf", _signed(pages, person), TEXT, signatures=1, says="one signature (B-B)"),
        _written(folder, "two.pdf", both, TEXT, signatures=2, says="two signatures (B-B)"),
        _written(folder, "stamped.pdf", _signed(pages, person, seal, tsa=tsa), TEXT, signatures=2, stamps=2, says="two signatures, time-stamps (B-T)"),
        _written(folder, "large.pdf", _signed(large, person), TEXT, signatures=1, says="one signature (B-B)"),
        _written(folder, "short.xml", _packet(ATTACHMENT), SUBJECT.encode(), signatures=1, says="envelope signature"),
        _written(folder, "long.xml", _packet(ATTACHMENT, subject=SUBJECT + LONG), SUBJECT.encode(), signatures=1, says="envelope signature, long text"),
        _written(folder, "many.xml", _packet(ATTACHMENT, recipients=MANY), SUBJECT.encode(), signatures=1, says=f"envelope signature, {MANY} recipients"),
        _written(folder, "packet.edxml", _packet(both), SUBJECT.encode(), signatures=3, says="whole packet: envelope and the PDF's two signatures"),
    ]  # fmt: skip
    (folder / REVOKED).write_bytes(_signed(pages, world.revoked()))
    (folder / "specimens.json").write_text(json.dumps([asdict(each) for each in found]))
    (folder / "pinned.cer").write_bytes(seal.certificate.public_bytes(Encoding.DER))
    (folder / "floor.json").write_text(json.dumps({each.name: _floor(folder, each) for each in found}))
    return found


def pinned(folder: Path) -> x509.Certificate:
    """Return the certificate of the agency, whose key signed envelopes and the floor's values."""
    return x509.load_der_x509_certificate((folder / "pinned.cer").read_bytes())


def read_specimens(folder: Path) -> list[Specimen]:
    """Read what was written."""
    return [Specimen(**each) for each in json.loads((folder / "specimens.json").read_text())]


def _written(
    folder: Path, name: str, content: bytes, mark: bytes, *, says: str, signatures: int, stamps: int = 0
) -> Specimen:
    if content.count(mark) < 1:
        raise ValueError(f"{name} does not hold what is to be tampered with")
    (folder / name).write_bytes(content)
    made = Specimen(name=name, says=f"{len(content) / 1e3:,.1f} kB, {says}", signatures=signatures, stamps=stamps)
    (folder / made.tampered).write_bytes(content.replace(mark, mark.swapcase(), 1))
    return made


def _signed(pdf: bytes, *hands: Credential, tsa: Credential | None = None) -> bytes:
    names = ("NguoiKy", "CoQuan")
    return sign_pdf(
        pdf,
        [Hand(credential=each, field=name, at=NOON - HOUR, tsa=tsa) for each, name in zip(hands, names, strict=False)],
    )


def _packet(attached: bytes, *, recipients: int = 1, subject: str = SUBJECT) -> bytes:
    """Return a packet signed by the sending agency, with its certificate alone: the CA's is known to everybody."""
    draft = Draft(
        sender=SENDER,
        recipients=tuple(f"000.{each // 100:02d}.{each % 100:02d}.H53" for each in range(1, recipients + 1)),
        number=7,
        subject=subject,
        at=NOON - HOUR,
    )
    root = frame(draft, {}, enclose(attached, content_id=CONTENT_ID, name="a.pdf", at=draft.at))
    signer = replace(world.seal(), chain=())
    sign_envelope(root[0], root[0][0], {CONTENT_ID: attached}, signer)
    return serialise(root)


def _floor(folder: Path, specimen: Specimen) -> list[str]:
    """Sign the file's digest once for each signature in it: what has to be verified at the very least."""
    key, digest = world.seal().key, sha256((folder / specimen.name).read_bytes()).digest()
    assert isinstance(key, rsa.RSAPrivateKey)
    value = key.sign(digest, padding.PKCS1v15(), utils.Prehashed(SHA256()))
    return [base64.b64encode(value).decode()] * (specimen.signatures + specimen.stamps)
