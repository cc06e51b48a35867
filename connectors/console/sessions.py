"""Sessions on the server's side: an unguessable name in a cookie, everything else here; they end with the process."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

IDLE_SECONDS = 30 * 60.0
"""After so long without a page a person must log in again."""

LONGEST_SECONDS = 12 * 3_600.0
"""A working day: no session lasts longer."""

STRANGER_SECONDS = 15 * 60.0
"""What somebody who has not logged in may take to do so."""

MOST = 2_000
"""Sessions kept; of strangers the oldest goes first, so that nobody can fill the memory."""

TOKEN_BYTES = 32


@dataclass(slots=True, kw_only=True)
class Session:
    """What is known of one browser."""

    token: str
    csrf: str
    """What every form must bring back."""

    language: str
    began_at: float
    seen_at: float
    account: str = ""
    """Empty before the login."""

    password: str = ""
    """The hash that the account had at the login: a new password ends the session."""


class Sessions:
    """All sessions of this process; may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def find(self, token: str) -> Session | None:
        """Return the session of a cookie and count it as seen; None if there is none or its time is over."""
        with self._lock:
            session = self._sessions.get(token)
            if session is None:
                return None
            if self._over(session):
                del self._sessions[token]
                return None
            session.seen_at = self._clock()
            return session

    def lives(self, token: str) -> bool:
        """Tell whether a session is still one, without counting it as seen: what a page asks for by itself is no sign of a person."""
        with self._lock:
            session = self._sessions.get(token)
            return session is not None and not self._over(session)

    def begin(self, language: str, *, account: str = "", password: str = "") -> Session:
        """Return a new session under a new name."""
        now = self._clock()
        session = Session(
            token=secrets.token_urlsafe(TOKEN_BYTES),
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            language=language,
            began_at=now,
            seen_at=now,
            account=account,
            password=password,
        )
        with self._lock:
            self._sessions[session.token] = session
            self._make_room()
        return session

    def end(self, token: str) -> None:
        """Forget a session."""
        with self._lock:
            self._sessions.pop(token, None)

    def _over(self, session: Session) -> bool:
        now, longest = self._clock(), LONGEST_SECONDS if session.account else STRANGER_SECONDS
        return now - session.began_at >= longest or now - session.seen_at >= IDLE_SECONDS

    def _make_room(self) -> None:
        if len(self._sessions) <= MOST:
            return
        for token in [token for token, session in self._sessions.items() if self._over(session)]:
            del self._sessions[token]
        strangers = [token for token, session in self._sessions.items() if not session.account]
        for token in [*strangers, *self._sessions][: max(0, len(self._sessions) - MOST)]:
            self._sessions.pop(token, None)
