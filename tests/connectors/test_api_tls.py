"""TLS of the API's own, and clients that show who they are by a certificate."""

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.clock import real_now
from infra.settings import Settings
from tests.connectors.api_scene import Scene, api

FROM = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate that signs itself, with its key, in PEM files."""

    certificate: Path
    key: Path
    digest: str


def pair(folder: Path, name: str) -> Pair:
    """Make one for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(
            named, named, key.public_key(), x509.random_serial_number(), FROM, real_now() + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Pair(folder / f"{name}.pem", folder / f"{name}.key", made.fingerprint(hashes.SHA256()).hex())
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return found


@dataclass(frozen=True, slots=True)
class Secured:
    """A running API and who speaks to it."""

    scene: Scene
    server: Pair

    def ask(self, shown: Pair | None) -> httpx.Response:
        """Ask with a certificate, or without one."""
        trust = ssl.create_default_context(cafile=str(self.server.certificate))
        if shown:
            trust.load_cert_chain(shown.certificate, shown.key)
        with httpx.Client(verify=trust) as client:
            return client.get(f"https://localhost:{self.scene.port}/v1/inbox")


@pytest.fixture
def known(tmp_path: Path) -> Pair:
    """Return the certificate of the department."""
    return pair(tmp_path, "known")


@pytest.fixture
def secured(tmp_path: Path, known: Pair) -> Iterator[Secured]:
    """Yield an API that speaks TLS and knows one certificate, but trusts two."""
    server, other = pair(tmp_path, "localhost"), pair(tmp_path, "other")
    both = tmp_path / "both.pem"
    both.write_bytes(known.certificate.read_bytes() + other.certificate.read_bytes())
    tls = f'\n[tls]\ncertificate = "{server.certificate}"\nkey = "{server.key}"\nclient_ca = "{both}"'
    with api(
        Settings(var=tmp_path / "var"), limits=tls, more={"so-y-te": f'certificates = ["{known.digest}"]'}
    ) as running:
        running.tell([])
        yield Secured(running, server)


def test_a_certificate_is_its_clients(secured: Secured, known: Pair) -> None:
    """Named by its SHA-256 in the file of clients."""
    assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(known.certificate.read_text())).hexdigest() == known.digest
    assert 200 == secured.ask(known).status_code


def test_a_certificate_that_nobody_has_is_nobody(secured: Secured, tmp_path: Path) -> None:
    """TLS accepts it, the file of clients does not name it; the same without any."""
    other = Pair(tmp_path / "other.pem", tmp_path / "other.key", "")

    assert [401, 401] == [secured.ask(each).status_code for each in (other, None)]


def test_a_certificate_that_is_not_trusted_ends_the_connection(secured: Secured, tmp_path: Path) -> None:
    """By TLS itself, before any request."""
    with pytest.raises(httpx.TransportError):
        secured.ask(pair(tmp_path, "stranger"))
