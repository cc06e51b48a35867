"""What clients may cost: documents of an agency, requests of a client, bytes of a packet; and a disk that is full."""

import errno
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY

from connectors.http.problems import RefusedError
from connectors.http.shares import Shares
from infra.settings import Settings
from tests.axis import until
from tests.connectors.api_scene import api, left, token, waiting
from tests.connectors.packets import document

PACKET = document()


def test_limits_of_an_agency(tmp_path: Path) -> None:
    """So many documents a minute for one agency; then 429 with when to come again, and nothing is left behind."""
    with api(Settings(var=tmp_path / "var"), limits="documents_per_minute = 2") as scene:
        said = [scene.ask("POST", "/v1/documents", content=document(number)) for number in (1, 2, 3)]

        assert [202, 202, 429] == [each.status_code for each in said]
        assert int(said[-1].headers["retry-after"]) > 0
        assert (2, []) == (len(waiting(scene)), left(scene))


def test_limits_of_a_client(tmp_path: Path) -> None:
    """So many requests a minute for one client; another one is not held up."""
    with api(Settings(var=tmp_path / "var"), limits="requests_per_minute = 2") as scene:
        said = [scene.ask("GET", "/v1/owes", name).status_code for name in ("tinh", "tinh", "tinh", "xa-b")]

        assert [503, 503, 429, 503] == said  # 503: there is no register yet
        counted = {"call": "GET /v1/owes", "status": "429"}
        assert 1.0 <= (REGISTRY.get_sample_value("lienthong_http_requests_total", counted) or 0.0)


def test_a_packet_that_is_too_large(tmp_path: Path) -> None:
    """By what is said, and by what comes where nothing was said: 413, and nothing is kept."""
    with api(Settings(var=tmp_path / "var", packet_mb=1)) as scene:
        large = bytes(1024 * 1024 + 1)
        said = [
            scene.ask("POST", "/v1/documents", content=large),
            scene.ask("POST", "/v1/documents", content=iter([large[:70_000]] * 20)),
        ]

        assert [(413, "REQUEST_TOO_LARGE")] * 2 == [(each.status_code, each.json()["code"]) for each in said]
        assert ([], []) == (waiting(scene), left(scene))


def test_a_full_disk_is_said_to_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 and when to come again; nothing is left, and the next try is taken."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with api(Settings(var=tmp_path / "var")) as scene:
        with monkeypatch.context() as patched:
            patched.setattr("connectors.http.spool._write", full)
            answer = scene.ask("POST", "/v1/documents", content=PACKET)

        assert (503, "AXIS_NOT_READY") == (answer.status_code, answer.json()["code"])
        assert ([], []) == (waiting(scene), left(scene))
        assert 202 == scene.ask("POST", "/v1/documents", content=PACKET).status_code


def test_a_client_has_a_share_of_the_places() -> None:
    """Half of four places: the third is refused to it and not to another; what is given back can be taken."""
    shares = Shares("uploads", most=4, of_one=2)
    with ExitStack() as held:
        for who in ("a", "a", "b"):
            shares.require(who)
            held.enter_context(shares.taken(who))
        with pytest.raises(RefusedError):
            shares.require("a")
        shares.require("b")
        held.enter_context(shares.taken("b"))
        with pytest.raises(RefusedError):
            shares.require("c")
    shares.require("a")


def test_streams_are_limited(tmp_path: Path) -> None:
    """One stream a client here; a second is told to come again, and has its place when the first hangs up."""
    stream = token("tinh") | {"Accept": "text/event-stream"}
    with api(Settings(var=tmp_path / "var"), limits="streams_at_once = 4") as scene:
        scene.tell([])
        url = f"{scene.url}/v1/events"
        with httpx.stream("GET", url, headers=stream) as first:
            lines = first.iter_lines()  # as long as it lives the connection does
            next(lines)
            with httpx.stream("GET", url, headers=stream) as second:
                refused = second.status_code
            del lines
        until(lambda: not scene.office.streams._taken, seconds=10)

        assert 503 == refused
