"""Contacts that fail: a mailbox that takes no mail, an official whose time has ended; the next one is told, and somebody hears of the contact."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.notify.forwarding import CONTACT_BOUNCING, bounced
from infra.kafka.places import free_ports
from schemas.events import AlertState, DocumentAlert, Event, TimerFired, Told
from schemas.ids import event_id
from schemas.reference import Reference
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, NIGHT, Desk, Mailboxes, alert, html, plain
from tests.connectors.test_notify_digests import QUARTER, incoming
from tests.reference_files import demo, present, sound

SECOND = Told(organ_id=CLERK.organ_id, role="clerk", name="Phạm Văn Sáu", mailbox="vanthu2.yte@tinhx.example")
DESK = Told(organ_id="H53.SO.001", role="axis_operator", name="Đỗ Văn Trực", mailbox="truc.vanhanh@tinhx.example")
GONE = b"550 5.1.1 no such mailbox"


def contacts(*people: Told, until: str = "", since: str = "") -> Reference:
    """Return the demo's reference data with these contacts alone; the first one's time ends, the second's begins."""
    rows = ["organ_id,role,name,title,unit,mobile,mailbox,valid_from,valid_to"]
    spans = [("", until), (since, "")]
    for number, each in enumerate(people):
        valid_from, valid_to = spans[number] if number < len(spans) else ("", "")
        rows.append(f"{each.organ_id},{each.role},{each.name},,,,{each.mailbox},{valid_from},{valid_to}")
    files = {"contacts.csv": "\n".join(rows).encode()}
    return demo().with_value("contacts", sound("contacts", files), event_id(str(people), until))


class Refusing(Mailboxes):
    """Refuses some recipients."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address not in self.gone:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return self.gone.get(address, "250 OK")


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    """Yield a running mail server."""
    handler = Refusing()
    handler.port = free_ports(1)[0]  # type: ignore[attr-defined] # for the desk
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)  # type: ignore[attr-defined] # as above
    controller.start()
    yield handler
    controller.stop()


class Watched(Desk):
    """Keeps the alerts that the notifier raises."""

    def __init__(self, refusing: Refusing, reference: Reference) -> None:
        super().__init__(refusing.port, reference)  # type: ignore[attr-defined] # as above
        self.raised: list[DocumentAlert] = []

    def step(self, event: Event) -> None:
        """Take one event in, and hear what it leads to."""
        at = event.recorded_at or event.occurred_at
        outcome = self.core.step(event, self.known(event), self.reference, at)
        self.raised += [each for each in outcome.events if isinstance(each, DocumentAlert)]
        self.apply(outcome)

    def run(self, hours: int = 100) -> None:
        """Fire everything in its order, for so long."""
        while self.due and min(self.due.values()) <= MONDAY + timedelta(hours=hours):
            row, at = min(self.due.items(), key=lambda each: each[1])
            del self.due[row]
            self.step(TimerFired(event_id=row, occurred_at=at, recorded_at=at, row=row, due_at=at))
        self.post.close()


def test_the_next_contact_is_told_and_the_operator_of_the_contact(refusing: Refusing) -> None:
    """The clerk's mailbox is gone: the second clerk gets the mail, which says for whom it was; one alert, about agency and role."""
    refusing.gone[CLERK.mailbox] = GONE.decode()
    desk = Watched(refusing, contacts(CLERK, HEAD, SECOND, DESK))
    desk.step(alert())
    desk.run()
    (mail,), (report,) = refusing.mails, desk.raised

    assert SECOND.mailbox == mail["To"]
    assert "Kính gửi ông/bà Phạm Văn Sáu" in plain(mail)
    meant = f"Thư này lẽ ra gửi {CLERK.name} (văn thư, {CLERK.mailbox})"
    assert meant in plain(mail)
    assert meant in html(mail)
    assert [("550", False), ("250", True)] == [(each.answer, each.delivered) for each in desk.said]
    assert 2 == len({each.message_id for each in desk.said})
    assert (CONTACT_BOUNCING, CLERK.organ_id, "clerk", (DESK,), AlertState.FIRING) == (
        report.kind,
        report.about,
        report.why,
        report.to,
        report.state,
    )
    assert CLERK.mailbox not in str(report)


def test_the_report_is_read_by_its_reader(refusing: Refusing) -> None:
    """Heard like any alert: the operator gets a mail that says what to do."""
    desk = Watched(refusing, contacts(CLERK, DESK))
    (report,) = bounced(CLERK, desk.reference, MONDAY)
    desk.step(report)
    desk.run()
    (mail,) = refusing.mails

    assert (DESK.mailbox, True) == (mail["To"], "Hộp thư đầu mối không nhận thư" in str(mail["Subject"]))
    assert "sửa địa chỉ hộp thư" in plain(mail)
    assert "- Căn cứ: văn thư" in plain(mail)


