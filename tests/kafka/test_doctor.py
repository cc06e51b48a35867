"""The doctor: every fault is named with its mend, and a healthy axis is called healthy."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from infra import examine
from infra.cli import cli
from infra.clock import set_clock
from infra.content import open_content
from infra.examine import Finding, everything
from infra.kafka import clients, provision
from infra.pki.folder import lay_out
from infra.settings import Settings
from schemas.codec import Encoded, encode
from schemas.events import ReferencePublished
from schemas.reference import KINDS, files_of, pack, version_of
from tests.reference_files import demo_files

MADE_AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def found(settings: Settings) -> dict[str, Finding]:
    """Return the findings by what was looked at."""
    return {each.check: each for each in everything(settings)}


def publish(settings: Settings, kinds: Iterable[str], files: Mapping[str, bytes]) -> None:
    """Announce snapshots as `reference publish` does."""
    producer = clients.producer(settings)
    for kind in kinds:
        encoded = announcement(settings, kind, files)
        producer.produce(
            settings.topic_prefix + encoded.topic, encoded.value, encoded.key, headers=list[Any](encoded.headers)
        )

    assert 0 == producer.flush(10)


def announcement(settings: Settings, kind: str, files: Mapping[str, bytes]) -> Encoded:
    """Store one snapshot and return the record that announces it."""
    packed = pack(files_of(kind, files))
    ref = open_content(settings).put([packed], "application/zip")
    event = ReferencePublished(
        event_id=str(uuid.uuid4()),
        occurred_at=MADE_AT,
        recorded_at=MADE_AT,
        kind=kind,
        version=version_of(packed),
        content=ref,
    )
    return encode(event, source="/lienthong/cli")


def test_a_healthy_axis_is_called_healthy(settings: Settings) -> None:
    """Topics made, every kind published, lists fresh by the axis' own (simulated) clock: all ok, the command exits 0."""
    provision.apply(settings)
    lay_out(settings.var / "pki", MADE_AT)
    made = {
        str(path.relative_to(settings.var / "pki")): path.read_bytes()
        for path in (settings.var / "pki").rglob("*")
        if path.is_file()
    }
    publish(settings, KINDS, {**demo_files(), **made})
    set_clock(settings.clock_file, "stepped", at=MADE_AT + timedelta(hours=1))
    environment = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
        "LIENTHONG_VAR": str(settings.var),
    }
    result = CliRunner().invoke(cli, ["doctor", "--json"], env=environment)
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert [] == [row for row in rows if not row["ok"]]
    assert 0 == result.exit_code
    assert ["check", "ok", "found", "mend"] == list(rows[0])
    assert "stepped, 2026-11-23T09:00:00+00:00" == next(row["found"] for row in rows if row["check"] == "clock")


def test_what_is_missing_is_named_with_its_mend(settings: Settings) -> None:
    """A bare broker: topics and reference data are missing; each finding that is not ok says what to do."""
    findings = found(settings)
    wrong = [each for each in findings.values() if not each.ok]

    assert f"topic {settings.topic_prefix}document.submitted" in {each.check for each in wrong}
    assert {f"reference {kind}" for kind in KINDS} <= {each.check for each in wrong}
    assert [] == [each for each in wrong if not each.mend]


def test_without_a_broker_the_ground_is_still_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead address: the broker is named as the fault, machine and clock are reported all the same."""
    monkeypatch.setattr(examine, "BROKER_SECONDS", 0.5)
    findings = found(settings.model_copy(update={"kafka_bootstrap": "127.0.0.1:1"}))

    assert not findings["broker"].ok
    assert {"python", "var", "disk", "java", "clock"} <= set(findings)


def test_a_snapshot_that_cannot_be_read_is_named(settings: Settings) -> None:
    """Announced, but the content store does not hold it."""
    provision.apply(settings)
    publish(settings, ["calendar"], demo_files())
    elsewhere = settings.model_copy(update={"content": str(settings.var / "elsewhere")})

    assert "ContentMissingError" in found(elsewhere)["reference calendar"].found
