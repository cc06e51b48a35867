"""The way to the mail server: TLS that is verified, a login, one connection for many mails, and who is to blame for a no."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.notify import post
from connectors.notify.post import Answer, Post
from infra.settings import Settings
from tests.connectors.notify_desk import Mailboxes


class Counting(Mailboxes):
    """Also counts connections, and may refuse the sender."""

    def __init__(self, sender_reply: str = "250 OK") -> None:
        super().__init__()
        self.connections = 0
        self.sender_reply = sender_reply

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count a connection."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a sender, or not."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_reply


def mail() -> EmailMessage:
    """Return a mail."""
    made = EmailMessage()
    made["From"], made["To"] = "truc@truc.example", "vanthu@tinhx.example"
    made.set_content("Kính gửi\n")
    return made


@contextmanager
def serving(handler: Mailboxes, port: int, **options: Any) -> Iterator[None]:
    """Run a mail server."""
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@contextmanager
def posting(port: int, **given: Any) -> Iterator[Post]:
    """Yield a way to the server at a port."""
    way = Post(Settings.load().model_copy(update={"smtp_port": port, **given}))
    try:
        yield way
    finally:
        way.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a PEM file with a key and a certificate for 127.0.0.1 that no authority made."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)  # TLS judges by real time
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def tls(certificate: Path) -> dict[str, Any]:
    """Return a server's options that demand STARTTLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return {"tls_context": context, "require_starttls": True}


def test_a_server_that_cannot_prove_itself_gets_no_mail(mailboxes: Mailboxes, port: int, certificate: Path) -> None:
    """TLS is verified, always: an unknown authority ends the connection before a word of the mail, and it is tried later."""
    with serving(mailboxes, port, **tls(certificate)), posting(port, smtp_starttls=True) as way:
        answer = way.send(mail())

    assert Answer(delivered=False, later=True, unreachable=True, said="SSLCertVerificationError") == answer
    assert [] == mailboxes.mails


def test_a_server_of_a_known_authority_gets_it(
    mailboxes: Mailboxes, port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's own list of authorities decides."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(mailboxes, port, **tls(certificate)), posting(port, smtp_starttls=True) as way:
        assert way.send(mail()).delivered
    assert 1 == len(mailboxes.mails)


@pytest.mark.parametrize(("password", "said"), [("abc-123\n", "250"), ("wrong", "SMTPAuthenticationError 535")])
def test_a_wrong_password_is_not_the_letters_fault(  # noqa: PLR0917 - fixtures and parameters
    mailboxes: Mailboxes, port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch, password: str, said: str
) -> None:
    """The right one opens the door; with a wrong one the mail waits, though the server's no is a final one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    file = certificate.with_name("password")
    file.write_text(password)

    def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"abc-123", handled=False)

    options = {"authenticator": knows, "auth_required": True, **tls(certificate)}
    given = {"smtp_starttls": True, "smtp_user": "truc", "smtp_password_file": file}
    with serving(mailboxes, port, **options), posting(port, **given) as way:
        answer = way.send(mail())

    assert said == answer.said
    assert answer.delivered is not answer.later
    assert int(answer.delivered) == len(mailboxes.mails)


def test_a_missing_password_file_is_not_the_letters_fault(mailboxes: Mailboxes, port: int, tmp_path: Path) -> None:
    """A person will mend it; meanwhile mails wait."""
    with serving(mailboxes, port), posting(port, smtp_user="truc", smtp_password_file=tmp_path / "none") as way:
        assert Answer(delivered=False, later=True, unreachable=True, said="FileNotFoundError") == way.send(mail())


def test_many_mails_are_one_connection(port: int) -> None:
    """One greeting for ten mails."""
    server = Counting()
    with serving(server, port), posting(port) as way:
        assert {True} == {way.send(mail()).delivered for _ in range(10)}
        assert (10, 1) == (len(server.mails), server.connections)


def test_an_idle_connection_is_not_trusted(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stood idle is opened anew before a mail is risked on it."""
    server = Counting()
    monkeypatch.setattr(post, "IDLE_SECONDS", -1.0)
    with serving(server, port), posting(port) as way:
        assert {True} == {way.send(mail()).delivered for _ in range(2)}
    assert 2 == server.connections


def test_a_connection_that_the_server_closed_is_opened_again(port: int) -> None:
    """The server was started anew between two mails: the second one does not fail."""
    server = Counting()
    with posting(port) as way:
        for _ in range(2):
            with serving(server, port):
                assert way.send(mail()).delivered
    assert (2, 2) == (len(server.mails), server.connections)


def test_a_refused_sender_is_not_the_letters_fault(port: int) -> None:
    """550 for our own address: a setting is wrong; no alert's mail is lost by it, and the connection still serves."""
    server = Counting("550 not from here")
    with serving(server, port), posting(port) as way:
        assert Answer(delivered=False, later=True, said="sender refused 550") == way.send(mail())
        server.sender_reply = "250 OK"
        assert way.send(mail()).delivered


def test_nobody_listens(port: int) -> None:
    """One try is made, the next mail of the same moment does not wait for another."""
    with posting(port) as way:
        assert ["ConnectionRefusedError", "server away"] == [way.send(mail()).said for _ in range(2)]
