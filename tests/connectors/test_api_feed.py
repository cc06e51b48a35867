"""The feed: all of one's own, nothing of others, from any position on, whatever the order in which the register heard it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http import feed, places
from connectors.http.problems import RefusedError
from infra.settings import Settings
from schemas.events import Event, Milestone
from tests.connectors import life
from tests.connectors.api_scene import Scene, api, token

LIFE = life.whole_life()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API whose register knows a document's life."""
    with api(Settings(var=tmp_path / "var")) as running:
        running.tell(LIFE)
        yield running


def page(scene: Scene, name: str = "tinh", after: str = "") -> tuple[list[dict[str, Any]], str]:
    """Return the events of a page and the next position."""
    said = scene.ask("GET", "/v1/events", name, params={"after": after} if after else {}).json()
    return said["events"], said["next"]


def ids(found: list[dict[str, Any]]) -> list[str]:
    """Return the event ids."""
    return [each["event_id"] for each in found]


def test_each_side_hears_its_own(scene: Scene) -> None:
    """The sender all of the document, each recipient its delivery, a client without a part in it nothing."""
    heard = {name: page(scene, name)[0] for name in ("tinh", "so-y-te", "xa-b", "nobody")}
    deliveries = {name: {each["delivery_id"] for each in found} for name, found in heard.items()}

    assert {"": 1, life.DELIVERY: 1, life.OTHER_DELIVERY: 1}.keys() <= deliveries["tinh"]
    assert {life.DELIVERY} == deliveries["so-y-te"]
    assert {life.OTHER_DELIVERY} == deliveries["xa-b"]
    assert set() == deliveries["nobody"]
    assert len(ids(heard["tinh"])) == len(set(ids(heard["tinh"])))
    assert "mailbox" not in json.dumps(heard)


def test_nothing_is_missed_and_nothing_told_twice_from_any_position(tmp_path: Path) -> None:
    """Events reach the register one by one; the pages of one who follows make the whole, and so do those from a position on."""
    with api(Settings(var=tmp_path / "var")) as scene:
        told: list[Event] = []
        heard, positions, at = list[str](), [""], ""
        scene.tell([])
        for event in LIFE:
            told.append(event)
            scene.tell(told)
            found, at = page(scene, after=at)
            heard += ids(found)
            positions.append(at)
        whole = ids(page(scene)[0])

        assert sorted(whole) == sorted(heard)
        assert [] == page(scene, after=positions[-1])[0]
        assert sorted(whole) == sorted(ids(page(scene, after=positions[1])[0]) + heard[:1])


def test_long_partitions_are_told_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records of a partition at a time: the pages make the whole, and say when there is no more."""
    whole = ids(page(scene)[0])
    monkeypatch.setattr(feed, "PAGE", 2)
    heard, at, more, pages = list[str](), "", True, 0
    while more:
        said = scene.ask("GET", "/v1/events", params={"after": at} if at else {}).json()
        heard, at, more, pages = [*heard, *ids(said["events"])], said["next"], said["more"], pages + 1

    assert pages > 1
    assert sorted(whole) == sorted(heard)


def test_an_event_waits_for_its_document(tmp_path: Path) -> None:
    """A receipt that is heard before its dispatch is told as soon as it is known whose it is."""
    with api(Settings(var=tmp_path / "var")) as scene:
        early = life.received(Milestone.OFFERED, 4)
        fresh = scene.office.clock.now()
        scene.tell([replace(early, recorded_at=fresh)])
        before, at = page(scene)
        scene.tell([life.dispatched(), replace(early, recorded_at=fresh)])
        after, _ = page(scene, after=at)

        assert [] == before
        assert {"DocumentReceived", "DocumentDispatched"} == {each["event"] for each in after}


def stream(scene: Scene, headers: dict[str, str], enough: int) -> tuple[list[dict[str, Any]], str]:
    """Follow the stream until so many events came and a position after them; return them."""
    found, position = list[dict[str, Any]](), ""
    accept = token("so-y-te") | {"Accept": "text/event-stream"} | headers
    with httpx.stream("GET", f"{scene.url}/v1/events", headers=accept, timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
            if line.startswith("id: "):
                position = line.removeprefix("id: ")
                if len(found) >= enough:
                    break
    return found, position


def test_the_stream_goes_on_where_it_was(scene: Scene) -> None:
    """All of the past, then what comes; `Last-Event-ID` as a browser sends it repeats nothing."""
    past, position = stream(scene, {}, 1)
    later = life.said("04", 120)
    teller = threading.Timer(0.3, lambda: scene.tell([*LIFE, later]))
    teller.start()
    following, _ = stream(scene, {"Last-Event-ID": position}, 1)
    teller.join()

    assert ids(page(scene, "so-y-te")[0]) == [*ids(past), later.event_id]
    assert [later.event_id] == ids(following)


def test_from_now_on(scene: Scene) -> None:
    """Nothing of the past."""
    assert [] == page(scene, after="now")[0]


@pytest.mark.parametrize("text", ["x", "!!", "eJw", "é", places.write({("reference", 0): 1}), "A" * 9000])
def test_a_position_that_is_none(scene: Scene, text: str) -> None:
    """400, whatever it is."""
    answer = scene.ask("GET", "/v1/events", params={"after": text})

    assert (400, "after") == (answer.status_code, answer.json()["element"])


def test_positions_are_read_as_they_were_written() -> None:
    """A full one fits into a header; one that unpacks to too much is refused."""
    full = {(topic, partition): 10**9 + partition for topic in places.FEED for partition in range(12)}
    bomb = places.write(
        {(topic, partition): 2**61 for topic in places.FEED for partition in range(12)} | {("x" * 20_000, 1): 1}
    )

    assert full == places.read(places.write(full), "after")
    assert len(places.write(full)) < 4096
    with pytest.raises(RefusedError):
        places.read(bomb, "after")
