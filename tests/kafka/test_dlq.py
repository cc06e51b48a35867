"""Dead letters for people: all are listed, whatever their headers, and shown as they came."""

import base64
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.kafka import clients, provision
from infra.kafka.dead_letters import dead_letter
from infra.kafka.tail import Record
from infra.settings import Settings
from schemas.reasons import sentence_vi
from schemas.topics import BY_NAME, DEAD_LETTER

SAID = {
    "topic": "document.signed",
    "partition": "3",
    "offset": "17",
    "stage": "router",
    "reason": "NOT_FRAMED",
    "message": "4 bytes",
    "timestamp": "2026-11-23T08:00:00+07:00",
}


def headers(**changed: str) -> list[Any]:
    """Return a dead letter's headers after one of the original ones."""
    return [("ce_id", b"1"), *((f"__dlq.errors.{name}", value.encode()) for name, value in (SAID | changed).items())]


def record(*said: tuple[str, bytes]) -> Record:
    """Return a dead letter as it lies on the log."""
    return Record(topic=DEAD_LETTER, partition=1, offset=2, key=b"key", value=b"\x00\xffno", headers=said)


def run(settings: Settings, *words: str) -> Result:
    """Run the command line on the test's own axis."""
    environment = {"KAFKA_BOOTSTRAP": settings.kafka_bootstrap, "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix}
    return CliRunner().invoke(cli, words, env=environment)


def test_a_dead_letter_says_where_and_why() -> None:
    """Its own place is its id; topic, partition and offset are those of the message as it was first read."""
    letter = dead_letter(record(*headers()))

    assert ("dead-letter-1-2", "document.signed", 3, 17) == (letter.id, letter.topic, letter.partition, letter.offset)
    assert ("router", "NOT_FRAMED") == (letter.stage, letter.reason)
    assert sentence_vi("NOT_FRAMED", detail="4 bytes") == letter.sentence
    assert letter.at is not None
    assert "2026-11-23T08:00:00+07:00" == letter.at.isoformat()


def test_milliseconds_are_a_time_as_well() -> None:
    """Brokers and other tools write epoch milliseconds."""
    letter = dead_letter(record(*headers(timestamp="1795395600000")))

    assert letter.at is not None
    assert "2026-11-23T01:00:00+00:00" == letter.at.isoformat()


@pytest.mark.parametrize(
    "said",
    [[], headers(partition="x", offset="-5", timestamp="yesterday", reason="?"), [("__dlq.errors.topic", b"\xff")]],
)
def test_a_letter_with_broken_headers_is_listed_all_the_same(said: list[tuple[str, bytes]]) -> None:
    """What cannot be read stays empty; nothing raises."""
    letter = dead_letter(record(*said))

    assert ("dead-letter-1-2", -1, -1, None) == (letter.id, letter.partition, letter.offset, letter.at)


def test_list_and_show(settings: Settings) -> None:
    """Two dead letters: list names both, a reason picks one, show gives the original bytes back; an unknown id is exit 1."""
    provision.apply(settings, [BY_NAME[DEAD_LETTER], BY_NAME["operator.acted"]])
    producer = clients.producer(settings)
    for offset, reason in (("17", "NOT_FRAMED"), ("18", "STEP_FAILED")):
        said = headers(reason=reason, offset=offset)
        producer.produce(settings.topic_prefix + DEAD_LETTER, b"\x00\xff", b"key", headers=said)

    assert 0 == producer.flush(10)

    listed = [json.loads(line) for line in run(settings, "dlq", "list", "--json").stdout.splitlines()]
    chosen = run(settings, "dlq", "list", "--reason", "STEP_FAILED", "--json").stdout.splitlines()

    assert ["NOT_FRAMED", "STEP_FAILED"] == [row["reason"] for row in listed]
    assert ["id", "topic", "partition", "offset", "stage", "reason", "sentence", "at"] == list(listed[0])[:8]
    assert [listed[1]] == [json.loads(line) for line in chosen]

    shown = json.loads(run(settings, "dlq", "show", listed[0]["id"], "--json").stdout)

    assert (b"\x00\xff", "key", "1") == (base64.b64decode(shown["value"]), shown["key"], shown["headers"]["ce_id"])
    assert 1 == run(settings, "dlq", "show", "dead-letter-0-999").exit_code
