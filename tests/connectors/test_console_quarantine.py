"""What is held or refused, and what was done by hand, as the console shows it."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.console.desk import Desk
from infra.accounts import Role
from schemas.events import OperatorActed
from schemas.ids import event_id
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_scene import visiting


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


def filled(folder: Path) -> Desk:
    """Return a desk whose register has a refused document, a recipient that is not known, a held document and an act."""
    desk = scene.make_desk(folder)
    acted = life.made(
        OperatorActed, 30, subject="dead-letter-3-17", action="dlq.replay", by="Trần Thị B", reason="đã sửa"
    )
    scene.write(f"sqlite:///{folder / 'register.sqlite'}", [life.submitted(), life.refused(), life.not_routed(), acted])
    return desk


def test_what_was_refused_tells_place_turn_and_way_out(tmp_path: Path) -> None:
    """Sentence, code, who must act; the way to have it decided again is for those who may act."""
    with visiting(filled(tmp_path), Role.OPERATOR) as operator:
        page = operator.get("/quarantine?show=refused").text
        english = operator.post("/language", data={"csrf": scene.csrf_of(operator, "/stuck"), "to": "en", "back": "/"})
        in_english = operator.get("/quarantine?show=refused").text
    with visiting(scene.make_desk(tmp_path), Role.VIEWER) as viewer:
        seen = viewer.get("/quarantine?show=refused").text

    assert 303 == english.status_code
    assert "CHANGED_AFTER_SIGNING" in page
    assert life.NOBODY in page
    assert "Bên gửi sửa chỗ sai rồi gửi lại" in page
    assert ('href="/redrive?document=' in page, 'href="/redrive' in seen) == (True, False)
    assert "Who must act" in in_english


def test_what_is_held_says_what_it_waits_for(tmp_path: Path) -> None:
    """And nothing that was decided stands among it."""
    desk = scene.make_desk(tmp_path)
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    scene.write(url, [life.submitted(), life.held()])
    with visiting(desk, Role.VIEWER) as viewer:
        waiting = viewer.get("/quarantine").text
        scene.write(url, [replace(life.signed(), occurred_at=life.at(90), recorded_at=life.at(90))])
        decided = viewer.get("/quarantine").text

    assert life.ENVELOPE.document_id in waiting
    assert "Trục tự xét lại" in waiting
    assert "Không có văn bản nào bị tạm giữ" in decided


def test_pages_go_on_by_keyset(tmp_path: Path) -> None:
    """Every refusal once, the newest first, however many pages."""
    desk = scene.make_desk(tmp_path)
    refusals = [
        replace(life.not_routed(), event_id=event_id("refused", str(number)), occurred_at=life.at(number))
        for number in range(70)
    ]
    scene.write(f"sqlite:///{tmp_path / 'register.sqlite'}", [life.submitted(), *refusals])
    with visiting(desk, Role.VIEWER) as viewer:
        first = viewer.get("/quarantine?show=refused").text
        follow = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = viewer.get(follow).text

    assert (50, 20) == (first.count('<li class="card">'), second.count('<li class="card">'))
    assert 'rel="next"' not in second


def test_acts_name_who_did_what_to_those_who_may_know(tmp_path: Path) -> None:
    """A viewer has no such page, and no way to it."""
    with visiting(filled(tmp_path), Role.AUDITOR) as auditor:
        page = auditor.get("/acts").text
    with visiting(scene.make_desk(tmp_path), Role.VIEWER) as viewer:
        refused, menu = viewer.get("/acts").status_code, viewer.get("/stuck").text

    assert all(each in page for each in ("Trần Thị B", "phát lại bản ghi lỗi", "dead-letter-3-17", "đã sửa"))
    assert (403, False) == (refused, 'href="/acts"' in menu)
