"""“A document from X to Y is missing: find out why and mend it”, in a real browser on a real axis, in five clicks."""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page

from infra.accounts import Role
from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.burial import Fault, bury
from infra.kafka.records import Record, Where
from infra.kafka.sealing import seal
from infra.settings import Settings
from schemas.topics import BY_NAME, DEAD_LETTER
from tests import axis
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_browser import browsing, complaints_of, log_in, serving
from tests.kafka.poisoned import Process

SIGNED = "document.signed"
BROKE = Fault(reason="INTERNAL_ERROR", exception="KeyError", message="KeyError in processors/routing/core.py:1")
MOST_CLICKS = 5
SECONDS = 60

pytestmark = [pytest.mark.xdist_group("chromium"), pytest.mark.alone]


@pytest.fixture
def address(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the console of an axis whose router once broke on a signed document and was mended since."""
    scene.cheap_hashes(monkeypatch)
    reference = axis.open_axis(settings)
    axis.write(settings, [life.submitted()])
    sealed, now = seal(life.signed(), app="verifier", clock=open_clock(settings)), open_clock(settings).now()
    assert sealed.key is not None
    where = Where(SIGNED, zlib.crc32(sealed.key) % BY_NAME[SIGNED].partitions)
    record = Record(offset=0, key=sealed.key, value=sealed.value, headers=sealed.headers)
    letter = bury(record, where, BROKE, app="router", group="router", now=now)
    producer = clients.producer(settings)
    producer.produce(settings.topic_prefix + DEAD_LETTER, letter.value, letter.key, headers=list(letter.headers))
    assert 0 == producer.flush(30)
    desk = scene.make_desk(tmp_path, settings.register_url, reference)
    desk.settings = settings
    with ExitStack() as running:
        for process in (Process(settings, "router"), Process(settings, "register")):
            process.start()
            running.callback(process.end)
        axis.until(lambda: settings.var.joinpath("register.sqlite").exists(), seconds=SECONDS)
        yield running.enter_context(serving(desk))


class Clicks:
    """Clicks as a person does, and counts."""

    def __init__(self, page: Page) -> None:
        self._page, self.count = page, 0

    def on(self, role: str, name: str) -> None:
        """Click what has a role and a name."""
        self._page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type] # a role of ARIA
        self.count += 1


def test_a_missing_document_is_found_and_mended(address: str) -> None:
    """Look for it, see that it is signed and went nowhere, see what broke on it, put it back; it is dispatched."""
    with browsing() as browser, browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        complaints, page = complaints_of(context), context.new_page()
        log_in(page, address, Role.OPERATOR)
        click = Clicks(page)

        click.on("link", "Tìm văn bản")
        page.keyboard.press("Tab")
        page.get_by_label("Mã văn bản hoặc SHA-256").fill(life.DOCUMENT_ID)
        click.on("button", "Tìm")
        assert "chưa được chuyển" in page.inner_text("main")
        click.on("link", "Bản ghi lỗi về văn bản này")
        click.on("link", "dead-letter-")
        assert "INTERNAL_ERROR" in page.inner_text("main")
        page.get_by_label("Lý do").fill("bộ định tuyến đã sửa")
        click.on("button", "Phát lại")
        page.get_by_text("đã phát lại").first.wait_for()

        def dispatched() -> bool:
            page.goto(f"{address}/document?key={life.KEY}")
            return "Sở Y tế" in page.inner_text("section:has(#deliveries)")

        axis.until(dispatched, seconds=SECONDS)
        assert click.count <= MOST_CLICKS
        assert [] == complaints
