"""The HTTP API where contents lie in a bucket: packets are fetched for each answer, and given back after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.content import bucket
from infra.settings import Settings
from tests.axis import until
from tests.connectors.api_inbox import DELIVERY, PACKET, SHA256, lay
from tests.connectors.api_scene import Scene, api
from tests.gateway import BUCKET, KEY, PREFIX
from tests.s3_stand_in import StandIn, stand_in

PATH = f"/v1/inbox/{DELIVERY}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Yield an empty bucket; what is tried again is so soon."""
    monkeypatch.setattr(bucket, "RETRY", {**bucket.RETRY, "max_retries": 1, "backoff": {}})
    with stand_in(BUCKET) as running:
        yield running


@pytest.fixture
def scene(tmp_path: Path, server: StandIn) -> Iterator[Scene]:
    """Yield an API with two packets that wait."""
    named = {
        "var": tmp_path / "var",
        "content": f"s3://{BUCKET}/{PREFIX}",
        "s3_endpoint": f"http://127.0.0.1:{server.server_port}",
        "s3_key": KEY,
    }
    with api(Settings().model_copy(update=named)) as running:
        lay(running)
        yield running


def lent(scene: Scene) -> list[str]:
    """Return the files that are lent now: open, and without a name."""
    spool = str(scene.settings.var / "spool")
    held = (str(each.resolve()) for each in [*Path("/proc/self/fd").iterdir()])
    return [each for each in held if each.startswith(spool)]


def test_a_packet_and_a_part_of_it_are_fetched_and_given_back(scene: Scene) -> None:
    """The same bytes and headers as from a folder; also after a client that looks at the head only, no file stays open."""
    whole = scene.ask("GET", PATH, "so-y-te")
    part = scene.ask("GET", PATH, "so-y-te", headers={"Range": "bytes=100-199"})
    head = scene.ask("HEAD", PATH, "so-y-te")

    assert (PACKET, f'"{SHA256}"') == (whole.content, whole.headers["etag"])
    assert (206, PACKET[100:200]) == (part.status_code, part.content)
    assert (200, str(len(PACKET))) == (head.status_code, head.headers["content-length"])
    until(lambda: not lent(scene))


def test_missing_wrong_or_away_is_later(scene: Scene, server: StandIn) -> None:
    """503 each time, so that the client asks again; what is mended is sent."""
    name = f"{PREFIX}/{SHA256[:2]}/{SHA256}"
    said = []
    for trouble in (None, b"other bytes"):
        server.objects.pop(name)
        if trouble:
            server.objects[name] = trouble
        said.append(scene.ask("GET", PATH, "so-y-te").status_code)
        server.objects[name] = PACKET
    server.fails = [(503, "SlowDown")] * 2
    said.append(scene.ask("GET", PATH, "so-y-te").status_code)

    assert [503] * 3 == said
    assert PACKET == scene.ask("GET", PATH, "so-y-te").content
    until(lambda: not lent(scene))
