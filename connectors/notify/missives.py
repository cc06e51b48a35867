"""What is handed over to one official at once: the words, the way they take, and the alerts they tell of."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from connectors.notify.pages import page
from connectors.notify.texts import Text
from schemas.events import DocumentAlert, Told

MAIL, WEBHOOK, SMS = "mail", "webhook", "sms"
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""What RFC 5321 calls a mailbox, without quoted local parts: they are in no directory of agencies."""

LINE = SMTP.clone(max_line_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """An alert that is told of."""

    alert_id: str
    alert_event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missive:
    """What is said to whom, and by which channel."""

    name: str
    """Made of the alerts it tells of, so that the same one has the same name after a crash."""

    about: tuple[About, ...]
    person: Told
    text: Text
    channel: str = MAIL
    target: str = ""
    """Of a webhook: where it is."""

    alert: DocumentAlert | None = None
    """What it is about, where it is about one thing."""

    def message_id(self, sender: str) -> str:
        """Return the same Message-ID (RFC 5322 §3.6.4) at every try."""
        return f"<{self.name}@{parseaddr(sender)[1].rpartition('@')[2]}>"

    def mail(self, sender: str, at: datetime) -> EmailMessage:
        """Return the mail, as text and as a page (RFC 2046 §5.1.4), the same bytes at the same moment; raise ValueError for a mailbox that is none."""
        if not MAILBOX.fullmatch(self.person.mailbox):
            raise ValueError("not a mailbox")
        mail = EmailMessage(policy=LINE)
        mail["From"], mail["To"], mail["Subject"] = sender, self.person.mailbox, self.text.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id(sender)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        mail.set_content(self.text.body, cte="base64")  # passes servers that take seven bits only
        mail.add_alternative(page(self.text), subtype="html", cte="base64")
        mail["Content-Language"] = self.text.tongue.code  # RFC 3282; earlier it would go into the first part
        mail.set_boundary(hashlib.sha256(self.name.encode()).hexdigest())
        return mail
