"""How each official wants to be told: language, one by one or gathered, not at all; and from step 2 on the wish not to be told does not count."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from schemas.events import AlertState, Told
from schemas.ids import event_id
from schemas.reference import Reference
from tests.connectors.notify_desk import CLERK, HEAD, MONDAY, Desk, Mailboxes, alert, html, plain
from tests.connectors.test_notify_digests import QUARTER, incoming
from tests.reference_files import demo, sound


def wishing(person: Told = CLERK, **wishes: str) -> Reference:
    """Return the demo's reference data with one official's wishes, and nobody else in the contacts."""
    header = ",".join(("organ_id,role,name,title,unit,mobile,mailbox", *wishes))
    row = ",".join((f"{person.organ_id},{person.role},{person.name},,,0900000001,{person.mailbox}", *wishes.values()))
    return demo().with_value(
        "contacts", sound("contacts", {"contacts.csv": f"{header}\n{row}\n".encode()}), f"contacts {wishes}"
    )


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    """Yield the desks that a test makes; their connections are closed."""
    made: list[Desk] = []
    yield made
    for each in made:
        each.post.close()


def of(desks: list[Desk], port: int, reference: Reference) -> Desk:
    """Return a desk that knows these wishes."""
    desks.append(Desk(port, reference))
    return desks[-1]


def test_who_reads_english_is_told_in_english(
    server: Controller, mailboxes: Mailboxes, port: int, desks: list[Desk]
) -> None:
    """Subject, text, page and digest; the other official of the same alert is told in Vietnamese."""
    assert server is not None
    desk = of(desks, port, wishing(language="en"))
    desk.hear(alert(MONDAY, CLERK, HEAD))
    desk.hear(incoming(1))
    desk.fire(MONDAY + QUARTER)
    english, vietnamese, digest = mailboxes.mails

    assert str(english["Subject"]).startswith("[Document axis] Document not received — ")
    assert "The document was laid out" in plain(english)
    assert '<html lang="en">' in html(english)
    assert ("en", "vi", "en") == tuple(each["Content-Language"] for each in (english, vietnamese, digest))
    assert "[Document axis] 1 incoming documents wait" == digest["Subject"]


def test_who_wants_no_digest_is_told_one_by_one(
    server: Controller, mailboxes: Mailboxes, port: int, desks: list[Desk]
) -> None:
    """Two documents, two mails at once; the other official's are gathered."""
    assert server is not None
    desk = of(desks, port, wishing(digest="no"))
    for number in (1, 2):
        desk.hear(incoming(number, to=(CLERK, HEAD)))
    desk.fire(MONDAY)
    assert [CLERK.mailbox] * 2 == [mail["To"] for mail in mailboxes.mails]
    desk.fire(MONDAY + QUARTER)
    assert HEAD.mailbox == mailboxes.mails[2]["To"]


@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
def test_from_step_two_on_nobody_is_left_out(
    server: Controller, mailboxes: Mailboxes, port: int, desks: list[Desk], level: int
) -> None:
    """Unsubscribed: no reminders and no breach; what others must know comes, and so does its end."""
    assert server is not None
    desk = of(desks, port, wishing(unsubscribed="yes"))
    desk.hear(alert(level=level))
    desk.hear(incoming(1))
    desk.fire(MONDAY + QUARTER)
    desk.hear(alert(level=level, event_id=event_id("over"), state=AlertState.RESOLVED, why="received"))
    desk.fire(MONDAY + QUARTER)

    assert (0 if level < 2 else 2) == len(mailboxes.mails)
