"""`lienthong audit` on a real log: the fields of cli.md, exit codes, and the bytes that events refer to."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.content import DirectoryStore
from infra.kafka import clients, provision
from infra.kafka.tail import Record
from infra.settings import Settings
from schemas.topics import TOPICS
from tests.connectors import life as of
from tests.core.audit_life import clean, dead, on_the_log

FIELDS = {
    "ok", "submitted", "signed", "held", "refused", "dispatched", "received", "acknowledged", "alerts", "lost", "duplicate_effects",
    "unexplained", "dead_letters", "repeats", "seconds",
}  # fmt: skip


def run(settings: Settings, *words: str) -> Result:
    """Run the command line on the test's own axis."""
    environment = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
        "LIENTHONG_VAR": str(settings.var),
    }
    return CliRunner().invoke(cli, ["audit", *words], env=environment)


def answer(settings: Settings, *words: str) -> tuple[int, dict[str, Any]]:
    """Return exit code and the one JSON object."""
    said = run(settings, "--json", *words)
    return said.exit_code, json.loads(said.stdout)


def write(settings: Settings, records: Iterable[Record]) -> None:
    """Write records to the places they name."""
    producer = clients.producer(settings)
    for each in records:
        topic = settings.topic_prefix + each.topic
        producer.produce(topic, each.value, each.key, each.partition, headers=list(each.headers))
    assert 0 == producer.flush(30)


@pytest.fixture
def axis(settings: Settings) -> Settings:
    """Return an axis whose topics are there and empty."""
    provision.apply(settings, TOPICS)
    return settings


def test_a_clean_log_is_exit_0_with_every_field(axis: Settings) -> None:
    """Distinct events are counted, repeats beside them; a dead letter is counted by its reason."""
    records = list(on_the_log(clean().values()))
    refused = next(each for each in records if each.topic == "document.refused")
    write(axis, [*records, dead(refused, "register")])
    code, said = answer(axis, "--no-contents")

    assert (0, True, set()) == (code, said["ok"], FIELDS - said.keys())
    counted = {name: said[name] for name in ("submitted", "signed", "held", "refused", "dispatched", "received")}
    assert {"submitted": 7, "signed": 6, "held": 1, "refused": 5, "dispatched": 9, "received": 1} == counted
    assert (2, 2, 1, {"INTERNAL_ERROR": 1}) == (
        said["acknowledged"],
        said["alerts"],
        said["repeats"],
        said["dead_letters"],
    )


def test_what_is_lost_is_exit_1_with_what_to_do(axis: Settings) -> None:
    """A submission without a verdict is named with its place on the log; people read in Vietnamese what to do."""
    write(axis, on_the_log([of.submitted()]))
    code, said = answer(axis, "--no-contents")

    assert (1, False, 1) == (code, said["ok"], len(said["lost"]))
    assert "document.submitted/" in said["lost"][0]
    shown = run(axis, "--no-contents")
    assert 1 == shown.exit_code
    assert "Bảo toàn: SAI." in shown.stdout
    assert "lienthong dlq list" in shown.stdout
    assert answer(axis, "--no-contents", "--since", "2026-11-24T00:00:00+07:00")[1]["ok"]


def test_contents_must_be_there_and_be_themselves(axis: Settings) -> None:
    """Bytes that are missing are lost; other bytes under a SHA-256 are unexplained; the right ones are in order."""
    store = DirectoryStore(axis.content_folder)
    content = store.put([b"packet"], "application/octet-stream")
    passed = of.submitted(content=content)
    write(axis, on_the_log([passed, of.refused(sha256=content.sha256, causation_id=passed.event_id)]))
    assert (0, []) == (answer(axis)[0], answer(axis)[1]["lost"])

    file = store.path(content.sha256)
    file.chmod(0o600)
    file.write_bytes(b"planted")
    code, said = answer(axis)
    assert (1, [], 1) == (code, said["lost"], len(said["unexplained"]))
    assert "another hash" in said["unexplained"][0]

    file.unlink()
    code, said = answer(axis)
    assert (1, 1, []) == (code, len(said["lost"]), said["unexplained"])
    assert "not in the content store" in said["lost"][0]
