"""Digests of incoming documents: one mail for what came within an interval, each alert answered for, and no mail too large."""

from datetime import timedelta
from typing import Any

from aiosmtpd.controller import Controller

from connectors.notify import digests
from schemas.events import AlertState, DocumentAlert
from schemas.ids import event_id
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, NIGHT, Desk, Mailboxes, alert, plain

QUARTER = timedelta(minutes=15)

GATHERED = """\
Kính gửi ông/bà Trần Thị Bình, văn thư, Sở Y tế tỉnh X (000.00.17.H53):

Có văn bản điện tử gửi đến, đang chờ cơ quan tiếp nhận.

1. 1/UBND — V/v kiểm tra an toàn thực phẩm — bên gửi: Ủy ban nhân dân tỉnh X (000.00.00.H53)
2. 2/UBND — V/v kiểm tra an toàn thực phẩm — bên gửi: Ủy ban nhân dân tỉnh X (000.00.00.H53)

Việc cần làm: lấy gói tin về, kiểm tra rồi tiếp nhận (03) hoặc từ chối có lý do (02). \
Văn bản nào đã lấy về thì không cần lấy lại.

Ông/bà nhận thư này với vai trò văn thư của cơ quan nhận, theo danh mục cán bộ đầu mối.
Thư này do trục liên thông văn bản gửi tự động, xin đừng trả lời.
"""


def incoming(number: int, minutes: int = 0, **fields: Any) -> DocumentAlert:
    """Return a document's incoming warning."""
    own: dict[str, Any] = {
        "event_id": event_id("incoming", str(number)),
        "alert_id": f"incoming-{number}",
        "document_id": f"{number}/UBND",
        "kind": "incoming",
        "clock": "",
        "debtor": "",
        "deadline_at": None,
    }
    return alert(MONDAY + timedelta(minutes=minutes), *fields.pop("to", (CLERK,)), **own | fields)


def test_warnings_of_a_quarter_of_an_hour_are_one_mail(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Two documents at 10:00 and 10:14, one of them heard twice: one mail at 10:15; one at 10:16 waits for 10:30."""
    assert server is not None
    for each in (incoming(1), incoming(2, 14), incoming(1), incoming(2, 14)):
        desk.hear(each)
    desk.fire(MONDAY + timedelta(minutes=14))
    assert [] == mailboxes.mails
    desk.fire(MONDAY + QUARTER)
    (mail,) = mailboxes.mails

    assert "[Trục liên thông] 2 văn bản đến đang chờ" == mail["Subject"]
    assert GATHERED.splitlines() == plain(mail).splitlines()
    assert [("incoming-1", True), ("incoming-2", True)] == [(each.alert_id, each.delivered) for each in desk.said]
    assert {mail["Message-ID"]} == {each.message_id for each in desk.said}
    desk.hear(incoming(3, 16))
    assert [MONDAY + 2 * QUARTER] == list(desk.due.values())


def test_each_official_has_a_digest_of_the_own(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Clerk and head of office: two mails, and no name in a row's name."""
    assert server is not None
    desk.hear(incoming(1, to=(CLERK, HEAD)))
    rows = set(desk.rows)
    desk.fire(MONDAY + QUARTER)

    assert sorted([CLERK.mailbox, HEAD.mailbox]) == sorted(str(mail["To"]) for mail in mailboxes.mails)
    assert not any(CLERK.mailbox in row or CLERK.name in row for row in rows)
    assert [f"told:{incoming(1).event_id}"] == list(desk.rows)


def test_what_is_urgent_or_over_is_not_gathered(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """The interval of an urgent class is zero; an end is told to nobody."""
    assert server is not None
    desk.hear(incoming(1, urgency="khan"))
    desk.hear(incoming(2, state=AlertState.RESOLVED, to=()))
    desk.fire(MONDAY)

    assert 1 == len(mailboxes.mails)


def test_what_comes_at_night_is_one_mail_of_the_morning(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Quiet hours move the digest to the opening; all of the night is in it."""
    assert server is not None
    late = int((NIGHT - MONDAY).total_seconds() // 60)
    desk.hear(incoming(1, late))
    desk.hear(incoming(2, late + 300))
    (opening,) = desk.due.values()
    desk.fire(opening)

    assert opening > NIGHT + timedelta(hours=8)
    assert ["[Trục liên thông] 2 văn bản đến đang chờ"] == [mail["Subject"] for mail in mailboxes.mails]


def test_a_digest_that_cannot_be_sent_waits_as_a_letter(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """451: the same mail again a minute later, while newer documents are gathered anew."""
    assert server is not None
    mailboxes.reply = "451 try again"
    desk.hear(incoming(1))
    desk.fire(MONDAY + QUARTER)
    mailboxes.reply = "250 OK"
    desk.hear(incoming(2, 16))
    desk.fire(MONDAY + QUARTER + timedelta(minutes=1))

    assert [("incoming-1", False, 1), ("incoming-1", True, 2)] == [
        (each.alert_id, each.delivered, each.attempt) for each in desk.said
    ]
    assert 1 == len({each.message_id for each in desk.said}) == len(mailboxes.mails)
    assert [MONDAY + 2 * QUARTER] == list(desk.due.values())


def test_a_mail_lists_so_many_documents_and_no_more(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """A circular's burst: full mails and the rest, all at the same moment, each alert once."""
    assert server is not None
    count = digests.MOST + 3
    for number in range(count):
        desk.hear(incoming(number))
    desk.fire(MONDAY + QUARTER)

    assert [digests.MOST, 3] == [int(str(mail["Subject"]).split()[3]) for mail in mailboxes.mails]
    assert [f"incoming-{number}" for number in range(count)] == [each.alert_id for each in desk.said]
