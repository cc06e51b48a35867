"""Evidence of what did not happen: at the ladder's end a statement that anybody can verify with openssl, and nothing in it that is not so."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from aiosmtpd.controller import Controller
from asn1crypto import cms

from infra.content import DirectoryStore
from infra.errors import EnvironmentFaultError
from infra.kafka.stepping import NotNowError
from infra.pki import Pki
from infra.pki.attesting import Attestor
from schemas.events import Milestone
from schemas.ids import event_id
from tests.connectors.notify_desk import MONDAY, Mailboxes, alert
from tests.connectors.statement_scene import (
    ABOUT,
    END,
    LAST,
    OFFERED,
    STEPS,
    Attesting,
    climb,
    over,
    transport,
    verified,
)
from tests.reference_files import present


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Return the test PKI with the axis' key."""
    return Pki.open(tmp_path_factory.mktemp("pki"), at=MONDAY, agencies={})


@pytest.fixture
def attesting(server: Controller, port: int, tmp_path: Path, pki: Pki) -> Iterator[Attesting]:
    """Yield a notifier with the axis' key, and a mail server."""
    assert server is not None
    made = Attesting(port, tmp_path / "var", pki.folder / "keys" / "axis.pem")
    yield made
    made.post.close()


def test_the_ladders_end_is_attested(attesting: Attesting, pki: Pki) -> None:
    """Offered, five steps with everybody named, every try, the deadline, the versions; nobody's address, no subject; openssl verifies it."""
    climb(attesting, *STEPS)
    attesting.run(END)
    (statement,) = attesting.statements
    said = attesting.said_in(statement)

    assert (ABOUT, "transport", "000.00.17.H53") == (statement.about, statement.clock, statement.debtor)
    assert (OFFERED.isoformat(), present(alert().deadline_at).isoformat()) == (said["offered_at"], said["deadline_at"])
    assert [(each.level, each.occurred_at.isoformat()) for each in STEPS] == [
        (each["level"], each["at"]) for each in said["reminders"]
    ]
    assert [[person.name for person in each.to] for each in STEPS] == [
        [person["name"] for person in each["to"]] for each in said["reminders"]
    ]
    assert [0, 1, 2, 3, 4, 4] == [each["level"] for each in said["attempts"]]
    assert {(True, "250", "mail")} == {
        (each["delivered"], each["answer"], each["channel"]) for each in said["attempts"]
    }
    assert [each.message_id for each in attesting.said] == [each["message_id"] for each in said["attempts"]]
    assert ({"sla": "1" * 64}, None) == (said["versions"], said["ended"])
    assert "Đến hạn 11:00 23/11/2026, Sở Y tế tỉnh X (000.00.17.H53) chưa lấy gói tin" in said["says"]["vi"]
    written = attesting.store.read(statement.content.sha256).decode()
    assert "@tinhx.example" not in written
    assert alert().subject not in written
    assert verified(attesting, statement, pki)
    assert not verified(attesting, statement, pki, written.replace("000.00.17", "000.00.18").encode())


def test_it_is_made_once_whatever_is_repeated(attesting: Attesting) -> None:
    """The last step is raised again and again, and heard twice; one statement, and its record does not grow."""
    climb(attesting, *STEPS)
    attesting.run(END)
    (row,) = (row for row in attesting.rows if row.startswith("record:"))
    size = len(attesting.rows[row])
    for number in range(2, 8):
        again = replace(STEPS[-1], number=number, event_id=event_id("again", str(number)))
        attesting.step(again)
        attesting.step(again)
        attesting.run(END)

    assert 1 == len(attesting.statements)
    assert size == len(attesting.rows[row])
    attesting.step(over(END))
    assert not any(row.startswith(("record:", "mail:")) and row not in attesting.due for row in attesting.rows)


