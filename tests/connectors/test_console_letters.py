"""Dead letters in the console: what waits, why, through which tries, and what a replay would do; nothing is written by looking."""

from pathlib import Path

import pytest

from connectors.console import letters
from infra.accounts import Role
from infra.kafka.clients import BrokerAwayError
from infra.letters.acts import Doing
from infra.letters.cases import Case
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import visiting
from tests.kafka.test_dlq_cases import FIRST, act, copy, letter, only, replayed


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


def on_log(monkeypatch: pytest.MonkeyPatch, *cases: Case) -> None:
    """Let these lie on the log."""
    monkeypatch.setattr(letters, "read_cases", lambda _settings: list(cases))


def test_what_waits_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its place and step; one that was set aside is shown when asked for, its actor only to who may know."""
    done = only(letter(5, copy(7)), done=(act(Doing.DISCARD, 1, "dead-letter-0-5"),))
    on_log(monkeypatch, only(letter(1), letter(3, copy(1), history=replayed(1))), done)
    with visiting(scene.make_desk(tmp_path), Role.VIEWER) as viewer:
        waiting, every = viewer.get("/letters").text, viewer.get("/letters?show=all").text
        hidden = viewer.get("/letter?id=dead-letter-0-5").text
    with visiting(scene.make_desk(tmp_path), Role.AUDITOR) as auditor:
        named = auditor.get("/letter?id=dead-letter-0-5").text

    assert ("dead-letter-0-1" in waiting, "dead-letter-0-5" in waiting) == (True, False)
    assert str(FIRST) in waiting
    assert "NOT_FRAMED" in waiting
    assert "dead-letter-0-5" in every
    assert ("operator: test" in hidden, "operator: test" in named) == (False, True)


def test_a_letter_tells_its_tries_and_what_a_replay_would_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under any of its ids; every open step of the same record is named, and why one could not be put back."""
    on_log(monkeypatch, only(letter(1), letter(3, copy(1), history=replayed(1))), only(letter(2, stage="watcher")))
    with visiting(scene.make_desk(tmp_path), Role.OPERATOR) as browser:
        page = browser.get("/letter?id=dead-letter-0-3").text
        unknown = browser.get("/letter?id=dead-letter-9-9").status_code
        timer = only(letter(4, copy(9)._replace(topic="timer.due")))
        on_log(monkeypatch, timer)
        refused = browser.get(f"/letter?id={timer.id}").text

    assert 2 == page.count("sẽ được đặt lại lên chủ đề")
    assert "Canh hạn" in page
    assert 404 == unknown
    assert "không có chủ đề nào để phát lại" in refused


def test_without_a_broker_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lie on the log alone."""

    def away(_settings: object) -> list[Case]:
        raise BrokerAwayError("x")

    monkeypatch.setattr(letters, "read_cases", away)
    with visiting(scene.make_desk(tmp_path), Role.VIEWER) as browser:
        assert 503 == browser.get("/letters").status_code
