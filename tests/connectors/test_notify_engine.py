"""The notifier under the engine's contract: processes die anywhere, and every official is told, each mail under one name."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from connectors.notify.process import require_safe_login
from infra.clock import FileClock, open_clock
from infra.errors import EnvironmentFaultError
from infra.settings import Settings
from schemas.events import DocumentAlert, Event, NotifyAttempted
from schemas.ids import event_id
from tests import axis
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, Mailboxes, alert
from tests.connectors.notify_worker import notify
from tests.shell.bench import Log, stepped

ROOT = Path(__file__).parents[2]
DIES_AT = ("begun:2", "timer_begun:1", "timer_emitted:1", "timer_settled:1")
"""A batch of alerts says nothing; the mails, and what is said of them, are the timers'."""

COUNT = 6


def warnings() -> list[DocumentAlert]:
    """Return six documents' warnings to two officials, and six incoming ones, which are gathered."""
    to = (CLERK, HEAD)
    late = [alert(MONDAY, *to, event_id=event_id("late", str(n)), about=f"late-{n}") for n in range(COUNT)]
    came = [
        alert(MONDAY, event_id=event_id("came", str(n)), about=f"came-{n}", kind="incoming", clock="")
        for n in range(COUNT)
    ]
    return [*late, *came]


def told(said: list[Event]) -> dict[str, set[str]]:
    """Return under which Message-IDs each alert's event was delivered."""
    found: dict[str, set[str]] = {}
    for each in said:
        if isinstance(each, NotifyAttempted) and each.delivered:
            found.setdefault(each.alert_event_id, set()).add(each.message_id)
    return found


@pytest.mark.parametrize("point", DIES_AT)
def test_a_process_that_dies_tells_everybody(
    tmp_path: Path, server: Controller, mailboxes: Mailboxes, port: int, point: str
) -> None:
    """Killed at each point: nobody is forgotten; what was sent twice has one Message-ID, what was said twice one event id."""
    assert server is not None
    clock, log = stepped(tmp_path, MONDAY), Log(tmp_path / "log")
    for each in warnings():
        log.put(each)
    worker = [sys.executable, "-m", "tests.connectors.notify_worker", str(tmp_path), str(port), point]
    assert -signal.SIGKILL == subprocess.run(worker, check=False, timeout=60, cwd=ROOT).returncode

    asyncio.run(notify(tmp_path, port))
    clock.advance(MONDAY + timedelta(minutes=15))
    asyncio.run(notify(tmp_path, port))

    said, sent = log.events("notify.attempted"), Counter(str(mail["Message-ID"]) for mail in mailboxes.mails)
    found = told(said)
    assert {each.event_id for each in warnings()} == set(found)
    assert [2] * COUNT + [1] * COUNT == [len(found[each.event_id]) for each in warnings()]
    assert set(sent) == set().union(*found.values())
    assert max(sent.values()) <= 2
    assert 2 * COUNT + COUNT == len({each.event_id for each in said})
    assert [] == log.topic("dead-letter")


# -- the process itself, on the broker ---------------------------------------------------------------
@pytest.fixture
def process(settings: Settings, port: int) -> Iterator["Process"]:
    """Yield the process, and leave none behind."""
    one = Process(settings, port)
    yield one
    one.end(signal.SIGKILL)


class Process:
    """`python -m connectors notify`, as the supervisor starts it."""

    def __init__(self, settings: Settings, port: int) -> None:
        self._settings, self._port = settings, port
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        told = {"PATH": "", "LIENTHONG_TICK_SECONDS": "0.1", "LIENTHONG_SMTP_PORT": str(self._port)}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "connectors", "notify"],
            env=axis.environment(self._settings) | told,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it; return its exit code."""
        if self._child is None or self._child.poll() is not None:
            return 0
        self._child.send_signal(number)
        return self._child.wait(20)


def test_the_process_tells_people(
    settings: Settings, server: Controller, mailboxes: Mailboxes, process: Process
) -> None:
    """On the broker: an alert becomes two mails, said as two facts; killed and started again, nothing is told twice."""
    assert server is not None
    axis.open_axis(settings, at=MONDAY)
    axis.write(settings, [alert(MONDAY, CLERK, HEAD)])
    process.start()
    axis.until(lambda: len(axis.events(settings, "notify.attempted")) == 2)
    process.end(signal.SIGKILL)
    clock = open_clock(settings)
    assert isinstance(clock, FileClock)
    clock.advance(MONDAY + timedelta(minutes=1))
    axis.write(settings, [alert(MONDAY, CLERK, HEAD), alert(event_id=event_id("next"))])

    process.start()

    axis.until(lambda: len(axis.events(settings, "notify.attempted")) == 3)
    assert 0 == process.end()
    assert 3 == len(mailboxes.mails)
    assert {alert().event_id: 2, event_id("next"): 1} == {
        each: len(names) for each, names in told(axis.events(settings, "notify.attempted")).items()
    }


@pytest.mark.parametrize("given", [{}, {"smtp_starttls": True}, {"smtp_password_file": Path("password")}])
def test_a_password_is_never_sent_in_the_clear(given: dict[str, object]) -> None:
    """A login without TLS, or without its password, is a fault of the environment: the process does not start."""
    with pytest.raises(EnvironmentFaultError):
        require_safe_login(Settings.load().model_copy(update={"smtp_user": "truc", **given}))
    require_safe_login(Settings.load())