def test_a_full_or_absent_content_store_does_not_cost_it(attesting: Attesting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is settled while it cannot be kept (no dead letter, no statement without its bytes); afterwards it is made."""
    climb(attesting, *STEPS)
    (row,) = (row for row in attesting.due if row.startswith("record:"))
    attesting.run(attesting.due[row] - timedelta(seconds=1))
    with monkeypatch.context() as full:
        full.setattr(DirectoryStore, "put", Mock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(NotNowError):
            attesting.run(END, settle=False)
    assert [] == attesting.statements
    attesting.run(END)

    assert 1 == len(attesting.statements)


def test_reminders_that_go_on_do_not_put_it_off(attesting: Attesting) -> None:
    """Hỏa tốc is raised again every ten minutes: the statement is made a quarter of an hour after the last step all the same."""
    last = alert(level=3, urgency="hoa_toc")
    attesting.step(last)
    for number in range(2, 6):
        at = MONDAY + timedelta(minutes=10 * (number - 1))
        attesting.run(at)
        attesting.step(
            replace(last, number=number, event_id=event_id("n", str(number)), occurred_at=at, recorded_at=at)
        )

    assert [MONDAY + timedelta(minutes=15)] == [each.occurred_at for each in attesting.statements]


def test_a_ladder_without_its_last_step_ends_where_it_is_repeated(attesting: Attesting) -> None:
    """Nobody is there for step 4: step 3 is raised again, which only the last step is."""
    attesting.step(alert(level=3))
    attesting.run(END)
    assert [] == attesting.statements
    attesting.step(alert(END, level=3, number=2))
    attesting.run(END + timedelta(days=1))

    assert [3, 3] == [each["level"] for each in attesting.said_in(attesting.statements[0])["reminders"]]


def test_a_kill_makes_the_same_statement_again(attesting: Attesting) -> None:
    """Signed, and killed before it was settled: the same event, the same bytes, the same signature."""
    climb(attesting, *STEPS)
    while not attesting.statements:
        attesting.run(
            min(attesting.due.values()),
            settle=not min(attesting.due, key=lambda row: attesting.due[row]).startswith("record:"),
        )
    attesting.run(END)

    assert 2 == len(attesting.statements)
    assert attesting.statements[0] == attesting.statements[1]


def test_what_ends_below_the_end_is_not_attested(attesting: Attesting) -> None:
    """Received after the third step: no statement, and nothing is kept."""
    climb(attesting, *STEPS[:3])
    attesting.run(LAST)
    assert "thực phẩm" in alert().subject
    assert not any("thực phẩm" in row.decode("unicode_escape") for row in attesting.rows.values())
    attesting.step(over(LAST))
    attesting.run(END)

    assert [] == attesting.statements
    assert [f"offered:{ABOUT}"] == [row for row in attesting.rows if row.startswith(("record:", "offered:"))]
    attesting.step(transport(Milestone.RECEIVED, LAST))
    assert f"offered:{ABOUT}" not in attesting.rows


def test_a_receipt_after_the_end_is_said_too(attesting: Attesting) -> None:
    """Received between the last step and the statement: it was not done at the deadline, and was done then."""
    climb(attesting, *STEPS)
    attesting.step(transport(Milestone.RECEIVED, LAST + timedelta(minutes=1)))
    attesting.step(over(LAST + timedelta(minutes=1)))
    attesting.run(END)
    said = attesting.said_in(attesting.statements[0])

    assert {"at": (LAST + timedelta(minutes=1)).isoformat(), "by": "received"} == said["ended"]
    assert OFFERED.isoformat() == said["offered_at"]
    assert not any(row.startswith("record:") for row in attesting.rows)


def test_what_was_done_late_is_not_attested_as_undone(attesting: Attesting) -> None:
    """The axis' own ladder ends with its breach; this alert says that it was done, and late."""
    attesting.step(alert(level=1, debtor="H53.SO.001", why="received"))
    attesting.run(END)

    assert [] == attesting.statements


def test_what_was_done_in_time_after_all_is_not_attested(attesting: Attesting) -> None:
    """The receipt lay before the deadline and reached the log late: the statement would be untrue."""
    climb(attesting, *STEPS)
    attesting.step(over(LAST, why="received_in_time"))
    attesting.run(END)

    assert [] == attesting.statements


@pytest.mark.parametrize(
    ("urgency", "debtor", "last"),
    [("normal", "000.00.17.H53", 4), ("hoa_toc", "000.00.17.H53", 3), ("normal", "H53.SO.001", 1)],
)
def test_each_ladder_has_its_own_end(attesting: Attesting, urgency: str, debtor: str, last: int) -> None:
    """As `sla.yaml` has it for the urgency class and for what the axis owes."""
    for level in range(last + 1):
        assert [] == attesting.statements
        at = MONDAY + timedelta(minutes=level)
        attesting.step(alert(at, level=level, urgency=urgency, debtor=debtor, event_id=event_id("x", str(level))))
        attesting.run(at + timedelta(seconds=1))
    attesting.run(END)

    assert 1 == len(attesting.statements)


def test_without_a_key_nothing_is_kept(server: Controller, mailboxes: Mailboxes, port: int, tmp_path: Path) -> None:
    """The mails go out all the same."""
    assert server is not None
    desk = Attesting(port, tmp_path / "var", None)
    climb(desk, *STEPS)
    desk.run(END)
    desk.post.close()

    assert ([], 6) == (desk.statements, len(mailboxes.mails))
    assert not any(row.startswith(("record:", "offered:")) for row in desk.rows)


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_cannot_be_read_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    """Better than to find out at the first ladder's end."""
    file = tmp_path / "axis.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EnvironmentFaultError, match="LIENTHONG_AXIS_KEY"):
        Attestor.load(file)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_signature_is_cades_and_always_the_same(pki: Pki, kind: str) -> None:
    """RFC 5652 and EN 319 122-1: contents outside, digest, signing time and signing certificate under the signature; both kinds of keys."""
    attestor = Attestor(pki.axis if kind == "ec" else pki.seal("000.00.17.H53"))
    found = cms.ContentInfo.load(attestor.over(b"x", MONDAY))["content"]
    (signer,) = found["signer_infos"]

    assert attestor.over(b"x", MONDAY) == attestor.over(b"x", MONDAY) != attestor.over(b"y", MONDAY)
    assert None is found["encap_content_info"]["content"].native
    assert ["content_type", "message_digest", "signing_certificate_v2", "signing_time"] == sorted(
        each["type"].native for each in signer["signed_attrs"]
    )
    (moment,) = (each["values"][0].native for each in signer["signed_attrs"] if each["type"].native == "signing_time")
    assert MONDAY == moment
