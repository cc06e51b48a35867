"""The notifier with other ways than mail: who wishes a webhook gets one, and a mail where it fails."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from schemas.events import AlertState
from schemas.ids import event_id
from tests.connectors.notify_desk import MONDAY, Desk, Mailboxes, alert, html, plain
from tests.connectors.test_notify_preferences import wishing
from tests.connectors.web_targets import Target, given, url_of


@pytest.fixture
def webdesk(tmp_path: Path, port: int, server_web: Target) -> Iterator[Desk]:
    """Yield a notifier whose clerk wishes a webhook."""
    file = given(tmp_path, f"127.0.0.1:{server_web.server_port}").webhook_keys_file
    reference = wishing(channel="webhook", webhook=url_of(server_web))
    made = Desk(port, reference, webhook_keys_file=file, webhook_private=True)
    yield made
    made.post.close()


def test_who_wishes_a_webhook_gets_no_mail(
    server: Controller, mailboxes: Mailboxes, server_web: Target, webdesk: Desk
) -> None:
    """Told by the channel, the end too; each attempt is said with its channel and the id that both sides know."""
    assert server is not None
    webdesk.hear(alert())
    webdesk.fire(MONDAY)
    webdesk.hear(alert(state=AlertState.RESOLVED, event_id=event_id("over"), why="received"))
    webdesk.fire(MONDAY)

    assert [] == mailboxes.mails
    assert ["alert.firing", "alert.resolved"] == [json.loads(body)["type"] for _, _, body in server_web.posted]
    assert [("webhook", True, "204")] * 2 == [(each.channel, each.delivered, each.answer) for each in webdesk.said]
    assert [headers["webhook-id"] for _, headers, _ in server_web.posted] == [
        each.message_id.strip("<>") for each in webdesk.said
    ]


def test_a_webhook_that_fails_is_tried_and_then_a_mail_is_written(
    server: Controller, mailboxes: Mailboxes, server_web: Target, webdesk: Desk
) -> None:
    """500 four times within some minutes; then by mail, under the same name."""
    assert server is not None
    server_web.mood = "500"
    webdesk.hear(alert())
    while webdesk.due:
        webdesk.fire(min(webdesk.due.values()))
    (mail,) = mailboxes.mails

    assert [("webhook", "500", number) for number in (1, 2, 3, 4)] + [("mail", "250", 1)] == [
        (each.channel, each.answer, each.attempt) for each in webdesk.said
    ]
    assert 5 == len({each.event_id for each in webdesk.said})
    assert {mail["Message-ID"]} == {each.message_id for each in webdesk.said}
    assert webdesk.said[-1].occurred_at - MONDAY < timedelta(minutes=10)


def test_what_is_over_is_not_posted(server_web: Target, webdesk: Desk) -> None:
    """Received between two tries: the webhook is not told, and no mail is written."""
    server_web.mood = "500"
    webdesk.hear(alert())
    webdesk.fire(MONDAY)
    webdesk.hear(alert(state=AlertState.RESOLVED, event_id=event_id("over"), why="received"))
    webdesk.fire(MONDAY + timedelta(hours=1))

    assert (1, {}) == (server_web.asked, webdesk.due)


def test_the_subject_may_be_kept_at_home(server: Controller, mailboxes: Mailboxes, port: int) -> None:
    """`LIENTHONG_NOTIFY_SUBJECT=false`: what a document is about leaves the axis by no channel."""
    assert server is not None
    desk = Desk(port, notify_subject=False)
    desk.hear(alert(subject="V/v nhân sự"))
    desk.fire(MONDAY)
    desk.post.close()

    (mail,) = mailboxes.mails
    assert "nhân sự" not in plain(mail) + html(mail)
