"""Webhooks: signed, in order, again until they are taken, from where they were after a restart."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connectors.http import webhooks
from connectors.http.webhooks import Circuit
from infra.settings import Settings
from tests.axis import until
from tests.connectors import life
from tests.connectors.api_scene import api

SECRET = "a secret of the hook"  # noqa: S105 - of an example
LIFE = life.whole_life()


@dataclass
class Taker:
    """An endpoint that answers what it is told, and remembers what it was sent."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, int, bytes, str]] = field(default_factory=list)
    url: str = ""

    def taken(self) -> list[str]:
        """Return the ids of the events of every post that was answered with 2xx."""
        return [
            each["event_id"] for _, status, body, _ in self.got if status < 300 for each in json.loads(body)["events"]
        ]


@pytest.fixture
def taker() -> Iterator[Taker]:
    """Yield a running endpoint."""
    made = Taker()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = made.answers.pop(0) if made.answers else 204
            signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
            good = self.headers["webhook-signature"] == f"v1,{wanted}"
            made.got.append((self.headers["webhook-id"], status if good else 999, body, self.headers["host"]))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made.url = f"http://127.0.0.1:{running.server_address[1]}/hook"
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    yield made
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_SECONDS", 0.02)


def hooks(taker: Taker) -> dict[str, str]:
    """Return the department's webhook."""
    return {"so-y-te": f'webhook = {{url = "{taker.url}", secret = "{SECRET}"}}'}


def test_what_happens_is_posted_until_it_is_taken(tmp_path: Path, taker: Taker) -> None:
    """Refused, moved and broken first; then all of its own once, under one id, and nothing of the past or of others."""
    taker.answers = [500, 301, 404]
    with api(Settings(var=tmp_path / "var"), more=hooks(taker)) as scene:
        scene.tell(LIFE[:6])
        note = scene.office.handovers.door("so-y-te").folder.parent / "webhook.json"
        until(note.exists, seconds=20)
        scene.tell(LIFE)
        asked = [each["event_id"] for each in scene.ask("GET", "/v1/events", "so-y-te").json()["events"]]
        past = {each.event_id for each in LIFE[:6]}
        wanted = sorted(each for each in asked if each not in past)
        until(lambda: sorted(taker.taken()) == wanted, seconds=20)

    assert [500, 301, 404, 204] == [status for _, status, _, _ in taker.got[:4]]
    assert 1 == len({named for named, _, _, _ in taker.got[:4]})


def test_a_restart_goes_on_where_it_was(tmp_path: Path, taker: Taker) -> None:
    """What came while nobody posted is posted; what was taken is not posted again."""
    settings = Settings(var=tmp_path / "var")
    with api(settings, more=hooks(taker)) as scene:
        scene.tell([])
        until((scene.office.handovers.door("so-y-te").folder.parent / "webhook.json").exists, seconds=20)
        scene.tell(LIFE[:7])
        until(lambda: bool(taker.taken()), seconds=20)
    before = len(taker.got)
    with api(settings, more=hooks(taker)) as scene:
        scene.tell(LIFE)
        asked = [each["event_id"] for each in scene.ask("GET", "/v1/events", "so-y-te").json()["events"]]
        until(lambda: set(asked) == set(taker.taken()), seconds=20)

    assert before < len(taker.got)
    assert len(taker.taken()) == len(set(taker.taken()))


def test_a_circuit_opens_once_and_closes() -> None:
    """Longer each time, at most ten minutes; said at the fifth failure, and when it is well again."""
    circuit = Circuit()
    waits, opens = zip(*[(circuit.failed(), circuit.opens) for _ in range(40)], strict=True)

    assert list(waits) == sorted(waits)
    assert webhooks.LONGEST_SECONDS == waits[-1]
    assert [4] == [number for number, each in enumerate(opens) if each]
    assert [True, False] == [circuit.well(), circuit.well()]
