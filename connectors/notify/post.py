"""The way to the mail server: one connection for the mails of one moment, and no second wait for a server that is away."""

import re
import smtplib
import ssl
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage

from infra.settings import Settings

SECONDS = 10.0
AWAY_SECONDS = 5.0
"""Real seconds for which a server that could not be reached is not tried again."""

AWAY = "server away"
"""Said of a mail for which no connection was even tried."""

IDLE_SECONDS = 30.0
"""Real seconds without a mail after which a connection is not trusted any more."""

TEMPORARY, FINAL = range(400, 500), range(500, 600)
"""Replies that ask to try later, and not to (RFC 5321 §4.2.1)."""

ENHANCED = re.compile(rb"\s*5\.(\d{1,3})\.\d{1,3}\b")
ADDRESS, MAILBOX, POLICY = b"1", b"2", b"7"
"""Subjects of enhanced codes (RFC 3463 §3): the address, the mailbox; what the server forbids us is no fault of the mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one try."""

    delivered: bool
    later: bool = False
    """True where another try may help."""

    unreachable: bool = False
    """True where no server was there to say anything: that is no fault of the mail."""

    unsure: bool = False
    """True where the connection broke on the way: the mail may have been taken all the same."""

    bounced: bool = False
    """True where it is the mailbox that takes no mail, for good."""

    said: str
    """Reply code, or the name of what went wrong; never the server's words, which may repeat names."""


class Post:
    """Sends mails one after the other; may be called from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._server: smtplib.SMTP | None = None
        self._used_at = self._away_until = float("-inf")

    def send(self, mail: EmailMessage) -> Answer:
        """Hand one mail over; never raises for what a server or network does."""
        with self._turn:
            if time.monotonic() < self._away_until:
                return Answer(delivered=False, later=True, unreachable=True, said=AWAY)
            if time.monotonic() > self._used_at + IDLE_SECONDS:
                self._drop()
            try:
                return self._send(mail)
            except smtplib.SMTPServerDisconnected:
                return self._again(mail)
            except (OSError, smtplib.SMTPException) as exc:
                return self._failed(exc)

    def close(self) -> None:
        """Take leave of the server."""
        with self._turn:
            self._drop()

    def _again(self, mail: EmailMessage) -> Answer:
        """Try once more with a new connection: an idle one is closed by the server sooner or later."""
        self._drop()
        try:
            return self._send(mail)
        except (OSError, smtplib.SMTPException) as exc:
            return self._failed(exc)

    def _send(self, mail: EmailMessage) -> Answer:
        self._server = self._server or self._connect()
        self._server.send_message(mail)
        self._used_at = time.monotonic()
        return Answer(delivered=True, said="250")

    def _failed(self, exc: Exception) -> Answer:
        """Judge a no: about this mail the connection stays; about the connection, or us, every mail waits."""
        match exc:
            case smtplib.SMTPRecipientsRefused(recipients=refused):
                code, words = next(iter(refused.values()), (0, b""))
                bounced = code in FINAL and _subject(words) != POLICY
                return Answer(delivered=False, later=code in TEMPORARY, bounced=bounced, said=str(code))
            case smtplib.SMTPDataError(smtp_code=code, smtp_error=words):
                bounced = code in FINAL and _subject(words) in (ADDRESS, MAILBOX)
                return Answer(delivered=False, later=code in TEMPORARY, bounced=bounced, said=str(code))
            case smtplib.SMTPSenderRefused(smtp_code=code):  # our address or missing login: the letter is not to blame
                return Answer(delivered=False, later=True, said=f"sender refused {code}")
            case _:
                unsure = self._server is not None
                self._drop()
                self._away_until = time.monotonic() + AWAY_SECONDS
        reply = f" {exc.smtp_code}" if isinstance(exc, smtplib.SMTPResponseException) else ""
        said = f"{type(exc).__name__}{reply}"
        return Answer(delivered=False, later=True, unreachable=True, unsure=unsure, said=said)

    def _connect(self) -> smtplib.SMTP:
        given = self._settings
        server = smtplib.SMTP(given.smtp_host, given.smtp_port, timeout=SECONDS)
        try:
            if given.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if given.smtp_user and given.smtp_password_file:
                server.login(given.smtp_user, given.smtp_password_file.read_text().strip())
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _subject(words: bytes | str) -> bytes:
    """Return what an enhanced code is about; empty where a server gives none."""
    found = ENHANCED.match(words.encode() if isinstance(words, str) else words)
    return found[1] if found else b""
