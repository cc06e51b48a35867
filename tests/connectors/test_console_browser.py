"""The console in a real Chromium: by keyboard alone, at two widths, in the light and in the dark; axe finds nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from connectors.console import letters, redrives
from connectors.console.app import ROUTES
from infra.accounts import Role
from schemas.events import OperatorActed
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_browser import axe, browsing, complaints_of, log_in, serving
from tests.connectors.test_console_snapshots import packed, published
from tests.kafka.test_dlq_cases import copy, letter, only, replayed
from tests.reference_files import demo

MOST_TABS = 60
SNAPSHOTS: dict[str, str] = {}
"""Versions of the two snapshots that are published here."""

LOOK = {
    "document_id": life.DOCUMENT_ID, "digest": "a" * 64, "why_not": "",
    "before": [{"addressed": life.NOBODY, "organ_id": "", "code": "RECIPIENT_UNKNOWN"}],
    "after": [{"addressed": life.NOBODY, "organ_id": life.HEALTH, "code": ""}],
    "would_send": [{"delivery_id": "d", "organ_id": life.HEALTH, "endpoint": "b"}],
}  # fmt: skip
"""What a dry run says of one packet, as far as the page shows it."""

NO_PAGES = {"/live/stream", "/report"}
PAGES = [path for path, (verb, *_) in ROUTES.items() if verb == "GET" and path not in NO_PAGES]
MORE_PAGES = ("/quarantine?show=refused", "/reports?kind=usage&by=level&to=2026-11-30", "/letters?show=all")

pytestmark = pytest.mark.xdist_group("chromium")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield a console over a document that is stuck and some others."""
    folder = tmp_path_factory.mktemp("console")
    url = f"sqlite:///{folder / 'register.sqlite'}"
    acted = life.made(OperatorActed, 30, subject="dead-letter-0-1", action="dlq.discard", by="test", reason="test")
    scene.write(url, [*scene.stuck_life(), *scene.many(5), life.held(), life.refused(), acted])
    with pytest.MonkeyPatch.context() as patch:
        scene.cheap_hashes(patch)
        waiting = only(letter(1), letter(3, copy(1), history=replayed(1)))
        patch.setattr(letters, "read_cases", lambda _settings: [waiting])
        patch.setattr(redrives, "looked", lambda _settings, _key: [LOOK])
        desk = scene.make_desk(folder, url, demo())
        SNAPSHOTS.update(old=published(desk, packed(), 0), new=published(desk, packed(more=b"# more\n"), 60))
        with serving(desk) as made:
            yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all."""
    with browsing() as made:
        yield made


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus says a text."""
    for _ in range(MOST_TABS):
        if text == page.evaluate("document.activeElement.innerText"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {text}")


def test_a_stuck_document_is_found_by_keyboard(browser: Browser, address: str) -> None:
    """Log in, see whose turn it is, open the document, read what happens next; the browser complains about nothing."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        complaints, page = complaints_of(context), context.new_page()
        log_in(page, address, Role.OPERATOR)
        tab_to(page, life.DOCUMENT_ID)
        page.keyboard.press("Enter")
        page.wait_for_url("**/document?key=*")

        assert life.DOCUMENT_ID in page.inner_text("h1")
        assert "phải nhận gói tin" in page.inner_text(".turn")
        assert "Nếu không ai làm gì" in page.inner_text(".turn")
        assert [] == complaints


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, address: str, scheme: str, width: int) -> None:
    """Every page, before and after the login, and none is wider than the screen."""
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    with browser.new_context(**look) as context:  # type: ignore[arg-type]  # one of the schemes
        complaints, page = complaints_of(context), context.new_page()
        page.goto(f"{address}/login")
        found = {"/login": axe(page)}
        log_in(page, address, Role.OPERATOR)
        asked = f"key={life.KEY}&document={life.KEY}&id=dead-letter-0-1&kind=sla&old={SNAPSHOTS['old']}&new={SNAPSHOTS['new']}"
        for path in (*(f"{each}?{asked}" for each in PAGES), *MORE_PAGES):
            page.goto(f"{address}{path}")
            found[path] = axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path

        assert {path: [] for path in found} == found
        assert [] == complaints


def test_axe_notices(browser: Browser, address: str) -> None:
    """A picture without a text and a field without a name are found: the check can fail."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/login")
        page.evaluate("document.querySelector('main').innerHTML = '<input><img src=\"/static/mark.svg\">'")

        assert {"image-alt", "label"} <= {each.partition(":")[0] for each in axe(page)}
