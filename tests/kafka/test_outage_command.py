"""`lienthong outage` on the real broker: what an agency announces stands in the calendar in force, and nothing else of it changes."""

import json
import subprocess
import sys
from datetime import datetime

import pytest

from infra.clock import set_clock
from infra.content import open_content
from infra.demo.province import REFERENCE
from infra.kafka import provision
from infra.publish import publish_all
from infra.published import announced
from infra.settings import Settings, environment
from schemas.reference import unpack
from tests import axis

WORDS = ("--to", "2026-11-23T15:00:00+07:00", "--reason", "Mất điện", "--by", "Trần Thị Bình", "--json")
KINDS = ("directory", "sla", "calendar")


@pytest.fixture
def opened(settings: Settings) -> Settings:
    """Return an axis with its topics at nine o'clock."""
    provision.apply(settings)
    set_clock(settings.clock_file, "stepped", at=axis.MORNING)
    return settings


def run(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as people do."""
    told = environment() | axis.environment(settings)
    command = [sys.executable, "-m", "infra", "outage", *words]
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=60, check=False)


def test_an_outage_is_announced_from_now_on(opened: Settings) -> None:
    """By any code of the agency; a second one joins the first; who announced it stands at the snapshot."""
    publish_all(opened, dict.fromkeys(KINDS, REFERENCE))
    first = run(opened, "H53.17", *WORDS)
    second = run(
        opened,
        "000.00.05.H53",
        "--from",
        "2026-11-24T08:00:00+07:00",
        *WORDS[:1],
        "2026-11-24T09:00:00+07:00",
        *WORDS[2:],
    )
    said = json.loads(first.stdout)
    event = announced(opened)["calendar"]
    text = unpack(open_content(opened).read(event.content.sha256))["calendar.yaml"].decode()

    assert (0, 0) == (first.returncode, second.returncode), first.stderr + second.stderr
    assert ("000.00.17.H53", []) == (said["agency"], said["clocks"])
    assert axis.MORNING == datetime.fromisoformat(said["from"])
    assert ("Trần Thị Bình", json.loads(second.stdout)["version"]) == (event.published_by, event.version)
    assert text.startswith((REFERENCE / "calendar.yaml").read_text(encoding="utf-8"))
    assert ["000.00.05.H53", "000.00.17.H53"] == sorted(
        line.partition("agency: ")[2][:13] for line in text.splitlines() if "{agency: " in line
    )


@pytest.mark.parametrize(
    ("published", "words", "exit_code", "says"),
    [
        (KINDS, ("H53.SO.999", *WORDS), 1, "H53.SO.999"),
        (KINDS, ("000.00.17.H53", "--from", "2026-11-23T15:00:00+07:00", *WORDS), 2, "ends before it begins"),
        (("directory", "sla"), ("000.00.17.H53", *WORDS), 2, "no calendar was published"),
    ],
)
def test_what_cannot_be_announced_is_told(
    opened: Settings, published: tuple[str, ...], words: tuple[str, ...], exit_code: int, says: str
) -> None:
    """With what to do and without a trace; nothing new is in force."""
    publish_all(opened, dict.fromkeys(published, REFERENCE))
    before = announced(opened)
    found = run(opened, *words)

    assert (exit_code, True) == (found.returncode, says in found.stderr)
    assert "Traceback" not in found.stderr
    assert before == announced(opened)