def test_everybody_is_tried_once_and_no_loop_comes_of_it(refusing: Refusing) -> None:
    """All mailboxes are gone, the operator's too: each was tried once, each role reported once, and the report's own bounce is not."""
    people = (CLERK, HEAD, SECOND, DESK)
    refusing.gone = {each.mailbox: GONE.decode() for each in people}
    desk = Watched(refusing, contacts(*people))
    desk.step(alert())
    desk.run()
    assert [CLERK.role, SECOND.role, HEAD.role] == [each.to_role for each in desk.said]
    assert {"clerk", "head_of_office"} == {each.why for each in desk.raised}
    assert 2 == len({each.event_id for each in desk.raised})

    before = len(desk.raised)
    for each in {each.event_id: each for each in desk.raised}.values():
        desk.step(replace(each, recorded_at=MONDAY))
    desk.run()
    assert before == len(desk.raised)
    assert {} == desk.due


def test_the_same_bounce_is_the_same_report(refusing: Refusing) -> None:
    """From any partition, whatever letter showed it; the next day it is another."""
    reference = contacts(CLERK, DESK)
    refusing.gone[CLERK.mailbox] = GONE.decode()
    raised = []
    for number in range(2):
        desk = Watched(refusing, reference)
        desk.step(alert(event_id=event_id(str(number)), alert_id=str(number)))
        desk.run()
        raised += desk.raised

    assert raised[0] == raised[1]
    assert raised[0].event_id != bounced(CLERK, reference, MONDAY + timedelta(days=1))[0].event_id


def test_a_digest_goes_to_the_next_contact(refusing: Refusing) -> None:
    """With all its documents."""
    refusing.gone[CLERK.mailbox] = GONE.decode()
    desk = Watched(refusing, contacts(CLERK, HEAD, DESK))
    for number in (1, 2):
        desk.step(incoming(number))
    desk.run()
    (mail,) = refusing.mails

    assert (HEAD.mailbox, True, True) == (mail["To"], "1. 1/UBND" in plain(mail), "Thư này lẽ ra gửi" in plain(mail))
    assert [CONTACT_BOUNCING] == [each.kind for each in desk.raised]
    assert mail["Date"].datetime >= MONDAY + QUARTER


def test_who_was_told_instead_hears_the_end(refusing: Refusing) -> None:
    """The resolution names the official of the contacts; it goes to who was told."""
    refusing.gone[CLERK.mailbox] = GONE.decode()
    desk = Watched(refusing, contacts(CLERK, HEAD, DESK))
    desk.step(alert())
    desk.run()
    desk.step(alert(state=AlertState.RESOLVED, event_id=event_id("over"), why="received"))
    desk.run()

    assert [HEAD.mailbox] * 2 == [mail["To"] for mail in refusing.mails]


@pytest.mark.parametrize("reply", ["550 5.7.1 relaying denied", "450 4.2.1 try later", "451 busy"])
def test_what_is_no_bounce(refusing: Refusing, reply: str) -> None:
    """The server forbids us, or not now: the contact is not to blame, and nobody else is told."""
    refusing.gone[CLERK.mailbox] = reply
    desk = Watched(refusing, contacts(CLERK, HEAD, DESK))
    desk.step(alert())
    desk.run()

    assert ([], []) == (desk.raised, refusing.mails)


@pytest.mark.parametrize(("reply", "count"), [("550 5.2.1 disabled", 1), ("554 5.7.1 spam", 0), ("554 no", 0)])
def test_a_no_to_the_contents_is_judged_by_its_code(refusing: Refusing, reply: str, count: int) -> None:
    """Some servers speak of the mailbox only after the contents."""
    refusing.reply = reply
    desk = Watched(refusing, contacts(CLERK, DESK))
    desk.step(alert())
    desk.run()

    assert count == len(desk.raised)


def test_who_was_replaced_meanwhile_is_not_told(refusing: Refusing) -> None:
    """Written on Monday night, due on Wednesday morning; the clerk's time ended on Monday: the new clerk is told, and the end too."""
    reference = contacts(CLERK, SECOND, HEAD, until="2026-11-23", since="2026-11-24")
    desk = Watched(refusing, reference)
    desk.step(alert(NIGHT))
    desk.run()
    (mail,) = refusing.mails

    assert (SECOND.mailbox, False) == (mail["To"], "lẽ ra" in plain(mail))
    assert [] == desk.raised


def test_whom_the_contacts_do_not_know_is_told_all_the_same(refusing: Refusing) -> None:
    """The alert may come from newer contacts than ours."""
    desk = Watched(refusing, contacts(SECOND, DESK))
    desk.step(alert())
    desk.run()

    assert [CLERK.mailbox] == [mail["To"] for mail in refusing.mails]


def test_the_demo_has_a_desk_for_it() -> None:
    """A report that names nobody would be no report."""
    (report,) = bounced(CLERK, demo(), MONDAY)

    assert {present(demo().sla).axis.agency} == {each.organ_id for each in report.to}
