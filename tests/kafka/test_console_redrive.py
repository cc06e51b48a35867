"""A refused document decided again from the console, on a real broker: looked at first, done once, by name, by nobody who may not."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from infra.accounts import Role
from infra.settings import Settings
from schemas.events import DocumentDispatched, DocumentSubmitted, OperatorActed
from tests import axis
from tests.connectors import console_scene as scene
from tests.connectors.console_scene import NAMES, csrf_of, visiting
from tests.core.routing_cases import KEY, signed
from tests.core.test_routing_redrive import AFTER, BEFORE, LATE, OTHER
from tests.core.test_routing_ways import AGENCIES, ENDPOINTS, LEVELS
from tests.kafka.stages import caught_up, running
from tests.kafka.test_redrive import TOPICS, router
from tests.reference_files import directory_files

PAGE, ACT, WHY = f"/redrive?document={KEY}", "/redrive/act", "đã thêm điểm kết nối"


def visited(browser: TestClient) -> tuple[str, list[int]]:
    """Look, send the form without a reason, with other deliveries, rightly, and once more; return the page and the answers."""
    page = browser.get(PAGE).text
    found = re.search(r'name="would" value="([^"]+)"', page)
    assert found, page
    form = {"csrf": csrf_of(browser, PAGE), "document": KEY, "would": found[1], "why": WHY}
    tries: tuple[dict[str, str], ...] = ({"why": " "}, {"would": "other"}, {}, {})
    return page, [browser.post(ACT, data=form | over).status_code for over in tries]


async def test_a_refused_recipient_gets_it_from_the_page(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One act under the account's name, one more delivery; a form that is not right, or comes again, does nothing."""
    scene.cheap_hashes(monkeypatch)
    axis.open_axis(settings, kinds=["routes", "identities", "document_types", "sla", "calendar", "contacts"])
    mended = ENDPOINTS + "b,000.00.06.H53,folder,b,pull,2020-01-01,\n"
    axis.publish_files(settings, {"directory": directory_files(AGENCIES, levels=LEVELS, endpoints=mended)})
    verdict = signed(OTHER, LATE)
    names = ("occurred_at", "document_key", "content", "envelope", "sender", "submitted_by")
    fields = {name: getattr(verdict, name) for name in names}
    came = DocumentSubmitted(event_id=verdict.causation_id, channel="folder", **fields)
    await asyncio.to_thread(axis.write, settings, [came, verdict])
    async with running(settings, router(settings, tmp_path, BEFORE), *TOPICS) as engine:
        await caught_up(settings, engine)

    desk = scene.make_desk(tmp_path)
    desk.settings = settings
    async with running(settings, router(settings, tmp_path, AFTER), *TOPICS) as engine:
        await caught_up(settings, engine)
        with visiting(desk, Role.OPERATOR) as browser:
            page, answers = await asyncio.to_thread(visited, browser)
        await caught_up(settings, engine)

    assert all(each in page for each in ("RECIPIENT_NO_ENDPOINT", "Sẽ chuyển đến"))
    assert [400, 409, 303, 409] == answers
    acts = [each for each in axis.events(settings, "operator.acted") if isinstance(each, OperatorActed)]
    assert [("redrive", KEY, NAMES[Role.OPERATOR], WHY)] == [
        (each.action, each.subject, each.by, each.reason) for each in acts
    ]
    sent = {each.event_id: each for each in axis.events(settings, "document.dispatched")}
    assert sorted([OTHER, LATE]) == sorted(
        each.recipient for each in sent.values() if isinstance(each, DocumentDispatched)
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_may_only_look_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    """Before anything is read."""
    scene.cheap_hashes(monkeypatch)
    with visiting(scene.make_desk(tmp_path), role) as browser:
        form = {"csrf": csrf_of(browser, "/stuck"), "document": KEY, "would": "x", "why": WHY}
        assert (403, 403) == (browser.get(PAGE).status_code, browser.post(ACT, data=form).status_code)


@pytest.mark.parametrize("key", ["", "--by", f"{KEY} or", "../etc"])
def test_what_is_no_document_key_reaches_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Neither by address nor by form."""
    scene.cheap_hashes(monkeypatch)
    with visiting(scene.make_desk(tmp_path), Role.OPERATOR) as browser:
        form = {"csrf": csrf_of(browser, "/stuck"), "document": key, "would": "x", "why": WHY}
        asked = browser.get("/redrive", params={"document": key})
        assert (404, 400) == (asked.status_code, browser.post(ACT, data=form).status_code)
