"""One letter to one official: a row of the state until it is sent or given up, then nothing of it is kept."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

PREFIX = "mail:"
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""What RFC 5321 calls a mailbox, without quoted local parts: they are in no directory of agencies."""

LINE = SMTP.clone(max_line_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """An alert that a letter tells of."""

    alert_id: str
    alert_event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent, to whom, because of which alerts."""

    name: str
    """Made of the alerts it tells of, so that the same letter has the same name after a crash."""

    alerts: tuple[About, ...]
    organ_id: str
    role: str
    mailbox: str
    subject: str
    body: str
    tries: int = 0
    """Failed tries so far."""

    @property
    def row(self) -> str:
        """Name of its row."""
        return PREFIX + self.name

    def message_id(self, sender: str) -> str:
        """Return the same Message-ID (RFC 5322 §3.6.4) at every try."""
        return f"<{self.name}@{parseaddr(sender)[1].rpartition('@')[2]}>"

    def message(self, sender: str, at: datetime) -> EmailMessage:
        """Return the mail; raise ValueError for a mailbox that is none."""
        if not MAILBOX.fullmatch(self.mailbox):
            raise ValueError("not a mailbox")
        mail = EmailMessage(policy=LINE)
        mail["From"], mail["To"], mail["Subject"] = sender, self.mailbox, self.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id(sender)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        mail.set_content(self.body, cte="base64")  # passes servers that take seven bits only
        return mail


def name_of(alert_event_id: str, number: int) -> str:
    """Name the letter to one of the people an alert tells, who are numbered from 0."""
    return f"{alert_event_id}.{number}"


def dump(letter: Letter) -> bytes:
    """Return the row's value."""
    return json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True).encode()


def load(value: bytes) -> Letter:
    """Read a row's value."""
    plain = json.loads(value)
    return Letter(**plain | {"alerts": tuple(About(**each) for each in plain["alerts"])})
