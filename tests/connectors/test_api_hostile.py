"""Requests that are meant to hurt: each is refused with words, and leaves nothing behind."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.axis import until
from tests.connectors.api_scene import Scene, api, token
from tests.connectors.packets import document

PACKET = document()
QUICK = "head_seconds = 0.6\nidle_seconds = 0.6\nbytes_per_second = 1000"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API that loses patience quickly."""
    with api(Settings(var=tmp_path / "var", packet_mb=1), limits=QUICK) as running:
        yield running


def post(*lines: str, name: str = "tinh") -> bytes:
    """Return the head of an upload."""
    first = ("POST /v1/documents HTTP/1.1", "Host: x", f"Authorization: {token(name)['Authorization']}")
    return "\r\n".join([*first, *lines, "", ""]).encode()


def problem(answer: bytes) -> tuple[int, str]:
    """Return status and code of a raw answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)["code"]


def kept(scene: Scene) -> list[str]:
    """Return what was handed over or half of it."""
    door = scene.office.handovers.door("tinh").folder
    return [each.name for each in (*door.glob("*.edxml"), *(door / ".spool").iterdir())]


def drip(scene: Scene, first: bytes, piece: bytes, *, every: float = 0.1) -> bytes:
    """Send a piece now and then until the server answers; return all it says."""
    with socket.create_connection(("127.0.0.1", scene.port), timeout=0.01) as connection:
        connection.sendall(first)
        got, ends = b"", time.monotonic() + 20
        while time.monotonic() < ends:
            try:
                chunk = connection.recv(65536)
                if not chunk:
                    return got
                got += chunk
            except TimeoutError:
                time.sleep(every)  # the attacker's pace
                try:
                    connection.sendall(piece)
                except OSError:
                    return got
            except OSError:
                return got
        raise AssertionError("the server lets it go on")


@pytest.mark.parametrize("first", [b"", b"GET /v1/inbox HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT"])
def test_a_head_that_never_ends(scene: Scene, first: bytes) -> None:
    """A header line every tenth of a second, from the start or on a connection that was used: 408, and the end of it."""
    answer = drip(scene, first, b"X-a: b\r\n")

    assert (408, "REQUEST_TOO_SLOW") == problem(answer[answer.rindex(b"HTTP/1.1 ") :])


def test_a_body_that_stops(scene: Scene) -> None:
    """Half of it, and silence: 408, nothing kept."""
    answer = scene.raw(post(f"Content-Length: {len(PACKET)}"), then=PACKET[:500])

    assert (408, "REQUEST_TOO_SLOW") == problem(answer)
    assert [] == kept(scene)


def test_a_body_that_drips(scene: Scene) -> None:
    """Never silent for long, and never fast enough."""
    answer = drip(scene, post("Content-Length: 100000"), b"x")

    assert (408, "REQUEST_TOO_SLOW") == problem(answer)
    assert [] == kept(scene)


def test_fewer_bytes_than_were_said(scene: Scene) -> None:
    """The client hangs up before the end: a packet that is cut short is no packet."""
    scene.raw(post(f"Content-Length: {len(PACKET) + 10}"), then=PACKET, half_close=True)
    scene.raw(post("Transfer-Encoding: chunked"), then=b"%x\r\n%s\r\n" % (len(PACKET), PACKET), half_close=True)

    until(lambda: not kept(scene), seconds=5)


def test_more_bytes_than_were_said(scene: Scene) -> None:
    """The packet ends where it was said to end; the rest is no request."""
    answer = scene.raw(post(f"Content-Length: {len(PACKET)}"), then=PACKET + b"and more\r\n\r\n")

    assert b"202" == answer.split()[1]
    assert (400, "REQUEST_MALFORMED") == problem(answer[answer.rindex(b"HTTP/1.1 ") :])
    assert 1 == len(kept(scene))


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -5",),
        ("Content-Length: 5x",),
        ("Transfer-Encoding: gzip, chunked",),
        ("X: " + "a" * 600_000,),
        ("Bad Header: x",),
    ],
    ids=["two-lengths", "negative", "no-number", "encoding", "long-head", "bad-name"],
)
def test_heads_that_mean_two_things(scene: Scene, lines: tuple[str, ...]) -> None:
    """What two readers could understand differently is not read at all."""
    answer = scene.raw(post(*lines), then=b"xxxxxx")

    assert (400, "REQUEST_MALFORMED") == problem(answer)
    assert [] == kept(scene)


def test_a_long_head(scene: Scene) -> None:
    """One that comes all at once."""
    answer = scene.raw(post("X: " + "a" * 40_000, "Content-Length: 0"))

    assert (431, "REQUEST_TOO_LARGE") == problem(answer)


def test_a_large_body_is_read_to_its_end_before_the_no(scene: Scene) -> None:
    """So that a client that still writes sees the answer, not a reset."""
    answer = scene.raw(post(f"Content-Length: {5 * 1024 * 1024}", "Connection: close"), then=bytes(5 * 1024 * 1024))

    assert (413, "REQUEST_TOO_LARGE") == problem(answer)


def test_who_asks_first_is_told_before_the_body(scene: Scene) -> None:
    """`Expect: 100-continue`: the no comes at once, and no body is asked for."""
    answer = scene.raw(post("Content-Length: 50000000", "Expect: 100-continue", "Connection: close"))

    assert b"100 Continue" not in answer
    assert (413, "REQUEST_TOO_LARGE") == problem(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/../../../etc/passwd",
        "/v1/documents/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/v1/documents/%00",
        "/v1/documents/" + "A" * 64 + "%0a",
        "/v1/inbox/..%2f..%2fregister.sqlite",
        "/v1/inbox/%ff%fe",
        "/v1/inbox/" + "0" * 32 + "-../../x",
        "//etc/passwd",
        "/v1//documents",
        "/V1/documents",
        "/v1/documents/",
        "/v1/documents?document_id=" + "%0d%0aX:y",
        "/v1/documents?document_id=" + "a" * 5000,
        "/v1/inbox?agency=..%2f..",
        "/v1/inbox?limit=9999999999999999999999",
        "/v1/inbox?limit=-1",
    ],
)
def test_paths_that_play_tricks(scene: Scene, path: str) -> None:
    """None leads anywhere: 400 or 404 with a code, and no words of the request as a header."""
    scene.tell([])
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {token('tinh')['Authorization']}\r\n\r\n"
    status, code = problem(scene.raw(head.encode()))

    assert status in (400, 404)
    assert code in ("REQUEST_MALFORMED", "ROUTE_UNKNOWN", "DELIVERY_UNKNOWN", "DOCUMENT_UNKNOWN")


def test_methods_and_types_that_are_not_taken(scene: Scene) -> None:
    """405 and 415, as problems."""
    other = scene.ask("DELETE", "/v1/documents")
    form = scene.ask("POST", "/v1/documents", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert (405, "METHOD_NOT_TAKEN") == (other.status_code, other.json()["code"])
    assert (415, "MEDIA_TYPE_NOT_TAKEN") == (form.status_code, form.json()["code"])
    assert [] == kept(scene)


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"sha256": 5}', b'{"x": 1}', b"[" * 60_000, b"{}", b'{"sha256": "x\\u0000"}', b'"\xff"']
)
def test_json_that_means_nothing(scene: Scene, body: bytes) -> None:
    """400 and the member it is about; a deep one does not break the reader."""
    scene.tell([])
    path = f"/v1/inbox/{'0' * 32}-000.00.17.H53/receipt"
    answer = scene.ask("POST", path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("REQUEST_MALFORMED", "DELIVERY_UNKNOWN")


def test_places_are_limited(tmp_path: Path) -> None:
    """One upload at a time here: the second is told to come again, and the first is not harmed."""
    with api(Settings(var=tmp_path / "var"), limits="uploads_at_once = 1") as scene:
        with socket.create_connection(("127.0.0.1", scene.port), timeout=10) as slow:
            slow.sendall(post(f"Content-Length: {len(PACKET)}") + PACKET[:100])
            time.sleep(0.3)  # until the first one has its place
            second = scene.ask("POST", "/v1/documents", content=document(2))
            slow.sendall(PACKET[100:])
            first = slow.recv(65536)

        assert (503, "TOO_MANY_REQUESTS") == (second.status_code, second.json()["code"])
        assert b"202" == first.split()[1]
