"""Dead letters acted on from the console, on a real broker: once, by name, with a reason, and by nobody who may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from infra.accounts import Role
from infra.kafka import clients, provision
from infra.kafka.tail import read_all
from infra.letters.cases import read_cases
from infra.settings import Settings
from schemas.events import OperatorActed
from schemas.topics import BY_NAME, DEAD_LETTER
from tests import axis
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import NAMES, csrf_of, visiting
from tests.kafka.test_dlq import headers

ACTED, SIGNED = "operator.acted", "document.signed"
WHY = "bộ định tuyến đã sửa"


@pytest.fixture
def buried(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return an axis with two dead letters."""
    scene.cheap_hashes(monkeypatch)
    provision.apply(settings, [BY_NAME[name] for name in (SIGNED, DEAD_LETTER, ACTED)])
    producer = clients.producer(settings)
    for offset, value in (("17", b"first"), ("18", b"second")):
        producer.produce(settings.topic_prefix + DEAD_LETTER, value, b"key", 1, headers=headers(offset=offset))
    assert 0 == producer.flush(30)
    return settings


@pytest.fixture
def operator(buried: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """Yield the browser of an operator."""
    desk = scene.make_desk(tmp_path)
    desk.settings = buried
    with visiting(desk, Role.OPERATOR) as browser:
        yield browser


def letters(settings: Settings) -> list[str]:
    """Return the ids of both letters, the first one first."""
    return [case.id for case in sorted(read_cases(settings), key=lambda case: case.original.first.offset)]


def values(settings: Settings) -> list[bytes | None]:
    """Return what lies on the topic that the letters came from."""
    return [record.value for record in read_all(settings, [SIGNED])]


def acts(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Return what was done, to which letter, by whom, why."""
    found = (each for each in axis.events(settings, ACTED) if isinstance(each, OperatorActed))
    return sorted((each.action, each.subject, each.by, each.reason) for each in found)


def form(browser: TestClient, letter: str, **over: str) -> dict[str, str]:
    """Return the letter page's form, filled in."""
    csrf = csrf_of(browser, f"/letter?id={letter}")
    return {"csrf": csrf, "id": letter, "tries": "1", "doing": "dlq.replay", "why": WHY} | over


def test_a_replay_and_a_discard_are_done_once_and_signed_by_the_account(operator: TestClient, buried: Settings) -> None:
    """The same form again, and another act on what was replayed, do nothing and say so."""
    first, second = letters(buried)
    filled = form(operator, first)

    done = operator.post("/letter/act", data=filled)
    assert (303, f"/letter?id={first}") == (done.status_code, done.headers["location"])
    again = operator.post("/letter/act", data=filled)
    other = operator.post("/letter/act", data=filled | {"doing": "dlq.discard"})
    assert (409, 409) == (again.status_code, other.status_code)
    assert "đã được xử lý hoặc quay lại" in again.text
    assert 303 == operator.post("/letter/act", data=form(operator, second, doing="dlq.discard")).status_code

    assert [b"first"] == values(buried)
    who = NAMES[Role.OPERATOR]
    assert [("dlq.discard", second, who, WHY), ("dlq.replay", first, who, WHY)] == acts(buried)
    page = operator.get(f"/letter?id={first}").text
    assert f"{who}: {WHY}" in page
    assert "đã phát lại" in page


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"why": " "}, 400),
        ({"doing": "dlq.everything"}, 400),
        ({"tries": "7"}, 409),
        ({"id": "dead-letter-9-9"}, 404),
    ],
)
def test_a_form_that_is_not_right_does_nothing(
    operator: TestClient, buried: Settings, over: dict[str, str], status: int
) -> None:
    """Without a reason, with another act, about a letter that came back meanwhile, about none."""
    (first, _) = letters(buried)

    assert status == operator.post("/letter/act", data=form(operator, first) | over).status_code
    assert ([], []) == (values(buried), acts(buried))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_may_only_look_sees_no_form_and_is_refused(buried: Settings, tmp_path: Path, role: Role) -> None:
    """Even with a form of their own."""
    desk = scene.make_desk(tmp_path)
    desk.settings = buried
    (first, _) = letters(buried)
    with visiting(desk, role) as browser:
        assert "/letter/act" not in browser.get(f"/letter?id={first}").text
        assert 403 == browser.post("/letter/act", data=form(browser, first)).status_code

    assert ([], []) == (values(buried), acts(buried))
