"""What every page has at hand: settings, clock, sources, accounts, sessions."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from connectors.console.around import Around
from connectors.console.pulse import Pulse
from connectors.console.sessions import Session, Sessions
from connectors.console.sources import Register
from connectors.console.tries import Tries
from infra.accounts import Account, Accounts
from infra.clock import Clock
from infra.settings import Settings
from schemas.reference import Reference

LOGINS_AT_ONCE = 2
"""A hash takes 32 MiB: nobody may ask for many at a time."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """One console."""

    settings: Settings
    clock: Clock
    register: Register
    reference: Callable[[], Reference]
    accounts: Accounts
    pulse: Pulse
    sessions: Sessions = field(default_factory=Sessions)
    tries: Tries = field(default_factory=Tries)
    streams: int = 0
    """Live pages that listen; counted on the event loop alone."""

    acting: threading.Lock = field(default_factory=threading.Lock)
    """Held while somebody acts: two forms at once must not act twice."""

    hashing: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(LOGINS_AT_ONCE))

    def account(self, request: Request) -> Account | None:
        """Return who asks, as the file of accounts has it now; None before the login, and once account or password changed."""
        session: Session | None = getattr(request.state, "session", None)
        if session is None or not session.account:
            return None
        found = self.accounts.find(session.account)
        return found if found is not None and found.password == session.password else None

    def around(self) -> Around:
        """Return reference data and time for one page."""
        return Around(reference=self.reference(), now=self.clock.now())


View = Callable[[Desk, Request], Response]
