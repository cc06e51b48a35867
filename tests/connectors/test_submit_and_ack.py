"""`lienthong submit` and `lienthong ack`: by the same doors as everybody, with the fields and exit codes of cli.md."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.register import tables
from connectors.register.projection import project
from infra.cli import cli
from infra.settings import Settings
from infra.state.database import open_database, writing
from schemas.events import ContentRef, Event, StatusSubmitted
from schemas.ids import delivery_id, document_key, event_id
from tests.axis import environment, open_axis, until
from tests.connectors import life
from tests.connectors.doorway import ROOT, at_endpoint, at_hand, process
from tests.connectors.packets import COMMUNE, HEALTH, PROVINCE, document, document_id

PACKET = document(recipients=(HEALTH, COMMUNE, life.NOBODY))
SHA256 = hashlib.sha256(PACKET).hexdigest()
KEY = document_key(PROVINCE, document_id())
CONTENT = ContentRef(sha256=SHA256, size=len(PACKET), media_type="application/octet-stream")
DELIVERY = delivery_id(KEY, HEALTH)
SAME = {"document_key": KEY, "content": CONTENT}


def dispatched(recipient: str) -> Event:
    """Return the dispatch of the packet to one recipient."""
    own = {"delivery_id": delivery_id(KEY, recipient), "document_id": document_id()}
    return life.dispatched(recipient, **SAME, **own)


SUBMITTED = life.submitted(**SAME)
OUTCOMES = [
    life.signed(**SAME),
    dispatched(HEALTH),
    dispatched(COMMUNE),
    life.refused(
        "RECIPIENT_UNKNOWN", subject=f"{KEY}-{life.NOBODY}", addressed=life.NOBODY, document_key=KEY, sha256=SHA256
    ),
]


@pytest.fixture
def axis(settings: Settings) -> Iterator[Settings]:
    """Yield the settings of an axis whose intake runs, with an empty register."""
    open_axis(settings, kinds=("directory", "secrecy", "routes"))
    at_endpoint(settings, "h53-17").door.folder.mkdir(parents=True)
    tell(settings, [])
    with process(settings) as running:
        until(lambda: (settings.run_folder / "intake.progress").exists() or running.poll() is not None)
        yield settings


def tell(settings: Settings, events: Iterable[Event]) -> None:
    """Write into the register what the axis would."""
    engine = open_database(settings.register_url, tables.METADATA)
    with writing(engine) as connection:
        project(connection, list(life.on_topics(events)))
    engine.dispose()


def run(settings: Settings, *words: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words], env=environment(settings))


def lienthong(settings: Settings, *words: str) -> tuple[int, str]:
    """Run the command as a user does; return exit code and stdout."""
    given = {**os.environ, **environment(settings)}
    ended = subprocess.run(
        [sys.executable, "-m", "infra", *words], cwd=ROOT, env=given, capture_output=True, check=False
    )
    return ended.returncode, ended.stdout.decode()


def answers(stdout: str) -> list[dict[str, Any]]:
    """Return what was printed for scripts."""
    return [json.loads(line) for line in stdout.splitlines()]


def file(tmp_path: Path, name: str, content: bytes) -> Path:
    """Return a file of the user's."""
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_each_file_gets_its_answer(axis: Settings, tmp_path: Path) -> None:
    """A good packet and rubbish: two lines, exit 1 for the second's sake; the user's files stay where they are."""
    files = [file(tmp_path, "good packet", PACKET), file(tmp_path, "bad.edxml", b"rubbish")]
    result = run(axis, "submit", *files, "--json")
    good, bad = answers(result.stdout)

    assert 1 == result.exit_code
    assert (str(files[0]), document_id(), SHA256, True, None) == tuple(
        good[name] for name in ("file", "document_id", "digest", "accepted", "refusal")
    )
    assert (str(files[1]), False, "NOT_EDXML") == (bad["file"], bad["accepted"], bad["refusal"]["code"])
    assert "folder:intake" == good["submitted_by"]
    assert all(each.exists() for each in files)
    assert 0 == run(axis, "submit", files[0]).exit_code
    assert 3 == len(at_hand(axis).receipts())


def test_without_an_intake_nothing_is_handed_over(settings: Settings, tmp_path: Path) -> None:
    """Exit 2 with what to do; no file lies in a folder into which nobody looks."""
    result = run(settings, "submit", file(tmp_path, "a.edxml", PACKET))

    assert 2 == result.exit_code
    assert "lienthong up" in result.stderr
    assert not settings.intake_folder.exists()


def test_wait_ends_when_each_recipient_has_an_outcome(axis: Settings, tmp_path: Path) -> None:
    """Two deliveries and a recipient that nobody knows: all three are told, and the exit code is that of the document."""
    doorway = at_hand(axis)

    def go_on() -> None:
        until(lambda: bool(doorway.receipts()))
        for event in [SUBMITTED, *OUTCOMES]:
            tell(axis, [event])

    others = threading.Thread(target=go_on)
    others.start()
    result = run(axis, "submit", file(tmp_path, "a.edxml", PACKET), "--wait", "--json")
    others.join()
    (answer,) = answers(result.stdout)

    assert (0, True, "dispatched") == (result.exit_code, answer["settled"], answer["state"])
    assert {HEALTH, COMMUNE} == {each["organ_id"] for each in answer["deliveries"]}
    assert ["RECIPIENT_UNKNOWN"] == [each["code"] for each in answer["refusals"]]


