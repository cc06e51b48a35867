"""How many mails a mailbox got within the hour; of this process, forgotten at a restart: it spares readers, it proves nothing."""

import threading
from collections import deque
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
MOST = 50_000
"""Mailboxes remembered; an axis has some thousand officials."""


class Rates:
    """Mails of the last hour, by mailbox; may be asked from several threads."""

    def __init__(self, per_hour: int) -> None:
        """`per_hour`: 0 = as many as come."""
        self._per_hour, self._turn = per_hour, threading.Lock()
        self._sent: dict[str, deque[datetime]] = {}

    def free_at(self, mailbox: str, at: datetime) -> datetime:
        """Return when one more mail may be sent: at once, or when the oldest of the hour is an hour old."""
        with self._turn:
            sent = self._sent.get(mailbox)
            full = sent is not None and self._per_hour and len(sent) == self._per_hour
            return max(at, sent[0] + HOUR) if sent and full else at

    def sent(self, mailbox: str, at: datetime) -> None:
        """Count one mail."""
        with self._turn:
            if len(self._sent) > MOST:
                self._sent.clear()
            self._sent.setdefault(mailbox, deque(maxlen=max(1, self._per_hour))).append(at)
