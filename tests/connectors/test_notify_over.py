"""What is over: nobody is told that something was not received which was; who was told is told the end; whatever the order and the repeats."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from connectors.notify.post import Answer
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, NIGHT, Desk, Mailboxes, alert, plain
from tests.connectors.test_notify_digests import QUARTER, incoming

OVER = event_id("over")


def over(at: datetime = MONDAY, *to: Told, **fields: Any) -> DocumentAlert:
    """Return the end of an alert."""
    return alert(at, *to, **{"event_id": OVER, "state": AlertState.RESOLVED, "why": "received"} | fields)


def subjects(mailboxes: Mailboxes) -> list[tuple[str, bool]]:
    """Return who got mails, and whether they say that it is over."""
    return [(str(mail["To"]), "Đã xong" in str(mail["Subject"])) for mail in mailboxes.mails]


def test_what_was_received_at_night_is_not_told_in_the_morning(
    server: Controller, mailboxes: Mailboxes, desk: Desk
) -> None:
    """The reminder waits for the opening, the receipt comes before it: no mail at all, nor one about an end of which nobody knew the beginning."""
    assert server is not None
    desk.hear(alert(NIGHT))
    desk.hear(over(NIGHT + timedelta(hours=1)))
    desk.fire(NIGHT + timedelta(days=2))

    assert ([], []) == (mailboxes.mails, desk.said)
    assert {} == desk.due
    assert not any(row.startswith("mail:") for row in desk.rows)


def test_only_who_was_told_hears_the_end(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """The clerk was told in the afternoon, the head of office would be in the morning; it is received at night."""
    assert server is not None
    desk.hear(alert(MONDAY))
    desk.fire(MONDAY)
    desk.hear(alert(NIGHT, HEAD, level=2))
    desk.hear(over(NIGHT + timedelta(hours=1), CLERK, HEAD, level=2))
    desk.fire(NIGHT + timedelta(days=2))

    assert [(CLERK.mailbox, False), (CLERK.mailbox, True)] == subjects(mailboxes)


def test_a_letter_that_failed_is_dropped_when_it_is_over(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """451 once, then the receipt: the second try is not made."""
    assert server is not None
    mailboxes.reply = "451 try again"
    desk.hear(alert())
    desk.fire(MONDAY)
    mailboxes.reply = "250 OK"
    desk.hear(over(MONDAY + timedelta(seconds=30)))
    desk.fire(MONDAY + timedelta(hours=1))

    assert [] == mailboxes.mails
    assert [False] == [each.delivered for each in desk.said]


def test_who_may_have_been_told_hears_the_end(
    server: Controller, mailboxes: Mailboxes, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke when the mail was on its way: perhaps it was read, so its end is told."""
    assert server is not None
    broke = Answer(delivered=False, later=True, unreachable=True, unsure=True, said="SMTPServerDisconnected")
    with monkeypatch.context() as patch:
        patch.setattr(desk.post, "send", lambda _mail: broke)
        desk.hear(alert())
        desk.fire(MONDAY)
    desk.hear(over())
    desk.fire(MONDAY + timedelta(hours=1))

    assert [(CLERK.mailbox, True)] == subjects(mailboxes)


