"""The notifier against a real mail server: who is told what, when, how often, and what happens when the server says no."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from aiosmtpd.controller import Controller

from connectors.notify.channels import TRIES
from connectors.notify.post import AWAY_SECONDS
from schemas.events import AlertState
from schemas.ids import event_id
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, NIGHT, Desk, Mailboxes, alert, plain


def test_an_official_is_told_by_mail(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """One mail from the axis to the clerk's mailbox, dated when it was due; what was tried is said, and the letter forgotten."""
    assert server is not None
    desk.hear(alert())
    desk.fire(MONDAY)
    (mail,) = mailboxes.mails

    assert "[Trục liên thông] Chưa nhận văn bản — 000.00.00.H53,2026-11-23,1234/UBND-KSTT" == mail["Subject"]
    assert ("truc@truc.example", CLERK.mailbox) == (mail["From"], mail["To"])
    assert (MONDAY, f"<{alert().event_id}.0@truc.example>") == (mail["Date"].datetime, mail["Message-ID"])
    assert "multipart/alternative" == mail.get_content_type()
    assert "Kính gửi ông/bà Trần Thị Bình, văn thư, Sở Y tế" in plain(mail)
    assert [(True, "250", 1)] == [(each.delivered, each.answer, each.attempt) for each in desk.said]
    assert {f"told:{alert().event_id}", "alert:alert-1"} == set(desk.rows)


