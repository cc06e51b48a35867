"""A real Chromium before a real server of the console, for the tests that need eyes and a keyboard."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from connectors.console.app import make_app
from connectors.console.desk import Desk
from infra.accounts import Role
from tests.connectors.console_scene import NAMES, PASSWORD

INSTALL = "Chromium is not installed: apt-get install chromium"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
STOP_SECONDS = 10.0


def chromium() -> str:
    """Return the machine's Chromium; skip where there is none, except where CI=true."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    return found


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """Yield the address of a console that serves on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(make_app(desk), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


@contextmanager
def browsing() -> Iterator[Browser]:
    """Yield a browser without a window."""
    program = chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def log_in(page: Page, address: str, role: Role) -> None:
    """Log in by the keyboard alone."""
    page.goto(f"{address}/")
    page.wait_for_function("document.activeElement.id === 'name'")
    page.keyboard.type(NAMES[role])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/stuck")


def complaints_of(context: BrowserContext) -> list[str]:
    """Return a list that grows with what the browser refuses or a script throws."""
    found: list[str] = []
    context.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda said: found.append(str(said.error)))
    return found


def axe(page: Page) -> list[str]:
    """Return what axe-core finds on a page as it stands: rule and element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]