def test_a_connection_that_breaks_leaves_it_unsure(port: int, desk: Desk) -> None:
    """Nobody listens: surely not told. The server goes away in the middle: perhaps told."""
    desk.hear(alert())
    desk.fire(MONDAY)
    assert "alert:alert-1" not in desk.rows

    class Dying(Mailboxes):
        async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, ARG002, N802 - aiosmtpd's
            server.transport.abort()
            return "250 OK"

    controller = Controller(Dying(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        desk.post._away_until = float("-inf")
        desk.fire(MONDAY + timedelta(minutes=1))
    finally:
        controller.stop()
    assert "SMTPServerDisconnected" == desk.said[-1].answer
    assert CLERK.mailbox in desk.rows["alert:alert-1"].decode()


def test_an_end_that_overtook_its_alert_silences_it(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """A record that is read again out of order: what is over stays over."""
    assert server is not None
    desk.hear(over())
    desk.hear(alert())
    desk.hear(incoming(1, event_id=event_id("end", "1"), state=AlertState.RESOLVED, to=()))
    desk.hear(incoming(1))
    desk.fire(MONDAY + QUARTER)

    assert ([], {}) == (mailboxes.mails, desk.due)


def test_what_was_done_late_is_still_told(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """It says nothing that is not so: the duty is done, and was late. Its end names nobody and tells nobody."""
    assert server is not None
    desk.hear(alert(NIGHT, why="received", level=1))
    desk.hear(over(NIGHT, to=()))
    desk.fire(NIGHT + timedelta(days=2))
    (mail,) = mailboxes.mails

    assert "Việc đã làm xong nhưng chậm hơn hạn." in plain(mail)


def test_what_was_received_leaves_the_digest(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """Of two documents one is taken before the quarter is over: the mail names the other alone. Both taken: no mail."""
    assert server is not None
    for each in (incoming(1), incoming(2, 5)):
        desk.hear(each)
    desk.hear(replace(incoming(1, 6), event_id=event_id("end", "1"), state=AlertState.RESOLVED, to=()))
    desk.fire(MONDAY + QUARTER)
    (mail,) = mailboxes.mails
    assert ("1. 2/UBND", False) == (plain(mail).splitlines()[4].partition(" — ")[0], "2. " in plain(mail))

    desk.hear(incoming(3, 16))
    desk.hear(replace(incoming(3, 17), event_id=event_id("end", "3"), state=AlertState.RESOLVED, to=()))
    desk.fire(MONDAY + 2 * QUARTER)
    assert 1 == len(mailboxes.mails)
    assert not any(row.startswith("digest:") for row in desk.rows)


def test_a_digest_that_failed_forgets_what_was_received(server: Controller, mailboxes: Mailboxes, desk: Desk) -> None:
    """451, then one of the two is taken: the next try names the other, under another Message-ID, for it is another mail."""
    assert server is not None
    mailboxes.reply = "451 try again"
    desk.hear(incoming(1))
    desk.hear(incoming(2))
    desk.fire(MONDAY + QUARTER)
    mailboxes.reply = "250 OK"
    desk.hear(replace(incoming(1, 15), event_id=event_id("end", "1"), state=AlertState.RESOLVED, to=()))
    desk.fire(MONDAY + QUARTER + timedelta(minutes=1))
    (mail,) = mailboxes.mails

    assert "[Trục liên thông] 1 văn bản đến đang chờ" == mail["Subject"]
    assert 2 == len({each.message_id for each in desk.said})


class Silent:
    """Takes every mail, and remembers which claim that something is not done."""

    def __init__(self, desk: Desk) -> None:
        self.mails: list[tuple[str, bool]] = []
        desk.post.send = self.send  # type: ignore[method-assign] # in place of a server, for speed

    def send(self, mail):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 - the post's
        """Take one."""
        self.mails.append((str(mail["To"]), "Đã xong" in str(mail["Subject"])))
        return Answer(delivered=True, said="250")


FACTS = (alert(MONDAY), alert(MONDAY, CLERK, HEAD, event_id=event_id("second"), level=2), over(MONDAY, CLERK, HEAD))


@given(
    order=st.sampled_from(list(permutations((0, 1, 2)))),
    repeats=st.lists(st.integers(0, 2), max_size=4),
    fires=st.sets(st.integers(0, 6)),
)
def test_any_order_and_any_repeats(order: tuple[int, ...], repeats: list[int], fires: set[int]) -> None:
    """Each person is told each fact once at most; after the end was heard nobody hears of it but who was told, once."""
    desk = Desk(1)
    silent, ended, told_before = Silent(desk), False, set()
    for number, fact in enumerate([*order, *repeats]):
        desk.hear(FACTS[fact])
        if fact == 2 and not ended:
            ended, told_before = True, {to for to, _over in silent.mails}
        if number in fires:
            desk.fire(MONDAY)
    desk.fire(MONDAY)

    ends = Counter(to for to, is_over in silent.mails if is_over)
    claims = Counter(to for to, is_over in silent.mails if not is_over)
    assert ends == Counter(dict.fromkeys(told_before, 1))
    assert claims <= Counter({CLERK.mailbox: 2, HEAD.mailbox: 1})
    assert set(claims) == told_before
