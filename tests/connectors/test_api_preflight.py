"""Pre-flight through the API: the answer of the process on the socket, nothing handed over, nothing left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from tests.connectors.api_preflight import ANSWER, answering
from tests.connectors.api_scene import Scene, api, left, waiting
from tests.connectors.packets import document


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API."""
    with api(Settings(var=tmp_path / "var")) as running:
        yield running


def test_the_answer_comes_back(scene: Scene) -> None:
    """All that the process says, the digest instead of a path of ours; the packet is gone, and was never in the door."""
    with answering(scene.settings, json.dumps(ANSWER).encode() + b"\n") as asked:
        answer = scene.ask("POST", "/v1/preflight", content=document())
    said: dict[str, Any] = answer.json()

    assert 200 == answer.status_code
    assert {**ANSWER, "digest": said["digest"]} == {"file": "x", **said}
    assert [document()] == list(asked.values())
    assert not any(path.exists() for path in asked)
    assert [] == left(scene)
    assert [] == waiting(scene)


@pytest.mark.parametrize("said", [b"", b"nonsense\n", b"[]\n", b'{"error": "no such file"}\n'])
def test_no_answer_is_said_so(scene: Scene, said: bytes) -> None:
    """The process is away, or says nothing that can be read: try again later, and nothing stays behind."""
    assert 503 == scene.ask("POST", "/v1/preflight", content=document()).status_code
    with answering(scene.settings, said):
        answer = scene.ask("POST", "/v1/preflight", content=document())

    assert (503, "AXIS_NOT_READY") == (answer.status_code, answer.json()["code"])
    assert [] == left(scene)


def test_a_packet_of_another_agency_is_not_asked_about(scene: Scene) -> None:
    """Its recipients are nobody else's business."""
    assert 403 == scene.ask("POST", "/v1/preflight", "so-y-te", content=document()).status_code
