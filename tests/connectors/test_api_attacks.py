"""From outside, with bad intent: what two readers understand differently, bodies to be unpacked, connections that are held, and others' leases."""

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.axis import until
from tests.connectors.api_inbox import DELIVERY, lay
from tests.connectors.api_scene import Scene, api, left, token, waiting
from tests.connectors.packets import document
from tests.connectors.test_api_callers import signed
from tests.connectors.test_api_hostile import QUICK, drip, kept, post, problem

PACKET = document()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API that loses patience quickly."""
    with api(Settings(var=tmp_path / "var", packet_mb=1), limits=QUICK) as running:
        yield running


@pytest.mark.parametrize(
    "lines",
    [
        ("Authorization: Bearer token-so-y-te",),
        ("Idempotency-Key: 1", "Idempotency-Key: 2"),
        ("Content-Type: application/xml", "Content-Type: application/json"),
        ("Content-Digest: sha-256=:AA==:", "Content-Digest: sha-256=:AQ==:"),
        ("XroadVnpt-systemid: a", "XroadVnpt-systemid: b"),
        ("Idempotency-Key: kh\u00f3a",),
        ("Idempotency-Key: \u200b",),
        ("Idempotency-Key: " + "k" * 201,),
        ("Idempotency-Key: a b",),
    ],
)
def test_headers_that_say_two_things_or_nothing(scene: Scene, lines: tuple[str, ...]) -> None:
    """A second token, key, type, digest or signed copy; a key that is not plain ASCII: 400, and nothing is kept."""
    answer = scene.raw(post(*lines, f"Content-Length: {len(PACKET)}", "Connection: close"), then=PACKET)

    assert (400, "REQUEST_MALFORMED") == problem(answer)
    assert [] == kept(scene)


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding: x\r\n chunked",),
        ("Content-Length: +5",),
        ("Content-Length: 0x5",),
        ("Content-Length: 5, 6",),
        ("Host: other",),
    ],
)
def test_shapes_of_smuggling(scene: Scene, lines: tuple[str, ...]) -> None:
    """One request at most is seen, whatever a proxy before us may have seen; the hidden one is never answered."""
    hidden = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = scene.raw(post(*lines, "Connection: close"), then=hidden, half_close=True)

    assert 1 == answer.count(b"HTTP/1.1 4")
    assert b'"ok":true' not in answer
    assert [] == kept(scene)


@pytest.mark.parametrize("body", [b"5;" + b"x" * 70_000, b"fffffffffffffffffffff\r\n", b"-5\r\n", b"5\r\nabcdefgh"])
def test_chunks_that_are_none(scene: Scene, body: bytes) -> None:
    """Endless extensions, sizes nobody has, pieces longer than said: the connection ends, nothing is kept."""
    scene.raw(post("Transfer-Encoding: chunked"), then=body, half_close=True)

    until(lambda: not kept(scene), seconds=5)
    assert [] == waiting(scene)


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/preflight", "/v1/leases"])
def test_what_is_packed_is_not_unpacked(scene: Scene, path: str) -> None:
    """A megabyte of gzip that would become a gigabyte: 415, whatever the call."""
    bomb = gzip.compress(bytes(1024 * 1024))
    said = scene.ask("POST", path, content=bomb, headers={"Content-Encoding": "gzip"})

    assert (415, "Content-Encoding") == (said.status_code, said.json()["element"])
    assert [] == left(scene)


def test_the_rest_of_a_body_that_was_refused_holds_no_connection(scene: Scene) -> None:
    """A stranger was told no, and sends a byte now and then: the connection ends."""
    head = post("Content-Length: 100000").replace(b"token-tinh", b"nobody")
    began = time.monotonic()
    answer = drip(scene, head, b"x")

    assert (401, "CREDENTIALS_WRONG") == problem(answer)
    assert time.monotonic() - began < 5


def test_who_does_not_read_holds_no_connection(scene: Scene) -> None:
    """Answers pile up in front of a client that reads nothing: it is cut off."""
    ask = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", scene.port))
        deaf.settimeout(0.2)
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            try:
                deaf.sendall(ask)
            except TimeoutError:
                continue  # nobody takes more; the server has not given up yet
            except OSError:
                return
    raise AssertionError("still held")


def test_json_that_says_a_thing_twice(scene: Scene) -> None:
    """Two readers could choose differently."""
    body = b'{"limit": 1, "limit": 500}'
    said = scene.ask("POST", "/v1/leases", "so-y-te", content=body, headers={"Content-Type": "application/json"})

    assert (400, "REQUEST_MALFORMED") == (said.status_code, said.json()["code"])


def test_a_flood_of_streams_is_cut_at_the_clients_share(tmp_path: Path) -> None:
    """A quarter of the places is one client's, however fast it asks; another one still finds one."""
    with api(Settings(var=tmp_path / "var"), limits="streams_at_once = 8") as scene, ExitStack() as held:
        scene.tell([])

        def opened(name: str) -> socket.socket:
            one = held.enter_context(socket.create_connection(("127.0.0.1", scene.port), timeout=10))
            shown = token(name)["Authorization"]
            head = (
                "GET /v1/events HTTP/1.1",
                "Host: x",
                f"Authorization: {shown}",
                "Accept: text/event-stream",
                "",
                "",
            )
            one.sendall("\r\n".join(head).encode())
            return one

        flood = [opened("tinh") for _ in range(30)]
        status = [each.recv(65536).split()[1] for each in flood]

        assert (2, 28) == (status.count(b"200"), status.count(b"503"))
        assert b"200" == opened("xa-b").recv(65536).split()[1]


def test_nobody_leases_or_takes_what_is_anothers(tmp_path: Path) -> None:
    """By name or not, another agency's client gets nothing; the lease of the right one stands."""
    with api(Settings(var=tmp_path / "var")) as scene:
        lay(scene)
        own = scene.ask("POST", "/v1/leases", "so-y-te").json()["items"]
        theirs = scene.ask("POST", "/v1/leases", "xa-chung").json()["items"]
        taking = scene.ask("POST", f"/v1/inbox/{DELIVERY}/receipt", "xa-chung", json={"sha256": "0" * 64})
        again = scene.ask("POST", "/v1/leases", "so-y-te").json()["items"]

        assert [[DELIVERY], [], []] == [[each["delivery_id"] for each in items] for items in (own, theirs, again)]
        assert 404 == taking.status_code


@pytest.mark.parametrize(
    "lost", ["xroadvnpt-sign-header", "xroadvnpt-sign-header-key", "xroadvnpt-timestamp", "timestamp"]
)
def test_a_signature_without_its_parts(scene: Scene, lost: str) -> None:
    """Each missing header is a wrong credential, over the wire as well."""
    headers = {name: value for name, value in signed().items() if name != lost}
    said = scene.ask("POST", "/getReceivedEdocList", headers={"Authorization": "", **headers})

    assert (401, "15") == (said.status_code, said.json()["ErrorCode"])
