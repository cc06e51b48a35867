"""The foreign province on a running axis, driven by the command line alone, as its operator and its clerks would."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.clock import set_clock
from infra.kafka import provision
from infra.settings import Settings
from schemas.reference import KINDS, files_of
from tests import axis
from tests.demo_week import told
from tests.foreign import packets
from tests.foreign.conftest import NINE
from tests.foreign.house import ROOT_ID, House
from tests.foreign.paper import signed_paper

SECONDS = 90.0
CIRCULAR = f"{ROOT_ID},{packets.DAY},101/VP"
RECIPIENTS = (
    "000.00.02.H71", "H71.04", "05.H71", "000.01.61.H71", "000.00.11.H71", "H71.PH.063", "H71.XA.062", "000.00.00.G22",
    "000.00.09.H71", "000.00.67.H71", "000.01.10.H71",
)  # fmt: skip

pytestmark = [pytest.mark.kafka, pytest.mark.alone, pytest.mark.timeout(4 * SECONDS)]


@dataclass
class Desk:
    """Somebody at the axis' command line, with packets to write."""

    settings: Settings
    house: House
    folder: Path

    def ask(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        """Run a command; return its exit code and its answers."""
        command = [sys.executable, "-m", "infra", *words, "--json"]
        done = subprocess.run(command, env=told(self.settings), capture_output=True, timeout=SECONDS, check=False)
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def send(self, name: str, content: bytes) -> dict[str, Any]:
        """Hand a packet over and wait for what becomes of it."""
        path = self.folder / f"{name}.edxml"
        path.write_bytes(content)
        code, answers = self.ask("submit", str(path), "--wait")
        assert answers, code
        return answers[0]

    def document(self, number: str, recipients: tuple[str, ...], **more: Any) -> dict[str, Any]:
        """Send a document of the province."""
        paper = signed_paper(self.house, ROOT_ID, number)
        return self.send(number, packets.document(ROOT_ID, recipients, number, paper, **more))

    def say(self, *statuses: tuple[str, str, str]) -> None:
        """Hand statuses about the circular over, one after the other: code, who says it, to whom."""
        paths = [self.folder / f"status-{number}.edxml" for number in range(len(statuses))]
        for path, each in zip(paths, statuses, strict=True):
            path.write_bytes(packets.status(*each, CIRCULAR))
        assert [True] * len(paths) == [each["accepted"] for each in self.ask("submit", *map(str, paths))[1]]

    def story(self, about: str = CIRCULAR) -> dict[str, Any]:
        """Return a document's story."""
        return self.ask("status", about)[1][0]

    def labels(self, about: str = CIRCULAR) -> dict[str, str]:
        """Return organ_id -> label."""
        return {each["organ_id"]: each["label"] for each in self.story(about)["deliveries"]}


@pytest.fixture
def desk(settings: Settings, house: House, tmp_path: Path) -> Iterator[Desk]:
    """Start an axis with the province's data in force; nothing of it is left."""
    provision.apply(settings)
    set_clock(settings.clock_file, "stepped", at=NINE)
    files = {
        str(each.relative_to(house.folder)): each.read_bytes() for each in house.folder.rglob("*") if each.is_file()
    }
    axis.publish_files(settings, {kind: files_of(kind, files) for kind in KINDS})
    packets_folder = tmp_path / "packets"
    packets_folder.mkdir()
    with (tmp_path / "up.log").open("wb") as said:
        up = subprocess.Popen(
            [sys.executable, "-m", "infra", "up"], env=told(settings), stdout=said, stderr=said, start_new_session=True
        )
        try:
            until(lambda: (settings.var / "register.sqlite").exists() and (settings.var / "intake").exists())
            yield Desk(settings, house, packets_folder)
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(30)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what the processes do."""
    axis.until(holds, seconds=SECONDS)


def test_a_circular_and_what_is_said_of_it_over_a_merger(desk: Desk) -> None:
    """Good and bad recipients side by side, statuses of old codes, of nobody, unasked and contradicting; a recall; the audit is clean."""
    sent = desk.document("101", RECIPIENTS, prefix="q", backwards=True, priority=2)
    assert {
        "000.00.02.H71", "000.00.04.H71", "H71.XA.061", "000.00.11.H71", "H71.PH.063", "H71.XA.062", "000.00.00.G22",
    } == {each["organ_id"] for each in sent["deliveries"]}  # fmt: skip
    assert {
        "000.00.09.H71": "RECIPIENT_CLOSED",
        "000.00.67.H71": "RECIPIENT_AMBIGUOUS",
        "000.01.10.H71": "ROUTE_NOT_ALLOWED",
    } == {each["addressed"]: each["code"] for each in sent["refusals"]}
    assert "SAME_ID_OTHER_BYTES" == desk.document("101", RECIPIENTS, priority=3)["refusal"]["code"]

    desk.say(
        ("01", "000.01.61.H71", ROOT_ID),
        ("03", "000.02.61.H71", ROOT_ID),  # another commune that became the same
        ("06", "05.H71", ROOT_ID),
        ("03", "H71.04", ROOT_ID),  # late
        ("15", "000.00.02.H71", ROOT_ID),  # nobody asked
        ("13", ROOT_ID, "000.00.11.H71"),
        ("15", "000.00.11.H71", ROOT_ID),
        ("13", ROOT_ID, "H71.PH.063"),
        ("16", "H71.PH.063", ROOT_ID),
        ("15", "H71.PH.063", ROOT_ID),
        ("03", "000.00.10.H71", ROOT_ID),  # got nothing
    )
    labels = {
        "000.00.02.H71": "received", "000.00.04.H71": "06", "H71.XA.061": "03", "000.00.11.H71": "recalled",
        "H71.PH.063": "contested", "H71.XA.062": "offered", "000.00.00.G22": "offered",
    }  # fmt: skip
    until(lambda: labels == desk.labels())
    until(lambda: [("H71.PH.063", "contested", "FIRING")] == contests(desk.story()))
    refused = [each for each in desk.story()["timeline"] if each["event"] == "DocumentRefused" and each["who"] != ""]
    assert any("STATUS_NOT_ENTITLED" in each["why"] for each in refused)

    business = "<BussinessDocType>1</BussinessDocType><BussinessDocReason>Sai nội dung</BussinessDocReason>"
    desk.document("101", ("H71.XA.062",), business=business)
    until(lambda: "recalled" == desk.labels()["H71.XA.062"])

    assert {"000.00.02.H71"} == {each["debtor"] for each in owed(desk, "000.00.02.H71")}
    code, found = desk.ask("redrive", "--where", f"document={CIRCULAR}", "--dry-run")
    assert (0, [[], []]) == (code, [each["would_send"] for each in found])  # the circular, and other bytes under its id
    old_codes(desk)
    until(lambda: desk.ask("audit")[0] == 0)


def old_codes(desk: Desk) -> None:
    """Ask `inbox` and `owes` by codes that ended; an empty answer about a mistyped one would be a false one."""
    assert ["H71.XA.061"] == [each["delivery_id"].split("-")[1] for each in desk.ask("owes", "000.00.61.H71")[1]]
    assert (0, []) == desk.ask("inbox", "H71.61")  # 03 was said: it waits no more
    assert (0, []) == desk.ask("owes", "000.00.09.H71")
    assert (2, []) == desk.ask("owes", "000.00.99.H71")
    assert (2, []) == desk.ask("inbox", "000.00.99.H71")


def contests(story: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the alerts that statuses contradict each other."""
    return [
        (each["organ_id"], alert["kind"], alert["state"])
        for each in story["deliveries"]
        for alert in each["alerts"]
        if alert["kind"] == "contested"
    ]


def owed(desk: Desk, organ_id: str) -> list[dict[str, Any]]:
    """Return the open duties of one delivery of the circular."""
    every = {each["organ_id"]: each["deadlines"] for each in desk.story()["deliveries"]}
    return [each for each in every[organ_id] if each["open"]]
