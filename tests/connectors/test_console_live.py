"""The live page: figures read from metrics pages, rates, restarts, and a stream that ends with the session."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server
from starlette.requests import Request

from connectors.console import live, pulse
from connectors.console.desk import Desk
from connectors.console.pulse import Pulse
from infra.accounts import Role
from infra.metrics import LONG
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import NAMES, visiting


class Process:
    """A process' metrics page."""

    def __init__(self, folder: Path, name: str) -> None:
        registry = CollectorRegistry()
        base = pulse.REPLICA.sub("", name)
        self.out = Counter("lienthong_events_out_total", "x", ["process", "topic", "outcome"], registry=registry)
        self.lag = Gauge("lienthong_consumer_lag_records", "x", ["process", "topic", "partition"], registry=registry)
        self.written, self.unread = self.out.labels(base, "t", "E"), self.lag.labels(base, "t", "0")
        self._server, self._thread = start_http_server(0, addr="127.0.0.1", registry=registry)
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.metrics").write_text(str(self._server.server_address[1]))

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


@pytest.fixture
def routers(tmp_path: Path) -> Iterator[list[Process]]:
    """Yield two workers of the router."""
    made = [Process(tmp_path / "run", f"router-{number}") for number in range(2)]
    yield made
    for each in made:
        each.close()


def router_of(taken: Pulse) -> dict[str, Any]:
    """Return the router's figures."""
    return next(each for each in taken.figures()["processes"] if each["name"] == "router")


def test_figures_are_summed_over_workers(
    tmp_path: Path, routers: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers are one process with two instances; a rate is what was written between looks; a restart counts from its start."""
    now = [100.0]
    monkeypatch.setattr(pulse, "monotonic", lambda: now[0])
    taken = Pulse(tmp_path / "run", scene.StandingClock())
    taken.take()
    for each in routers:
        each.written.inc(30)
        each.unread.set(4)
    now[0] += 10
    taken.take()
    both = router_of(taken)
    routers[1].close()
    now[0] += 10
    taken.take()

    assert (2, 6.0, 8) == (both["instances"], both["written"], both["unread"])
    assert 1 == router_of(taken)["instances"]
    assert 0 < router_of(taken)["written"] <= 60 / 20
    assert 0 == next(each for each in taken.figures()["processes"] if each["name"] == "intake")["instances"]
    assert 3 == len(taken.history()[0])


def test_dwell_is_the_p95_of_half_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ninety-six events within a second and four within a minute: the p95 lies within the second."""
    lines = {"1": 96, "60": 100, "+Inf": 100}
    head = "# TYPE lienthong_stage_seconds histogram\n"
    row = 'lienthong_stage_seconds_bucket{{le="{}",outcome="A",source="B"}} {}\n'
    empty = head + "".join(row.format(bound, 0) for bound in lines)
    full = head + "".join(row.format(bound, count) for bound, count in lines.items())
    said = iter([empty, full])
    (tmp_path / "verifier-0.metrics").write_text("1")
    monkeypatch.setattr(pulse, "page_of", lambda _port: next(said))
    taken = Pulse(tmp_path, scene.StandingClock())
    taken.take()
    taken.take()
    dwell = next(each["dwell"] for each in taken.figures()["processes"] if each["name"] == "verifier")

    assert 60 in LONG
    assert 0.9 < dwell <= 1


def test_the_page_shows_figures_without_scripts(tmp_path: Path, routers: list[Process]) -> None:
    """As they were when it was loaded; what does not answer is marked."""
    desk = scene.make_desk(tmp_path)
    routers[0].unread.set(41)
    desk.pulse.take()
    with visiting(desk, Role.VIEWER) as browser:
        page = browser.get("/live").text

    assert '<dd data-figure="unread">41</dd>' in page
    assert 'class="card off at-intake"' in page
    assert 'class="card at-router"' in page


def test_a_stream_ends_with_its_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """History, figures, and an end once the person has logged out; and it is no sign that somebody still looks."""
    monkeypatch.setattr(live, "EVERY_SECONDS", 0.001)
    desk = scene.make_desk(tmp_path)
    account = desk.accounts.find(NAMES[Role.VIEWER])
    assert account
    session = desk.sessions.begin("vi", account=account.name, password=account.password)
    seen = session.seen_at

    said = asyncio.run(_until_end(desk, session))

    assert ["history", "figures", "end"] == list(dict.fromkeys(name for name, _ in said))
    assert len(pulse.PROCESSES) - 1 == len(said[1][1]["processes"])
    assert seen == session.seen_at
    assert 0 == desk.streams


async def _until_end(desk: Desk, session: Any) -> list[tuple[str, Any]]:
    request = cast("Request", SimpleNamespace(state=SimpleNamespace(session=session)))
    answer = live.stream(desk, request)
    stream = cast("AsyncIterator[bytes]", cast("Any", answer).body_iterator)
    found = []
    async for event in stream:
        name, said = event.decode().removeprefix("retry: 3000\n").strip().split("\n")
        found.append((name.removeprefix("event: "), json.loads(said.removeprefix("data: "))))
        if len(found) == 3:
            desk.sessions.end(session.token)
    return found


def test_the_house_is_full_at_some_time(tmp_path: Path) -> None:
    """Nobody can hold any number of connections open."""
    with visiting(scene.make_desk(tmp_path, streams=live.MOST_STREAMS), Role.VIEWER) as browser:
        assert 503 == browser.get("/live/stream").status_code
