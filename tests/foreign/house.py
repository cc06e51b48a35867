"""The foreign province as a folder of reference data, with authorities of its own: a root with a path length, a sub-CA, two signers an agency."""

import csv
import hashlib
import io
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

PROVINCE = Path(__file__).parent / "province"
ROOT_ID, OPERATOR, WITHOUT_PAPER = "000.00.00.H71", "H71.SO.001", ("Báo cáo", "Thông báo")
FROM_DEMO = ("calendar.yaml", "signature_policy.yaml", "secrecy.yaml")
ORGANIZATION_ID = ObjectIdentifier("2.5.4.97")
BEGINS, ENDS = datetime(2022, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Signer:
    """A key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


@dataclass
class House:
    """A folder laid out as `--reference` wants it, and who can sign in it."""

    folder: Path
    now: datetime
    signers: dict[tuple[str, bool], Signer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _tables(self.folder)
        self.root = self._issue(_name("Q Root"), None, length=1)
        self.sub = self._issue(_name("Q Sub"), self.root, length=0)
        _trust(self.folder, self.root, self.sub, self.now)

    def signer(self, organ_id: str, *, person: bool) -> Signer:
        """Return the agency's own seal, or its signing official."""
        if (organ_id, person) not in self.signers:
            self.signers[organ_id, person] = self._issue(_name("Ký", organ_id, person=person), self.sub)
        return self.signers[organ_id, person]

    def _issue(self, name: x509.Name, by: Signer | None, *, length: int | None = None) -> Signer:
        key = rsa.generate_private_key(65537, 2048)
        authority, above = length is not None, by.key if by else key
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        usage |= {"key_cert_sign": authority, "crl_sign": authority}
        usage |= {"digital_signature": not authority, "content_commitment": not authority}
        certificate = (
            x509.CertificateBuilder(serial_number=x509.random_serial_number())
            .subject_name(name)
            .issuer_name(by.certificate.subject if by else name)
            .public_key(key.public_key())
            .not_valid_before(BEGINS)
            .not_valid_after(ENDS)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=length), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
            .sign(above, hashes.SHA256())
        )
        return Signer(key, certificate)


def _name(common: str, organ_id: str = "", *, person: bool = False) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organ_id or "PKI Q")]
    parts += [(ORGANIZATION_ID, organ_id)] if organ_id else []
    parts += [(NameOID.SURNAME, "Nguyễn"), (NameOID.GIVEN_NAME, "Ký")] if person else []
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in (*parts, (NameOID.COMMON_NAME, common))])


def _tables(folder: Path) -> None:
    demo = Path(__file__).resolve().parents[2] / "infra" / "demo" / "reference"
    shutil.copytree(PROVINCE, folder, dirs_exist_ok=True)
    for name in FROM_DEMO:
        shutil.copy(demo / name, folder)
    (folder / "sla.yaml").write_text((demo / "sla.yaml").read_text().replace("H53.SO.001", OPERATOR))
    rows = list(csv.DictReader(io.StringIO((demo / "document_types.csv").read_text())))
    with (folder / "document_types.csv").open("w", newline="") as file:
        types = csv.DictWriter(file, rows[0])
        types.writeheader()
        types.writerows({**row, "without_paper": "yes" if row["name"] in WITHOUT_PAPER else "no"} for row in rows)


def _trust(folder: Path, root: Signer, sub: Signer, now: datetime) -> None:
    lines = ["version: 2026-11-27", "groups: {government: {usage: [document, envelope]}}"]
    for kind, name, signer, more in (
        ("anchors", "root", root, "group: government, "),
        ("intermediates", "sub", sub, ""),
    ):
        (folder / "trust" / kind).mkdir(parents=True, exist_ok=True)
        (folder / "trust" / kind / f"{name}.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
        pin = hashlib.sha256(signer.certificate.public_bytes(Encoding.DER)).hexdigest()
        lines.append(f"{kind}: [{{file: {kind}/{name}.pem, {more}sha256: {pin}}}]")
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=30))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
            .sign(signer.key, hashes.SHA256())
        )
        (folder / "crl").mkdir(exist_ok=True)
        (folder / "crl" / f"{name}.crl").write_bytes(listed.public_bytes(Encoding.DER))
    (folder / "trust" / "trust.yaml").write_text("\n".join(lines) + "\n")
