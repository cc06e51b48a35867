"""What Prometheus is told beside the work itself: where processes are, how old trust is, what the audit found, whether clocks were set."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import REGISTRY

from infra import metrics
from infra.audit import note
from infra.audit.law import Findings, judge
from infra.audit.reading import enter_all
from infra.cli import cli
from infra.clock import FileClock, Stepped, set_clock
from infra.freshness import Freshness
from infra.kafka import provision
from infra.pki import Pki
from infra.settings import Settings
from schemas.reference import Reference, files_of
from tests import axis
from tests.connectors import life
from tests.core import audit_life
from tests.core.audit_life import on_the_log

AT = datetime(2026, 11, 16, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock(tmp_path: Path) -> FileClock:
    """Return a clock that stands still."""
    set_clock(tmp_path / "clock.json", "stepped", at=AT)
    return FileClock(tmp_path / "clock.json")


@pytest.fixture
def trust(tmp_path: Path) -> Iterator[Reference]:
    """Yield a trust list and its revocation lists, a day old; afterwards nobody measures them any more."""
    pki = Pki.open(tmp_path / "pki", at=AT - DAY, agencies={})
    kinds = {}
    for kind, folder in (("trust", pki.trust), ("crl", pki.crl)):
        files = {
            f"{kind}/{each.relative_to(folder)}": each.read_bytes() for each in folder.rglob("*") if each.is_file()
        }
        kinds[kind] = files_of(kind, files)
    yield Reference.from_files(kinds)
    for gauge in (metrics.LIST_LEFT, metrics.ANCHOR_LEFT, metrics.REFERENCE_AGE):
        gauge.clear()


def shown(name: str, process: str) -> list[float]:
    """Return the values that a process shows under a name."""
    samples = [sample for family in REGISTRY.collect() for sample in family.samples if sample.name == name]
    return sorted(sample.value for sample in samples if sample.labels.get("process") == process)


def test_a_process_is_found_under_its_name(tmp_path: Path) -> None:
    """The note is what Prometheus reads as a target; a new start takes notes of processes down that do not run this time."""
    settings = Settings(var=tmp_path)
    port = metrics.serve_announced(settings, "router-7")
    target = tmp_path / "run" / "targets" / "router-7.json"

    assert [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": "router-7"}}] == json.loads(target.read_text())
    metrics.forget_announced(settings)
    assert [] == [*target.parent.iterdir(), *(tmp_path / "run").glob("*.metrics")]


def test_trust_ages_by_the_clock_of_the_axis(clock: FileClock, trust: Reference) -> None:
    """Each issuer's newest list and each anchor has so long to live as its certificate or list says, a day later a day less."""
    freshness = Freshness("verifier", clock)
    freshness.of_trust = True
    freshness.show("crl", trust.crl, since=AT - DAY)
    freshness.show("trust", trust.trust, since=AT - DAY)
    lists, anchors = (
        shown(f"lienthong_{what}_left_seconds", "verifier") for what in ("revocation_list", "trust_anchor")
    )
    clock.advance(AT + DAY)

    assert lists
    assert len(anchors) >= len(trust.trust.anchors if trust.trust else ())
    assert [left - 86_400 for left in lists] == shown("lienthong_revocation_list_left_seconds", "verifier")
    assert [left - 86_400 for left in anchors] == shown("lienthong_trust_anchor_left_seconds", "verifier")
    assert [2 * 86_400.0] * 2 == shown("lienthong_reference_age_seconds", "verifier")


def test_a_new_list_takes_the_place_of_the_old(clock: FileClock, trust: Reference, tmp_path: Path) -> None:
    """As many series as before, all of them younger."""
    freshness = Freshness("verifier", clock)
    freshness.of_trust = True
    freshness.show("crl", trust.crl, since=AT)
    before = shown("lienthong_revocation_list_left_seconds", "verifier")
    later = Pki.open(tmp_path / "pki", at=AT + 80 * DAY, agencies={}).crl
    files = {f"crl/{each.relative_to(later)}": each.read_bytes() for each in later.rglob("*") if each.is_file()}
    freshness.show("crl", Reference.from_files({"crl": files_of("crl", files)}).crl, since=AT)
    after = shown("lienthong_revocation_list_left_seconds", "verifier")

    assert len(before) == len(after)
    assert min(before) < min(after)


def test_only_who_judges_takes_trust_apart(clock: FileClock, trust: Reference) -> None:
    """The router shows that it knows the lists, not how long they last."""
    Freshness("router", clock).show("crl", trust.crl, since=AT)

    assert [0.0] == shown("lienthong_reference_age_seconds", "router")
    assert [] == shown("lienthong_revocation_list_left_seconds", "router")


def test_the_register_shows_what_the_last_audit_found(tmp_path: Path, clock: FileClock) -> None:
    """Nothing before the first audit; then how many of each kind, and how long ago."""
    settings = Settings(var=tmp_path)
    note.show(settings, "register-7", clock)
    before = shown("lienthong_audit_age_seconds", "register-7")
    note.leave(settings, Findings(lost=("a", "b"), duplicate_effects=(), unexplained=("c",)), AT)
    clock.advance(AT + DAY)
    note.show(settings, "register-7", clock)
    found = {what: REGISTRY.get_sample_value("lienthong_audit_findings", {"what": what}) for what in note.KINDS}

    assert ([], [86_400.0]) == (before, shown("lienthong_audit_age_seconds", "register-7"))
    assert {"lost": 2.0, "duplicate_effects": 0.0, "unexplained": 1.0} == found


@pytest.mark.parametrize(
    "written", ["", "{}", '{"at": "yesterday", "lost": 0, "duplicate_effects": 0, "unexplained": 0}']
)
def test_a_note_that_cannot_be_read_shows_nothing(written: str, tmp_path: Path, clock: FileClock) -> None:
    """Half a file, another form: the register goes on."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "audit.json").write_text(written)
    note.show(Settings(var=tmp_path), "register-8", clock)

    assert [] == shown("lienthong_audit_age_seconds", "register-8")


def test_a_clock_that_was_set_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour back: as much below zero; a clock that merely runs: nothing."""
    noticed, real = Stepped(), time.time
    ran = noticed.seconds()
    monkeypatch.setattr(time, "time", lambda: real() - 3_600)

    assert abs(ran) < 1
    assert abs(noticed.seconds() + 3_600) < 1


def test_what_is_under_way_is_not_lost() -> None:
    """A document without a verdict and a status without an answer, both of noon: lost an hour later, not while they are younger than asked for."""
    books = enter_all(on_the_log([life.submitted(), audit_life.status("03")]))
    handed_over = life.NOON + timedelta(hours=1)

    assert 2 == len(judge(books, settled_by=handed_over).lost)
    assert () == judge(books, settled_by=life.NOON - timedelta(minutes=1)).lost
    assert 2 == len(judge(books).lost)


def test_only_an_audit_of_everything_leaves_a_note(settings: Settings) -> None:
    """A part (`--since`, `--no-contents`) proves nothing of the whole; a whole one leaves its counts."""
    provision.apply(settings)
    left = settings.run_folder / "audit.json"
    for part in (["--no-contents"], ["--since", "2026-11-16T00:00:00+07:00"]):
        assert 0 == CliRunner().invoke(cli, ["audit", *part], env=axis.environment(settings)).exit_code
        assert not left.exists()
    said = CliRunner().invoke(cli, ["audit", "--under-way", "600"], env=axis.environment(settings))

    assert 0 == said.exit_code, said.output
    assert dict.fromkeys(note.KINDS, 0) == {kind: json.loads(left.read_text())[kind] for kind in note.KINDS}
