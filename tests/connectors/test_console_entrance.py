"""Who may enter the console, and what a browser, a stranger's page or a thief of cookies can and cannot do."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from connectors.console import sessions, tries
from connectors.console.guard import COOKIE
from connectors.console.sessions import Sessions
from connectors.console.tries import Tries
from infra.accounts import Accounts, AccountsError, Role, fits, hashed
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import NAMES, PASSWORD, csrf_of, enter, visiting


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


@pytest.fixture
def seconds() -> Seconds:
    """Return a clock for sessions and tries."""
    return Seconds()


@pytest.fixture
def browser(tmp_path: Path, seconds: Seconds) -> Iterator[TestClient]:
    """Yield a stranger's browser."""
    desk = scene.make_desk(tmp_path, sessions=Sessions(seconds), tries=Tries(seconds))
    with visiting(desk) as made:
        yield made


def test_a_password_is_kept_as_scrypt(tmp_path: Path) -> None:
    """Salted, for its owner's eyes only; another password of the same account does not fit."""
    own = Accounts(tmp_path / "console" / "accounts.json")
    made = own.put("an.nguyen", Role.AUDITOR, PASSWORD)
    text = (tmp_path / "console" / "accounts.json").read_text()

    assert PASSWORD not in text
    assert hashed(PASSWORD, bytes.fromhex(made.salt)).hex() in text
    assert 0o600 == stat.S_IMODE((tmp_path / "console" / "accounts.json").stat().st_mode)
    assert (True, False, False) == (fits(made, PASSWORD), fits(made, PASSWORD + "x"), fits(None, PASSWORD))
    assert made.salt != own.put("an.nguyen", Role.AUDITOR, PASSWORD).salt


@pytest.mark.parametrize(
    ("name", "password"), [("A B", PASSWORD), ("../x", PASSWORD), ("an", "ngắn"), ("an", "x" * 201)]
)
def test_a_bad_name_or_password_makes_no_account(tmp_path: Path, name: str, password: str) -> None:
    """Said with what to do instead."""
    with pytest.raises(AccountsError):
        Accounts(tmp_path / "accounts.json").put(name, Role.VIEWER, password)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    """Not a stack trace, and not an open door."""
    (tmp_path / "accounts.json").write_text("[1]")

    with pytest.raises(AccountsError, match="no file of accounts"):
        Accounts(tmp_path / "accounts.json").any()


def test_the_right_password_opens_and_the_session_gets_a_new_name(browser: TestClient) -> None:
    """A session planted before the login is worth nothing after it."""
    csrf_of(browser)
    before = browser.cookies[COOKIE]
    answer = enter(browser, NAMES[Role.VIEWER])
    after = browser.cookies[COOKIE]

    assert (303, "/stuck") == (answer.status_code, answer.headers["location"])
    assert before != after
    browser.cookies.clear()
    browser.cookies.set(COOKIE, before)
    assert "/login" == browser.get("/documents").headers["location"]
    assert before not in browser.get("/login").headers["set-cookie"]  # it is forgotten, not only without an account


def test_the_cookie_is_hard_to_take(browser: TestClient) -> None:
    """Scripts do not see it, other sites do not send it, its value cannot be guessed."""
    cookie = enter(browser, NAMES[Role.VIEWER]).headers["set-cookie"].lower()

    assert all(each in cookie for each in ("httponly", "samesite=strict", "path=/"))
    assert len(browser.cookies[COOKIE]) >= sessions.TOKEN_BYTES


@pytest.mark.parametrize("name", [NAMES[Role.VIEWER], "nobody"])
def test_a_wrong_password_says_nothing_about_the_account(browser: TestClient, name: str) -> None:
    """The same answer whether there is such an account or not."""
    answer = enter(browser, name, "sai mật khẩu rồi")

    assert 401 == answer.status_code
    assert "không đúng" in answer.text
    assert "/login" == browser.get("/stuck").headers["location"]


def test_who_guesses_is_slowed_down(browser: TestClient, seconds: Seconds) -> None:
    """After five wrong ones even the right password waits; then it is heard again."""
    wrong = [enter(browser, NAMES[Role.VIEWER], "sai mật khẩu rồi").status_code for _ in range(tries.FREE)]
    slowed = enter(browser, NAMES[Role.VIEWER])
    seconds.now += tries.LONGEST_SECONDS

    assert [401] * tries.FREE == wrong
    assert 429 == slowed.status_code
    assert 303 == enter(browser, NAMES[Role.VIEWER]).status_code


def test_many_names_are_slowed_as_well(seconds: Seconds) -> None:
    """One guess at each of many accounts is a guess too."""
    counted = Tries(seconds)
    for number in range(tries.MOST_A_MINUTE):
        counted.wrong(f"name{number}")

    assert counted.wait("another") > 0
    seconds.now += 61
    assert 0 == counted.wait("another")


@pytest.mark.parametrize("after", [sessions.IDLE_SECONDS, sessions.LONGEST_SECONDS])
def test_a_session_ends(browser: TestClient, seconds: Seconds, after: float) -> None:
    """When nobody looks for a while, and after a working day whatever anybody does."""
    enter(browser, NAMES[Role.VIEWER])
    step = after if after == sessions.IDLE_SECONDS else sessions.IDLE_SECONDS / 2
    answers = []
    while (seconds.now - 1_000) < after:
        seconds.now += step
        answers.append(browser.get("/documents").status_code)

    assert 303 == answers[-1]
    assert {503} >= set(answers[:-1])  # there is no register here; but they were let in


def test_logging_out_ends_it_on_the_server(browser: TestClient) -> None:
    """A kept copy of the cookie opens nothing any more."""
    enter(browser, NAMES[Role.VIEWER])
    kept = browser.cookies[COOKIE]
    csrf = csrf_of(browser, "/documents")
    browser.post("/leave", data={"csrf": csrf})
    browser.cookies.set(COOKIE, kept)

    assert "/login" == browser.get("/documents").headers["location"]


@pytest.mark.parametrize("change", ["removed", "password"])
def test_an_account_that_changed_is_out_at_once(tmp_path: Path, change: str) -> None:
    """Removed, or given a new password: the session of before is over."""
    desk = scene.make_desk(tmp_path)
    with visiting(desk, Role.OPERATOR) as browser:
        let_in = browser.get("/documents").status_code
        other = Accounts(tmp_path / "accounts.json")
        if change == "removed":
            other.remove(NAMES[Role.OPERATOR])
        else:
            other.put(NAMES[Role.OPERATOR], Role.OPERATOR, PASSWORD + " mới")

        assert (503, 303) == (let_in, browser.get("/documents").status_code)


def test_a_change_of_language_leads_only_to_our_pages(browser: TestClient) -> None:
    """`back` is ours or nothing."""
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y"):
        answer = browser.post("/language", data={"csrf": csrf_of(browser), "to": "en", "back": back})
        assert "/stuck" == answer.headers["location"]
    assert "Log in" in browser.get("/login").text


def test_strangers_cannot_fill_the_memory(seconds: Seconds) -> None:
    """The oldest of them is forgotten; who has logged in stays."""
    kept = Sessions(seconds)
    mine = kept.begin("vi", account="xem", password=PASSWORD)
    first = kept.begin("vi")
    for _ in range(sessions.MOST):
        kept.begin("vi")

    assert mine is kept.find(mine.token)
    assert kept.find(first.token) is None
