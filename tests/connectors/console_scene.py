"""A console over a register with a few documents, for the tests of its pages: accounts of every role, a clock that stands still."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from connectors.console.app import make_app
from connectors.console.desk import Desk
from connectors.console.pulse import Pulse
from connectors.console.sources import Register
from connectors.register import tables
from connectors.register.projection import project
from infra import accounts
from infra.accounts import Accounts, Role
from infra.clock import Mode
from infra.settings import Settings
from infra.state.database import open_database, writing
from schemas.events import AlertState, Event
from schemas.ids import delivery_id, document_key, event_id
from schemas.reference import Reference
from tests.connectors import life

PASSWORD = "một mật khẩu đủ dài"  # noqa: S105 - of accounts that live as long as a test
NAMES = {Role.VIEWER: "xem", Role.OPERATOR: "van-hanh", Role.AUDITOR: "kiem-tra"}
NOW = life.at(60 * 24)
"""Noon of the day after."""


@dataclass(frozen=True, slots=True)
class StandingClock:
    """A clock that does not move."""

    at: datetime = NOW
    mode: Mode = "stepped"
    simulated: bool = True

    def now(self) -> datetime:
        """Return its moment."""
        return self.at

    def advance(self, to: datetime) -> None:
        """Refuse."""
        raise NotImplementedError(to)


def cheap_hashes(monkeypatch: Any) -> None:
    """Let passwords cost next to nothing: what is tested is who may enter, not how long it takes."""
    monkeypatch.setattr(accounts, "COST", 2)


def stuck_life() -> list[Event]:
    """A document that its recipient has not taken: overdue since yesterday, its clerk told and told again."""
    raised = life.alert(AlertState.FIRING, 18)
    return [
        life.submitted(), life.signed(), life.dispatched(), life.dispatched(life.COMMUNE), life.not_routed(),
        replace(life.owed("transport", 5, due=60), next_step=2, next_step_at=life.at(60 * 26)), raised, life.alert(AlertState.FIRING, 63, level=1),
    ]  # fmt: skip


def many(count: int) -> list[Event]:
    """So many documents of one recipient, each overdue a minute less than the one before."""
    found: list[Event] = []
    for number in range(count):
        named = f"{life.PROVINCE},2026-11-23,{number + 1}/CV"
        key = document_key(life.PROVINCE, named)
        to = delivery_id(key, life.HEALTH)
        sent = replace(life.dispatched(), event_id=event_id("many", key), document_key=key, delivery_id=to)
        owed = life.owed("transport", 5, due=60 + number)
        packet = life.submitted(document_key=key, event_id=event_id("submitted", key), correlation_id=key)
        found += [
            replace(packet, envelope=replace(life.ENVELOPE, document_id=named)),
            replace(sent, document_id=named, correlation_id=key),
            replace(
                owed, obligation_id=f"{to}:transport", subject=to, document_key=key, event_id=event_id("owed", key)
            ),
        ]
    return found


def write(url: str, events: Sequence[Event]) -> None:
    """Project events into a register."""
    engine = open_database(url, tables.METADATA)
    with writing(engine) as connection:
        project(connection, list(life.on_topics(events)))
    engine.dispose()


def make_desk(folder: Path, url: str = "", reference: Reference | None = None, **more: Any) -> Desk:
    """Return a desk with an account of every role."""
    own = Accounts(folder / "accounts.json")
    for role, name in NAMES.items():
        own.put(name, role, PASSWORD)
    known = reference or Reference()
    return Desk(
        settings=Settings(var=folder),
        clock=StandingClock(),
        register=Register(url or f"sqlite:///{folder / 'register.sqlite'}"),
        reference=lambda: known,
        accounts=own,
        pulse=Pulse(folder / "run", StandingClock()),
        **more,
    )


@contextmanager
def visiting(desk: Desk, role: Role | None = None) -> Iterator[TestClient]:
    """Yield a browser without scripts, logged in as somebody of a role (None: a stranger)."""
    with TestClient(make_app(desk), base_url="http://127.0.0.1:8000", follow_redirects=False) as browser:
        if role is not None:
            enter(browser, NAMES[role])
        yield browser


def csrf_of(browser: TestClient, path: str = "/login") -> str:
    """Return the token in the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found, path
    return found[1]


def enter(browser: TestClient, name: str, password: str = PASSWORD) -> Any:
    """Log in by the form; return the answer."""
    return browser.post("/enter", data={"csrf": csrf_of(browser), "name": name, "password": password})


def later(desk: Desk, by: timedelta) -> Desk:
    """Return the desk so much later."""
    return replace(desk, clock=StandingClock(desk.clock.now() + by))
