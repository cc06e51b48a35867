"""API, outbox relay and register die by kill -9 while clients send and try again: each packet once, and the audit finds nothing."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from infra.clock import open_clock, real_now
from infra.demo import province
from infra.demo.compose import Composer
from infra.demo.frame import Draft
from infra.settings import Settings
from infra.supervise.ledger import start_ticks
from schemas.events import DocumentDispatched, DocumentSubmitted
from schemas.reference import KINDS
from tests.axis import events, open_axis, publish_files, until
from tests.chaos.feeder import make_folders
from tests.connectors.api_scene import clients_file, identities, secret, token
from tests.connectors.doorway import ROOT
from tests.connectors.old_client import FailedError, OldClient
from tests.connectors.outbox_scene import ADDRESS, System
from tests.connectors.packets import HEALTH, PROVINCE
from tests.demo_week import told

VICTIMS = ("api", "outbox-0", "register")
GAP_SECONDS = (0.3, 1.5)
"""Between two deaths, by chance."""

TRY_AGAIN_SECONDS = 0.1
SETTLED_SECONDS = 240.0
LIMITS = "requests_per_minute = 100000\ndocuments_per_minute = 100000"

pytestmark = [pytest.mark.alone, pytest.mark.postgres]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Packets by the door through which they go."""

    modern: Sequence[bytes]
    old: Sequence[bytes]
    rows: Sequence[bytes]

    @property
    def all(self) -> list[str]:
        """The digests of all of them."""
        return sorted(hashlib.sha256(each).hexdigest() for each in (*self.modern, *self.old, *self.rows))


def composed(settings: Settings, each: int) -> Load:
    """Sign so many good packets for each door."""
    now = open_clock(settings).now()
    composer = Composer(province.open_pki(settings, now))

    def made(first: int, sender: str, recipient: str) -> list[bytes]:
        drafts = (Draft(sender=sender, recipients=(recipient,), number=first + n, at=now) for n in range(each))
        return [composer.make(draft).packet for draft in drafts]

    return Load(
        modern=made(1000, PROVINCE, HEALTH), old=made(2000, HEALTH, PROVINCE), rows=made(3000, PROVINCE, HEALTH)
    )


@contextmanager
def running_axis(settings: Settings, system: System) -> Iterator[subprocess.Popen[bytes]]:
    """Run the whole axis under its supervisor, with both doors."""
    doors = {
        "LIENTHONG_API_CLIENTS": str(clients_file(settings.var, LIMITS)),
        "LIENTHONG_OUTBOX": f"{ADDRESS}={system.url}",
    }
    with (settings.var / "up.out").open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "infra", "up"], cwd=ROOT, env=told(settings) | doors, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(40)


def kill(settings: Settings, name: str) -> bool:
    """End a process as kill -9 does, by the pid that was recorded of it; tell whether it was alive."""
    pid, ticks = json.loads((settings.run_folder / "processes.json").read_text()).get(name, (0, 0))
    if not pid or start_ticks(pid) != ticks:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


def insisting(call: Callable[[], bool]) -> None:
    """Try until it is taken, as a client does whose answer is lost."""
    ends = time.monotonic() + SETTLED_SECONDS
    while True:
        assert time.monotonic() < ends, "never taken"
        try:
            if call():
                return
        except (OSError, httpx.HTTPError, FailedError):
            pass
        time.sleep(TRY_AGAIN_SECONDS)  # before a client tries again


def feeders(
    settings: Settings, system: System, load: Load, chance: random.Random, gap: float
) -> list[threading.Thread]:
    """Start a client at each door; some send again what was taken already."""
    url = "http://127.0.0.1:" + (settings.run_folder / "api.port").read_text()
    old, faults = OldClient(url, "id-so-y-te", secret("so-y-te")), random.Random(chance.random())

    def modern(packet: bytes, number: int) -> bool:
        key = {"Idempotency-Key": f'"{number}"'}
        said = httpx.post(f"{url}/v1/documents", content=packet, headers=token("tinh") | key, timeout=20)
        assert said.status_code < 300 or said.status_code >= 500, said.text
        return said.is_success and faults.random() > 0.2  # now and then an answer is lost on its way

    def plain(packet: bytes, _number: int) -> bool:
        return bool(old.send(HEALTH, packet)) and faults.random() > 0.2

    def row(packet: bytes, number: int) -> bool:
        return bool(system.write(f"doc-{number}", packet))

    def feed(packets: Sequence[bytes], send: Callable[[bytes, int], bool]) -> None:
        for number, packet in enumerate(packets):
            insisting(lambda: send(packet, number))  # noqa: B023 - used at once
            time.sleep(gap)  # the pace at which documents come

    work = ((load.modern, modern), (load.old, plain), (load.rows, row))
    started = [threading.Thread(target=feed, args=each, daemon=True) for each in work]
    for each in started:
        each.start()
    return started


def audited(settings: Settings) -> tuple[int, dict[str, list[str]]]:
    """Return what the audit finds in log and register; what is still under way is waited for."""
    ends = time.monotonic() + SETTLED_SECONDS
    while True:
        command = [sys.executable, "-m", "infra", "audit", "--state", "--json"]
        done = subprocess.run(command, env=told(settings), capture_output=True, timeout=120, check=False)
        said = json.loads(done.stdout)
        found = {name: said[name] for name in ("lost", "duplicate_effects", "unexplained")}
        if not found["lost"] or time.monotonic() > ends:
            return done.returncode, found


@pytest.mark.parametrize(
    ("each", "deaths", "seed"),
    [
        pytest.param(10, 2, 8, marks=[pytest.mark.slow, pytest.mark.timeout(500)]),
        pytest.param(80, 8, 1, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_doors_that_die_lose_nothing_and_double_nothing(
    settings: Settings, postgres: str, each: int, deaths: int, seed: int
) -> None:
    """Each victim dies so often, at seeded moments in seeded order; the supervisor starts it again.

    Fewer times than what the supervisor takes for a crash loop: it would hold the process back for a minute, on purpose.
    """
    chance = random.Random(seed)
    system = System(settings=settings, url=postgres.replace("+psycopg", ""))
    open_axis(settings, at=real_now(), kinds=KINDS)
    publish_files(settings, {"identities": {"identities.csv": identities()}})
    system.prepare()
    make_folders(settings)
    load = composed(settings, each)
    victims = [*VICTIMS] * deaths
    chance.shuffle(victims)
    with running_axis(settings, system):
        until((settings.run_folder / "api.port").exists)
        clients = feeders(settings, system, load, chance, gap=sum(GAP_SECONDS) / 2 * len(victims) / each)
        for name in victims:
            time.sleep(chance.uniform(*GAP_SECONDS))  # the moment of a death
            until(lambda name=name: kill(settings, name))  # type: ignore[misc] # bound at once
        for client in clients:
            client.join(SETTLED_SECONDS)
            assert not client.is_alive()
        until(lambda: len(dispatched(settings)) == 3 * each, seconds=SETTLED_SECONDS)
        judged = audited(settings)

    submitted = {event.event_id: event.content.sha256 for event in events(settings, "document.submitted") if isinstance(event, DocumentSubmitted)}  # fmt: skip
    assert load.all == sorted(submitted.values())
    assert (0, {"lost": [], "duplicate_effects": [], "unexplained": []}) == judged
    assert [] == [state for _, _, state in system.rows().values() if state]


def dispatched(settings: Settings) -> set[str]:
    """Return the deliveries that are on their way."""
    return {
        event.delivery_id for event in events(settings, "document.dispatched") if isinstance(event, DocumentDispatched)
    }