def test_everybody_is_told_once_whatever_comes_twice(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Two officials, one of them named twice; the alert comes twice, before and after the mails went out."""
    assert server is not None
    twice = alert(MONDAY, CLERK, HEAD, CLERK)
    desk.hear(twice)
    desk.hear(twice)
    desk.fire(MONDAY)
    desk.hear(twice)
    desk.fire(MONDAY)

    assert sorted([CLERK.mailbox, HEAD.mailbox]) == sorted(str(mail["To"]) for mail in mailboxes.mails)


def test_a_mail_sent_again_after_a_kill_has_the_same_name(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """The process dies after sending: the mail goes out again under the same Message-ID, the fact is said once."""
    assert server is not None
    desk.hear(alert())
    desk.fire(MONDAY, settle=False)
    desk.fire(MONDAY)

    assert 2 == len(mailboxes.mails)
    assert 1 == len({mail["Message-ID"] for mail in mailboxes.mails}) == len({each.event_id for each in desk.said})


def test_quiet_hours_delay_the_mail_of_a_normal_document_only(
    server: Controller, mailboxes: Mailboxes, desk: Desk
) -> None:
    """At ten in the evening: the normal one waits for the opening at half past seven (UTC+7), the urgent one does not."""
    assert server is not None
    desk.hear(alert(NIGHT))
    desk.hear(alert(NIGHT, event_id=event_id("urgent"), urgency="khan"))
    desk.fire(NIGHT)

    assert ["khẩn"] == [
        line.removeprefix("- Độ khẩn: ")
        for mail in mailboxes.mails
        for line in plain(mail).splitlines()
        if line.startswith("- Độ khẩn")
    ]
    (waits,) = desk.due.values()
    assert waits > NIGHT + timedelta(hours=8)
    desk.fire(waits)
    assert 2 == len(mailboxes.mails)


def test_a_server_that_is_away_is_tried_again_later(
    mailboxes: Mailboxes, port: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens: one connection is tried for both letters, each waits a minute; then the server is there."""
    desk.hear(alert(MONDAY, CLERK, HEAD))
    desk.fire(MONDAY)

    assert ["ConnectionRefusedError"] == [each.answer for each in desk.said]  # of the other nothing was tried
    assert {MONDAY + timedelta(minutes=1)} == set(desk.due.values())
    monkeypatch.setattr(desk.post, "_away_until", desk.post._away_until - 2 * AWAY_SECONDS)
    controller = Controller(mailboxes, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        desk.fire(MONDAY + timedelta(minutes=1))
    finally:
        desk.post.close()
        controller.stop()
    assert [(True, 1), (True, 2)] == sorted((each.delivered, each.attempt) for each in desk.said[1:])
    assert {} == desk.due


def test_a_server_that_is_not_there_costs_no_mail(
    mailboxes: Mailboxes, port: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Away for many more tries than a mail has: it still goes out when the server is there again."""
    desk.hear(alert())
    for _ in range(2 * TRIES["mail"]):
        monkeypatch.setattr(desk.post, "_away_until", float("-inf"))
        (at,) = desk.due.values()
        desk.fire(at)
    monkeypatch.setattr(desk.post, "_away_until", float("-inf"))
    controller = Controller(mailboxes, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        desk.fire(next(iter(desk.due.values())))
    finally:
        desk.post.close()
        controller.stop()

    assert ([False] * 2 * TRIES["mail"] + [True], 1) == ([each.delivered for each in desk.said], len(mailboxes.mails))
    assert 2 * TRIES["mail"] + 1 == len({each.event_id for each in desk.said})


def test_a_final_no_is_not_tried_again(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """550: said once, and nothing of the letter is kept; the next mail of the same connection still goes out."""
    assert server is not None
    mailboxes.reply = "550 no such mailbox"
    desk.hear(alert())
    desk.fire(MONDAY)
    mailboxes.reply = "250 OK"
    desk.hear(alert(MONDAY, HEAD, event_id=event_id("next")))
    desk.fire(MONDAY)

    assert [(False, "550"), (True, "250")] == [(each.delivered, each.answer) for each in desk.said]
    assert {} == desk.due


def test_a_temporary_no_is_tried_ten_times_and_given_up(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """451 for hours: waits of 1, 2, 4 … at most 60 minutes, ten tries in all."""
    assert server is not None
    mailboxes.reply = "451 try again"
    desk.hear(alert(urgency="khan"))
    waits = []
    while desk.due:
        (at,) = desk.due.values()
        waits.append(at)
        desk.fire(at)

    assert TRIES["mail"] == len(waits) == len(desk.said)
    minutes = [int((later - before).total_seconds() // 60) for before, later in pairwise(waits)]
    assert [1, 2, 4, 8, 16, 32, 60, 60, 60] == minutes


def test_a_later_try_keeps_to_working_hours(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """451 shortly before five: the next tries are of the next working day; an urgent letter goes on at night."""
    assert server is not None
    late = MONDAY.replace(hour=9, minute=59, second=30)  # 16:59:30 in Việt Nam
    mailboxes.reply = "451 try again"
    desk.hear(alert(late))
    desk.hear(alert(late, event_id=event_id("urgent"), urgency="khan"))
    desk.fire(late)

    opening = late.replace(day=25, hour=0, minute=30, second=0)  # the 24th is a holiday
    assert [late + timedelta(minutes=1), opening] == sorted(desk.due.values())


def test_a_digest_that_failed_keeps_to_working_hours(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Tried at 16:45, 16:46, 16:48 and 16:52; the next try would be at five, so it is of the next working day."""
    assert server is not None
    mailboxes.reply = "451 try again"
    late = MONDAY.replace(hour=9, minute=40)
    desk.hear(alert(late, kind="incoming", clock=""))
    desk.fire(late + timedelta(minutes=5))
    for _ in range(3):
        desk.fire(min(desk.due.values()))

    (waits,) = desk.due.values()
    assert late.replace(day=25, hour=0, minute=30) == waits


def test_the_end_is_told_too(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Whoever was told that something is late is told that it is over, with nothing left to do."""
    assert server is not None
    desk.hear(alert())
    desk.fire(MONDAY)
    desk.hear(alert(state=AlertState.RESOLVED, event_id=event_id("over"), why="received"))
    desk.fire(MONDAY)
    _late, mail = mailboxes.mails

    assert str(mail["Subject"]).startswith("[Trục liên thông] Đã xong: Chưa nhận văn bản")
    assert "Việc cần làm" not in plain(mail)


@pytest.mark.parametrize(
    "mailbox", ["a@b\r\nBcc: c@d", "no mailbox", "@", "a@", "a b@c", "<a@b>", "a@b, c@d", "ă@b.example"]
)
def test_what_is_no_mailbox_gets_no_mail(server: Controller, mailboxes: Mailboxes, desk: Desk, mailbox: str) -> None:
    """A wrong entry of the contacts costs itself, and is said."""
    assert server is not None
    desk.hear(alert(MONDAY, replace(CLERK, mailbox=mailbox)))
    desk.fire(MONDAY)

    assert [] == mailboxes.mails
    assert [(False, "bad mailbox")] == [(each.delivered, each.answer) for each in desk.said]


def test_a_strangers_text_adds_no_header(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Line breaks in a document's number and subject stay within subject and text."""
    assert server is not None
    desk.hear(alert(document_id="1\r\nBcc: x@y.example", subject="V/v\r\n\r\nkẻ lạ"))
    desk.fire(MONDAY)
    (mail,) = mailboxes.mails

    assert None is mail["Bcc"]
    assert "- Trích yếu: V/v kẻ lạ" in plain(mail)
