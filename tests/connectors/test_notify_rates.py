"""A mailbox's rate: what comes above it is gathered into one mail, urgent things are not, and what is over meanwhile is in none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from connectors.notify import held
from connectors.notify.rates import HOUR, Rates
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, Desk, Mailboxes, alert, plain
from tests.connectors.test_notify_contacts import GONE, Refusing, Watched, contacts, refusing  # noqa: F401 - a fixture

LIMIT = 3


@pytest.fixture
def limited(server: Controller, port: int) -> Iterator[Desk]:
    """Yield a notifier that sends three mails an hour to a mailbox."""
    assert server is not None
    made = Desk(port, mails_per_hour=LIMIT)
    yield made
    made.post.close()


def one(number: int, at: datetime = MONDAY, *to: Told, **fields: Any) -> DocumentAlert:
    """Return one of many alerts."""
    own = {"event_id": event_id("n", str(number), at.isoformat()), "alert_id": f"alert-{number}"}
    return alert(at, *to, **own | {"document_id": f"{number}/UBND"} | fields)


def over(number: int, at: datetime, *to: Told) -> DocumentAlert:
    """Return its end."""
    return one(number, at, *to, event_id=event_id("over", str(number)), state=AlertState.RESOLVED, why="received")


def test_what_is_above_the_rate_is_one_mail(limited: Desk, mailboxes: Mailboxes) -> None:
    """Eight alerts: three mails at once, five in one mail an hour later; each is answered for; another mailbox is not touched by it."""
    for number in range(8):
        limited.hear(one(number))
    limited.hear(one(8, MONDAY, HEAD))
    limited.fire(MONDAY)
    assert [*[CLERK.mailbox] * LIMIT, HEAD.mailbox] == [mail["To"] for mail in mailboxes.mails]

    assert {MONDAY + HOUR} == set(limited.due.values())
    limited.fire(MONDAY + HOUR)
    mail = mailboxes.mails[-1]
    assert "[Trục liên thông] 5 cảnh báo gộp trong một thư" == mail["Subject"]
    assert "5. Chưa nhận văn bản — 7/UBND — Việc cần làm: Sở Y tế" in plain(mail)
    assert {f"alert-{number}" for number in range(9)} == {each.alert_id for each in limited.said if each.delivered}
    assert not any(row.startswith(("held:", "mail:")) for row in limited.rows)


def test_the_hour_goes_on(limited: Desk, mailboxes: Mailboxes) -> None:
    """An hour after a mail its place is free: nothing waits that need not."""
    for number in range(LIMIT):
        limited.hear(one(number))
    limited.fire(MONDAY)
    limited.hear(one(9, MONDAY + HOUR))
    limited.fire(MONDAY + HOUR)

    assert LIMIT + 1 == len(mailboxes.mails)


@pytest.mark.parametrize("fields", [{"urgency": "khan"}, {"level": 2}])
def test_what_must_be_known_is_never_held(limited: Desk, mailboxes: Mailboxes, fields: dict[str, Any]) -> None:
    """Urgent documents, and steps from the second on."""
    for number in range(8):
        limited.hear(one(number, **fields))
    limited.fire(MONDAY)

    assert 8 == len(mailboxes.mails)


def test_what_is_over_leaves_the_mail(limited: Desk, mailboxes: Mailboxes) -> None:
    """Received while it is held: not in the mail, and no mail about its end; of what was told the end is told."""
    for number in range(LIMIT + 2):
        limited.hear(one(number))
    limited.fire(MONDAY)
    soon = MONDAY + timedelta(minutes=5)
    limited.hear(over(LIMIT, soon))
    limited.fire(MONDAY + HOUR)
    assert "[Trục liên thông] 1 cảnh báo gộp trong một thư" == mailboxes.mails[-1]["Subject"]
    limited.hear(over(LIMIT + 1, MONDAY + HOUR))
    limited.fire(MONDAY + HOUR)

    assert [f"[Trục liên thông] Đã xong: Chưa nhận văn bản — {LIMIT + 1}/UBND"] == [
        str(mail["Subject"]) for mail in mailboxes.mails if "Đã xong" in str(mail["Subject"])
    ]


def test_nothing_is_left_where_all_is_over(limited: Desk, mailboxes: Mailboxes) -> None:
    """Every held alert ended: no mail."""
    for number in range(LIMIT + 2):
        limited.hear(one(number))
    limited.fire(MONDAY)
    for number in range(LIMIT, LIMIT + 2):
        limited.hear(over(number, MONDAY))
    limited.fire(MONDAY + HOUR)

    assert (LIMIT, {}) == (len(mailboxes.mails), limited.due)


def test_a_mail_holds_so_many_alerts(limited: Desk, mailboxes: Mailboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after them waits for the next one; nothing is lost."""
    monkeypatch.setattr(held, "MOST", 4)
    for number in range(LIMIT + 10):
        limited.hear(one(number))
    for _ in range(20):
        if limited.due:
            limited.fire(min(limited.due.values()))

    assert {} == limited.due
    assert LIMIT + 10 == len({each.alert_id for each in limited.said if each.delivered})
    assert len(mailboxes.mails) < LIMIT + 10


def test_a_mail_that_fails_is_tried_again(limited: Desk, mailboxes: Mailboxes) -> None:
    """451: the same mail a minute later; what comes meanwhile waits beside it and is told too."""
    for number in range(LIMIT + 2):
        limited.hear(one(number))
    limited.fire(MONDAY)
    mailboxes.reply = "451 busy"
    limited.fire(MONDAY + HOUR)
    mailboxes.reply = "250 OK"
    limited.fire(MONDAY + HOUR + timedelta(minutes=1))

    together = [each for each in limited.said if each.alert_id == f"alert-{LIMIT}"]
    assert [(False, 1), (True, 2)] == [(each.delivered, each.attempt) for each in together]
    assert 1 == len({each.message_id for each in together})


def test_what_is_held_does_not_come_at_night(limited: Desk) -> None:
    """At ten to five the rate is used up: the rest comes on the next working day, not at ten to six."""
    late = MONDAY.replace(hour=9, minute=50)  # 16:50 in Việt Nam; the 24th is a holiday
    for number in range(LIMIT + 1):
        limited.hear(one(number, late))
    limited.fire(late)

    assert [datetime(2026, 11, 25, 0, 30, tzinfo=UTC)] == list(limited.due.values())


def test_a_mailbox_that_takes_none_gives_each_letter_on(refusing: Refusing) -> None:  # noqa: F811 - the fixture
    """Two were held when the mailbox was closed: the head of office gets both, and the contact is reported."""
    desk = Watched(refusing, contacts(CLERK, HEAD))
    desk.core._rates = Rates(1)
    for number in range(3):
        desk.step(one(number))
    desk.run(hours=0)
    refusing.gone[CLERK.mailbox] = GONE.decode()
    desk.run()

    assert [CLERK.mailbox, HEAD.mailbox, HEAD.mailbox] == [mail["To"] for mail in refusing.mails]
    assert {"contact_bouncing"} == {each.kind for each in desk.raised}


def test_no_limit_is_no_limit() -> None:
    """0 counts nothing; a limit of one lets one through."""
    free, tight = Rates(0), Rates(1)
    for rates in (free, tight):
        for _ in range(3):
            rates.sent("a", MONDAY)

    assert (MONDAY, MONDAY + HOUR) == (free.free_at("a", MONDAY), tight.free_at("a", MONDAY))
    assert MONDAY + HOUR == tight.free_at("a", MONDAY + HOUR)
    assert MONDAY == tight.free_at("b", MONDAY)
