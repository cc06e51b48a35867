"""Webhooks and SMS against a real server that misbehaves: what is signed, what is tried again, and what is never done."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import pytest

from connectors.notify import web
from connectors.notify.missives import SMS
from connectors.notify.post import Answer
from connectors.notify.webhook import body_of
from schemas.events import AlertState
from tests.connectors.notify_desk import CLERK, MONDAY
from tests.connectors.web_targets import KEY, Target, gateway, missive, seconds, target, url_of


def test_a_post_is_signed_and_recognisable(tmp_path: Path, server_web: Target) -> None:
    """As Standard Webhooks has it: HMAC-SHA256 over id, time and body; the id is the Message-ID; a repeat differs in nothing."""
    door = gateway(tmp_path, server_web)
    answers = [door.send(missive(url_of(server_web)), MONDAY) for _ in range(2)]
    (path, headers, body), again = server_web.posted

    assert [Answer(delivered=True, said="204")] * 2 == answers
    assert again == (path, headers, body)
    assert "/truc?agency=1" == path
    message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
    assert ("letter-1@truc.example", str(int(MONDAY.timestamp()))) == (message_id, moment)
    assert message_id == headers["idempotency-key"]
    digest = hmac.new(KEY, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    assert f"v1,{base64.b64encode(digest).decode()}" == headers["webhook-signature"]
    assert "application/json" == headers["content-type"]


def test_what_is_posted_is_what_is_documented() -> None:
    """docs/integrating.md shows this shape; number and subject, no contents, and nobody's name."""
    said = json.loads(body_of(missive("http://x.example/"), MONDAY))
    shown = (Path(__file__).parents[2] / "docs" / "integrating.md").read_text()

    assert "alert.firing" == said["type"]
    assert {"organ_id": CLERK.organ_id, "role": "clerk"} == said["data"]["to"]
    assert ("not_received", "2026-11-23T04:00:00+00:00") == (said["data"]["kind"], said["data"]["deadline_at"])
    for name in (*said, *said["data"], *said["data"]["text"]):
        assert f"`{name}`" in shown, name
    assert "alert.resolved" == json.loads(body_of(missive(state=AlertState.RESOLVED), MONDAY))["type"]


def test_an_sms_is_one_line_for_one_number(tmp_path: Path, server_web: Target) -> None:
    """The gateway of the settings gets number and line; the subject stays at home."""
    door = gateway(tmp_path, server_web, sms_url=f"http://127.0.0.1:{server_web.server_port}/sms")
    assert door.send(missive(channel=SMS, subject="V/v bí mật"), MONDAY).delivered
    ((path, _headers, body),) = server_web.posted
    said = json.loads(body)["data"]

    assert ("/sms", "0900000001", "vi") == (path, said["to"], said["language"])
    assert "Chưa nhận văn bản — 000.00.00.H53,2026-11-23,1234/UBND-KSTT" in said["text"]
    assert "bí mật" not in body.decode()
    assert (
        len(said["text"])
        <= 300
        >= len(json.loads(body_of(missive(channel=SMS, document_id="9" * 999), MONDAY))["data"]["text"])
    )


@pytest.mark.parametrize("status", ["200", "202", "299"])
def test_any_yes_is_a_yes(tmp_path: Path, server_web: Target, status: str) -> None:
    """2xx; what the answer says besides is not read."""
    server_web.mood = status
    assert Answer(delivered=True, said=status) == gateway(tmp_path, server_web).send(
        missive(url_of(server_web)), MONDAY
    )


@pytest.mark.parametrize(
    ("status", "later"),
    [
        ("500", True),
        ("503", True),
        ("429", True),
        ("408", True),
        ("400", False),
        ("401", False),
        ("404", False),
        ("410", False),
    ],
)
def test_a_no_is_a_no_or_not_now(tmp_path: Path, server_web: Target, status: str, later: bool) -> None:  # noqa: FBT001 - a parameter
    """5xx and "later" are tried again, everything else is final."""
    server_web.mood = status
    answer = gateway(tmp_path, server_web).send(missive(url_of(server_web)), MONDAY)

    assert Answer(delivered=False, later=later, said=status) == answer


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_no_redirection_is_followed(tmp_path: Path, server_web: Target, status: str) -> None:
    """Wherever it leads, to the very same server too: a final no, and one request in all."""
    server_web.mood, server_web.location = status, url_of(server_web)
    answer = gateway(tmp_path, server_web).send(missive(url_of(server_web)), MONDAY)

    assert Answer(delivered=False, said=status) == answer
    assert 1 == server_web.asked


@pytest.mark.parametrize("mood", ["closed", "silent", "drip", "nonsense", "headers"])
def test_a_server_that_misbehaves_costs_a_bounded_time(
    tmp_path: Path, server_web: Target, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    """It closes, says nothing, drips bytes for ever, speaks another protocol, sends ten thousand headers: tried later, perhaps taken."""
    monkeypatch.setattr(web, "SECONDS", 0.5)
    server_web.mood = mood
    began = time.monotonic()
    answer = gateway(tmp_path, server_web).send(missive(url_of(server_web)), MONDAY)

    assert (False, True, True) == (answer.delivered, answer.later, answer.unsure)
    assert seconds(began) < 20  # a drip would last for ever


def test_a_huge_answer_is_not_read(tmp_path: Path, server_web: Target) -> None:
    """Its status is a yes; the endless rest stays where it is."""
    server_web.mood = "huge"
    assert gateway(tmp_path, server_web).send(missive(url_of(server_web)), MONDAY).delivered


def test_nobody_listens(tmp_path: Path) -> None:
    """Surely not taken."""
    with target() as one:
        url, door = url_of(one), gateway(tmp_path, one)
    answer = door.send(missive(url), MONDAY)

    assert Answer(delivered=False, later=True, said="ConnectionRefusedError") == answer
