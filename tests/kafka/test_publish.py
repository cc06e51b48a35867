"""Publishing on the real broker: what is announced is whole, stored and read by every process; what has faults is never announced."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.clock import open_clock, set_clock
from infra.content import open_content
from infra.demo.province import REFERENCE
from infra.kafka import provision
from infra.kafka.provision import ProvisionError
from infra.publish import NotPublishedError, publish, publish_all
from infra.published import announced
from infra.reference import Follower
from infra.settings import Settings, environment
from schemas.reference import KINDS, Reference, UnsoundReferenceError
from tests import axis
from tests.reference_files import MADE_LATER

PROVINCE = dict.fromkeys((kind for kind in KINDS if kind not in MADE_LATER), REFERENCE)


@pytest.fixture
def opened(settings: Settings) -> Settings:
    """Return an axis with its topics, at nine o'clock, where nothing was ever published."""
    provision.apply(settings)
    set_clock(settings.clock_file, "stepped", at=axis.MORNING)
    return settings


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Return the province's data with one row whose parent nobody knows."""
    folder = tmp_path / "bad"
    shutil.copytree(REFERENCE, folder)
    with (folder / "agencies.csv").open("a", encoding="utf-8") as rows:
        rows.write("000.00.97.H53,H53.97,Sở Thử,000.00.99.G99,department,2026-01-01,,,office-0730\n")
    return folder


def in_force(settings: Settings) -> Reference:
    """Read what every process reads when it starts."""
    follower = Follower(settings, open_content(settings))
    follower.start()
    follower.stop()
    return follower.current()


def run(settings: Settings, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as people do."""
    command = [sys.executable, "-m", "infra", *map(str, words)]
    told = environment() | axis.environment(settings)
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_published_is_in_force(opened: Settings) -> None:
    """One event by the kind as key, at the axis' time; its pack lies in the store under the version, and a process reads it."""
    event = publish(opened, "calendar", REFERENCE, by="văn thư trục")

    assert ("calendar", event.version, axis.MORNING) == (event.key, event.content.sha256, event.occurred_at)
    assert "văn thư trục" == announced(opened)["calendar"].published_by
    reference = in_force(opened)
    assert {"calendar": event.version} == reference.versions
    assert reference.calendar is not None


def test_many_kinds_are_published_together(opened: Settings) -> None:
    """All kinds of the province with one producer; the bundle is what the files make."""
    events = publish_all(opened, PROVINCE, clock=open_clock(opened))

    assert list(PROVINCE) == [event.kind for event in events]
    assert {event.kind: event.version for event in events} == in_force(opened).versions


def test_the_newest_is_in_force(opened: Settings, tmp_path: Path) -> None:
    """A second snapshot replaces the first; the first can still be loaded, for what was decided by it."""
    first = publish(opened, "secrecy", REFERENCE / "secrecy.yaml")
    changed = tmp_path / "any name.yaml"
    changed.write_text(
        (REFERENCE / "secrecy.yaml").read_text(encoding="utf-8") + "\n# một dòng nữa\n", encoding="utf-8"
    )
    second = publish(opened, "secrecy", changed)

    assert first.version != second.version
    assert second.version == in_force(opened).versions["secrecy"]
    follower = Follower(opened, open_content(opened))
    assert follower.load({"secrecy": first.version}).secrecy is not None


def test_a_bad_snapshot_is_never_announced(opened: Settings, bad: Path) -> None:
    """Alone or among good ones: every fault with its line, and nothing on the topic."""
    with pytest.raises(UnsoundReferenceError) as caught:
        publish(opened, "directory", bad)
    assert [("agencies.csv", "PARENT_UNKNOWN")] == [(each.file, each.code) for each in caught.value.faults]

    with pytest.raises(UnsoundReferenceError):
        publish_all(opened, PROVINCE | {"directory": bad})

    assert {} == announced(opened)


def test_without_its_topic_nothing_is_stored(settings: Settings) -> None:
    """The broker knows no topic of ours: what to do is said at once, not after the producer's patience."""
    with pytest.raises(ProvisionError, match="reference: missing"):
        publish(settings, "calendar", REFERENCE)

    assert not settings.content_folder.exists()


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [("calendar", "nothing", "no files of calendar"), ("trust", "note.txt", "no file of trust")],
)
def test_a_path_that_holds_nothing_is_named(settings: Settings, tmp_path: Path, kind: str, name: str, why: str) -> None:
    """A folder without the kind's files, a file that belongs to no kind: said in words, before the broker is asked."""
    path = tmp_path / name
    if name == "nothing":
        path.mkdir()
    else:
        path.write_text("?")

    with pytest.raises(NotPublishedError, match=why):
        publish(settings, kind, path)


def test_the_command_publishes_and_shows(opened: Settings, bad: Path) -> None:
    """`publish` says kind, version, valid_from; `show` says the same; a bad snapshot is exit 1 with its line, and changes nothing."""
    said = run(opened, "reference", "publish", "directory", REFERENCE, "--by", "T. Bình", "--json")
    refused = run(opened, "reference", "publish", "directory", bad, "--json")
    shown = run(opened, "reference", "show", "directory", "--json")
    never = run(opened, "reference", "show", "sla", "--json")

    assert [0, 1, 0, 1] == [each.returncode for each in (said, refused, shown, never)]
    answer = json.loads(said.stdout)
    assert {"kind": "directory", "valid_from": axis.MORNING.isoformat()}.items() <= answer.items()
    assert answer | {"published_by": "T. Bình"} == json.loads(shown.stdout)
    [fault] = json.loads(refused.stdout)["errors"]
    lines = (bad / "agencies.csv").read_text(encoding="utf-8").splitlines()
    assert ("agencies.csv", len(lines), "parent", "PARENT_UNKNOWN") == (
        fault["file"], fault["line"], fault["column"], fault["code"],
    )  # fmt: skip
    assert ("", True) == (never.stdout, "reference publish sla" in never.stderr)


def test_route_reads_what_is_published(opened: Settings) -> None:
    """One line on stdout and nothing else, decided by the directory that is in force; without any, exit 2 says what to do."""
    packet = Path(__file__).resolve().parent.parent / "samples" / "document.edxml"
    before = run(opened, "route", packet, "--json")
    events = publish_all(opened, PROVINCE)
    after = run(opened, "route", packet, "--json")

    assert (2, "", True) == (before.returncode, before.stdout, "reference publish" in before.stderr)
    versions = {event.kind: event.version for event in events}
    assert (0, versions["directory"]) == (after.returncode, json.loads(after.stdout)["directory_version"])
