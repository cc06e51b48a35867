"""What stands before every page of the console: tokens and bounds of forms, headers, roles times routes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from connectors.console import letters
from connectors.console.app import OPEN, ROUTES
from connectors.console.guard import MAX_FORM_BYTES
from connectors.console.live import MOST_STREAMS
from connectors.console.rights import RIGHTS, Right
from infra.accounts import Role
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import NAMES, PASSWORD, csrf_of, visiting


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)
    monkeypatch.setattr(letters, "read_cases", lambda _settings: [])


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    """Yield a stranger's browser."""
    with visiting(scene.make_desk(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("path", [path for path, (verb, *_) in {**OPEN, **ROUTES}.items() if verb == "POST"])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_its_token_is_refused(tmp_path: Path, path: str, token: str) -> None:
    """Every route that changes something."""
    with visiting(scene.make_desk(tmp_path), Role.OPERATOR) as browser:
        assert 403 == browser.post(path, data={"csrf": token}).status_code


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_a_form_of_another_site_is_refused(browser: TestClient, headers: dict[str, str]) -> None:
    """Even with a good token."""
    csrf = csrf_of(browser)
    answer = browser.post(
        "/enter", data={"csrf": csrf, "name": NAMES[Role.VIEWER], "password": PASSWORD}, headers=headers
    )

    assert 403 == answer.status_code


def test_a_form_is_bounded(browser: TestClient) -> None:
    """Too large, too many fields, not a form, not our text: refused before anything reads it."""
    csrf = csrf_of(browser)
    form = {"content-type": "application/x-www-form-urlencoded"}

    assert 413 == browser.post("/enter", data={"csrf": csrf, "name": "x" * MAX_FORM_BYTES}).status_code
    assert 400 == browser.post("/enter", content="a=1&" * 60, headers=form).status_code
    assert 400 == browser.post("/enter", content=b"a=%ff\xff", headers=form).status_code
    assert 415 == browser.post("/enter", json={"csrf": csrf}).status_code
    assert 405 == browser.request("DELETE", "/enter").status_code


@pytest.mark.parametrize("path", ["/login", "/stuck", "/nowhere", "/static/console.css"])
def test_every_answer_is_hardened(browser: TestClient, path: str) -> None:
    """No script or style but our own files, no framing, no guessing of types; pages are not kept."""
    headers = browser.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("nosniff", "DENY") == (headers["x-content-type-options"], headers["x-frame-options"])
    assert path.startswith("/static/") or "no-store" == headers["cache-control"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("path", ROUTES)
def test_a_role_reaches_what_it_may(tmp_path: Path, role: Role, path: str) -> None:
    """Roles times routes: allowed ones answer (503 without a register), others are 403; strangers are sent to the login."""
    verb, right, _ = ROUTES[path]
    allowed = {
        Role.VIEWER: {Right.LOOK},
        Role.OPERATOR: {Right.LOOK, Right.PEOPLE, Right.ACT, Right.TRAIL},
        Role.AUDITOR: {Right.LOOK, Right.PEOPLE, Right.TRAIL},
    }
    with visiting(scene.make_desk(tmp_path)) as stranger:
        token = csrf_of(stranger)
        asked = stranger.request(verb, path, data={"csrf": token} if verb == "POST" else None)
        assert (303, "/login") == (asked.status_code, asked.headers["location"])
    with visiting(
        scene.make_desk(tmp_path, streams=MOST_STREAMS), role
    ) as browser:  # a full house: a stream would not end
        form = {"csrf": csrf_of(browser, "/stuck")} if verb == "POST" else None
        status = browser.request(verb, path, data=form).status_code

    assert (right in allowed[role]) == (status != 403)
    assert allowed[role] == RIGHTS[role]
