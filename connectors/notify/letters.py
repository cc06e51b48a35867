"""One letter to one official: a row of the state until it is sent or given up, then nothing of it is kept."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

PREFIX = "mail:"
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""What RFC 5321 calls a mailbox, without quoted local parts: they are in no directory of agencies."""

LINE = SMTP.clone(max_line_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent, to whom, because of which alert."""

    alert_id: str
    alert_event_id: str
    number: int
    """Place of the person among those the alert tells, from 0."""

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
        return row_of(self.alert_event_id, self.number)

    def message_id(self, domain: str) -> str:
        """Return the same Message-ID (RFC 5322 §3.6.4) at every try."""
        return f"<{self.alert_event_id}.{self.number}@{domain}>"

    def message(self, sender: str, at: datetime) -> EmailMessage:
        """Return the mail; raise ValueError for a mailbox that is none."""
        if not MAILBOX.fullmatch(self.mailbox):
            raise ValueError("not a mailbox")
        mail = EmailMessage(policy=LINE)
        mail["From"], mail["To"], mail["Subject"] = sender, self.mailbox, self.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id(sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        mail.set_content(self.body)
        return mail


def row_of(alert_event_id: str, number: int) -> str:
    """Name the row of a letter."""
    return f"{PREFIX}{alert_event_id}:{number}"


def dump(letter: Letter) -> bytes:
    """Return the row's value."""
    return json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True).encode()


def load(value: bytes) -> Letter:
    """Read a row's value."""
    return Letter(**json.loads(value))