@pytest.mark.parametrize(
    ("events", "code", "state", "settled"),
    [
        ([], 2, None, False),
        ([SUBMITTED], 2, "submitted", False),
        ([SUBMITTED, *OUTCOMES[:3]], 2, "dispatched", False),
        ([SUBMITTED, life.held(**SAME)], 0, "held", True),
        ([SUBMITTED, life.refused(document_key=KEY, sha256=SHA256)], 1, "refused", True),
    ],
)
def test_wait_says_how_far_it_is(
    axis: Settings, tmp_path: Path, events: list[Event], code: int, state: str | None, *, settled: bool
) -> None:
    """Nothing known, no verdict, an outcome missing: exit 2 after the time; held ends the wait; refused is a no."""
    tell(axis, events)
    result = run(axis, "submit", file(tmp_path, "a.edxml", PACKET), "--wait", "--timeout", "5", "--json")
    (answer,) = answers(result.stdout)

    assert (code, state, settled) == (result.exit_code, answer.get("state"), answer["settled"])


@pytest.mark.parametrize(
    ("code", "address", "said_by", "addressed_to"),
    [
        ("03", "h53-17", HEALTH, PROVINCE),
        ("02", "h53-17", HEALTH, PROVINCE),
        ("13", "h53", PROVINCE, HEALTH),
        ("11", "h53-17", HEALTH, PROVINCE),
    ],
)
def test_a_status_takes_the_door_of_who_says_it(
    axis: Settings, code: str, address: str, said_by: str, addressed_to: str
) -> None:
    """The recipient through its own system, the sender for 13; the event is on the log under the document's key."""
    tell(axis, [SUBMITTED, *OUTCOMES])
    words = ("ack", DELIVERY, code, "--by", "Trần Thị Bình", "--reason", "Gửi nhầm", "--json")
    exit_code, stdout = lienthong(axis, *words)
    (answer,) = answers(stdout)
    event = at_endpoint(axis, address).event()

    assert 0 == exit_code
    assert isinstance(event, StatusSubmitted)
    assert (KEY, code, "Gửi nhầm") == (event.document_key, event.code, event.reason)
    assert (f"folder:{address}", said_by, addressed_to) == (event.submitted_by, event.said_by, event.addressed_to)
    assert (event.event_id, DELIVERY, True) == (answer["event_id"], answer["delivery_id"], answer["accepted"])


@pytest.mark.parametrize(
    ("words", "exit_code", "says"),
    [
        (("ack", "rubbish", "03", "--by", "A"), 2, "no delivery id"),
        (("ack", delivery_id(KEY, COMMUNE), "03", "--by", "A"), 1, "không có lượt gửi"),
        (("ack", DELIVERY, "02", "--by", "A"), 2, "needs a reason"),
        (("ack", DELIVERY, "13", "--by", "A", "--reason", " "), 2, "needs a reason"),
        (("ack", DELIVERY, "11", "--by", "A"), 2, "needs a reason"),
        (("ack", DELIVERY, "99", "--by", "A"), 2, "99"),
        (("ack", DELIVERY, "03"), 2, "--by"),
        (("ack", DELIVERY, "03", "--by", "A"), 2, "intake"),
    ],
)
def test_what_cannot_be_said_is_told(settings: Settings, words: tuple[str, ...], exit_code: int, says: str) -> None:
    """Not an id, no such delivery, no reason where one is due, no such code, nobody's name, no axis."""
    tell(settings, [SUBMITTED, dispatched(HEALTH)])
    result = run(settings, *words)

    assert exit_code == result.exit_code
    assert says in result.stderr


def test_a_refused_document_says_why(axis: Settings, tmp_path: Path) -> None:
    """Code, a sentence in Vietnamese and who must act, for scripts and for people."""
    tell(axis, [SUBMITTED, life.refused(document_key=KEY, sha256=SHA256)])
    packet = file(tmp_path, "a.edxml", PACKET)
    (answer,) = answers(run(axis, "submit", packet, "--wait", "--json").stdout)
    said = run(axis, "submit", packet, "--wait").stdout

    assert ("CHANGED_AFTER_SIGNING", "sender") == (answer["refusal"]["code"], answer["refusal"]["who_must_act"])
    assert answer["refusal"]["sentence_vi"] in said
    assert "Văn bản bị từ chối." == answer["refusal"]["sentence_vi"]  # in the words of whoever refused it


def test_a_document_that_reaches_nobody_is_a_no(axis: Settings, tmp_path: Path) -> None:
    """Signed, and each recipient refused: it waits for nothing any more."""
    nobody = [
        life.refused(
            "RECIPIENT_UNKNOWN",
            event_id=event_id("nobody", code),
            subject=f"{KEY}-{code}",
            addressed=code,
            document_key=KEY,
            sha256=SHA256,
        )
        for code in (HEALTH, COMMUNE, life.NOBODY)
    ]
    tell(axis, [SUBMITTED, OUTCOMES[0], *nobody])
    result = run(axis, "submit", file(tmp_path, "a.edxml", PACKET), "--wait", "--json")
    (answer,) = answers(result.stdout)

    assert (1, "not_delivered", 3) == (result.exit_code, answer["state"], len(answer["refusals"]))
