"""Dead letters put back: the same bytes at the same partition, taken by who could not, dropped by who had; what fails again is the same."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from infra.kafka import clients, provision
from infra.kafka.tail import Record, read_all
from infra.settings import Settings
from schemas.events import OperatorActed
from schemas.topics import BY_NAME, DEAD_LETTER
from tests import axis
from tests.connectors import life
from tests.kafka.stages import Remembering, caught_up, deciding, lienthong, rows, running
from tests.shell.cores import RECEIVED, received

WHO = ("--by", "Nguyễn Văn A", "--why", "đã sửa lỗi")
ACTED = "operator.acted"


def topics(settings: Settings) -> Settings:
    """Make the topics that are needed here."""
    provision.apply(settings, [BY_NAME[name] for name in (RECEIVED, DEAD_LETTER, ACTED)])
    return settings.model_copy(update={"tick_seconds": 0.2, "session_timeout": 6.0})


def put(settings: Settings, key: bytes | None, value: bytes | None, partition: int) -> None:
    """Write bytes to a partition, whatever their key says."""
    producer = clients.producer(settings)
    producer.produce(settings.topic_prefix + RECEIVED, value, key, partition, headers=[("ce_id", b"odd"), ("x", None)])
    assert 0 == producer.flush(30)


def on(settings: Settings, topic: str) -> list[Record]:
    """Return what lies on a topic, partition by partition."""
    return sorted(read_all(settings, [topic]), key=lambda each: (each.partition, each.offset))


def acts(settings: Settings) -> list[OperatorActed]:
    """Return the operators' acts in the order in which they were written."""
    found = [each for each in axis.events(settings, ACTED) if isinstance(each, OperatorActed)]
    return sorted(found, key=lambda each: each.occurred_at)


def listed(settings: Settings, *words: str) -> list[dict[str, Any]]:
    """Return what `dlq list` says."""
    return rows(lienthong(settings, "dlq", "list", "--json", *words))


def coordinates(row: dict[str, Any]) -> tuple[str, int, int]:
    """Return where a dead letter's record first lay."""
    return row["topic"], row["partition"], row["offset"]


async def test_a_replay_is_the_same_record_and_a_second_failure_the_same_letter(
    settings: Settings, tmp_path: Path
) -> None:
    """Three receipts; `late` breaks on the second, `early` takes all. Replayed, failed again, mended, replayed: taken once."""
    own = topics(settings)
    events = [received("d1", number) for number in range(3)]
    axis.write(own, events)
    bad = events[1].event_id
    late, early = Remembering({bad}), Remembering()
    async with (
        running(own, deciding(own, tmp_path, "late", late), RECEIVED) as one,
        running(own, deciding(own, tmp_path, "early", early), RECEIVED) as two,
    ):
        await caught_up(own, one, two)
        (first,) = listed(own)
        original = next(each for each in on(own, RECEIVED) if ("ce_id", bad.encode()) in each.headers)
        assert ("late", "INTERNAL_ERROR", "open", 1) == (
            first["stage"],
            first["reason"],
            first["state"],
            first["tries"],
        )
        assert (original.topic, original.partition, original.offset) == coordinates(first)

        (tried,) = rows(lienthong(own, "dlq", "replay", first["id"], "--dry-run", "--json"))
        assert (True, False, 3, []) == (tried["dry_run"], tried["done"], len(on(own, RECEIVED)), acts(own))
        assert 2 == lienthong(own, "dlq", "replay", first["id"]).exit_code

        (done,) = rows(lienthong(own, "dlq", "replay", first["id"], *WHO, "--json"))
        await caught_up(own, one, two)
        copy = on(own, RECEIVED)[-1]
        assert f"{copy.topic}/{copy.partition}/{copy.offset}" == done["copy"]
        assert (original.partition, original.key, original.value) == (copy.partition, copy.key, copy.value)
        assert list(original.headers) == list(copy.headers)[: len(original.headers)]
        said = {name: value.decode() for name, value in list(copy.headers)[len(original.headers) :]}
        assert ["__dlq.replays.first", "__dlq.replays.count", "__dlq.replays.earlier"] == list(said)
        assert (f"{original.topic}/{original.partition}/{original.offset}", "1") == tuple(said.values())[:2]
        (failure,) = json.loads(said["__dlq.replays.earlier"])
        assert (first["id"], 1, "late", "INTERNAL_ERROR") == tuple(
            failure[name] for name in ("letter", "number", "stage", "reason")
        )

        (again,) = listed(own)
        assert (first["id"], coordinates(first), "open", 2) == (
            again["id"],
            coordinates(again),
            again["state"],
            again["tries"],
        )
        (shown,) = rows(lienthong(own, "dlq", "show", first["id"], "--json"))
        assert [1, 2] == [each["try"] for each in shown["history"]]
        assert original.value == base64.b64decode(shown["value"])

        late.breaks_on.clear()
        assert 0 == lienthong(own, "dlq", "replay", "--stage", "late", *WHO, "--json").exit_code
        await caught_up(own, one, two)
        assert [] == listed(own)
        assert [("replayed", 2, "Nguyễn Văn A")] == [
            (row["state"], row["tries"], row["by"]) for row in listed(own, "--all")
        ]
        assert 1 == lienthong(own, "dlq", "replay", first["id"], *WHO).exit_code
    assert 5 == len(on(own, RECEIVED))
    assert [("dlq.replay", first["id"]), ("dlq.replay", first["id"])] == [
        (act.action, act.subject) for act in acts(own)
    ]
    assert [1, 2] == [json.loads(act.detail)["tries"] for act in acts(own)]


async def test_letters_of_one_record_are_one_thing(settings: Settings, tmp_path: Path) -> None:
    """Bytes that nobody can read, at the wrong partition, buried by both stages: one copy a replay; both letters come back; one discard ends it."""
    own = topics(settings)
    put(own, None, b"\x07random", 5)
    put(own, b"d1", None, 7)
    async with (
        running(own, deciding(own, tmp_path, "one", Remembering()), RECEIVED) as one,
        running(own, deciding(own, tmp_path, "two", Remembering()), RECEIVED) as two,
    ):
        await caught_up(own, one, two)
        random = [row for row in listed(own) if row["reason"] == "NOT_FRAMED"]
        assert ["one", "two"] == sorted(row["stage"] for row in random)
        assert 2 + 2 == len(listed(own, "--topic", RECEIVED))
        human = lienthong(own, "dlq", "list", "--reason", "NOT_FRAMED").stdout.splitlines()
        assert 2 == len(human)

        for number in (1, 2):
            done = rows(lienthong(own, "dlq", "replay", random[0]["id"], *WHO, "--json"))
            assert [True, True] == [each["done"] for each in done]
            await caught_up(own, one, two)
            assert 2 + number == len(on(own, RECEIVED))
            back = listed(own, "--reason", "NOT_FRAMED")
            assert [(number + 1, "open")] * 2 == [(row["tries"], row["state"]) for row in back]
            assert sorted(row["id"] for row in random) == sorted(row["id"] for row in back)
        copies = [each for each in on(own, RECEIVED) if each.partition == 5]
        assert [(None, b"\x07random")] * 3 == [(each.key, each.value) for each in copies]
        assert [[("ce_id", b"odd"), ("x", None)]] * 3 == [list(each.headers)[:2] for each in copies]

        discarded = rows(lienthong(own, "dlq", "discard", random[1]["id"], *WHO, "--json"))
        assert ["one", "two"] == sorted(row["stage"] for row in discarded)
        assert ["NO_VALUE", "NO_VALUE"] == [row["reason"] for row in listed(own)]
        assert 0 == lienthong(own, "dlq", "discard", "--reason", "NO_VALUE", *WHO).exit_code
    assert [] == listed(own)
    assert ["discarded"] * 4 == [row["state"] for row in listed(own, "--all")]


async def test_the_audit_excuses_what_is_buried_and_not_what_was_put_back(settings: Settings, tmp_path: Path) -> None:
    """A submission that the verifier buried is accounted for, discarded too; put back, an outcome is owed; buried again, it is not."""
    provision.apply(settings)
    event = life.submitted()
    axis.write(settings, [event])
    verifier = Remembering({event.event_id})

    def lost() -> int:
        said = lienthong(settings, "audit", "--json", "--no-contents")
        return len(json.loads(said.stdout)["lost"])

    async def tried() -> None:
        async with running(
            settings, deciding(settings, tmp_path, "verifier", verifier), "document.submitted"
        ) as engine:
            await caught_up(settings, engine)

    assert 1 == await asyncio.to_thread(lost)
    await tried()
    assert 0 == await asyncio.to_thread(lost)
    (letter,) = listed(settings)
    assert 0 == lienthong(settings, "dlq", "discard", letter["id"], *WHO).exit_code
    assert 0 == await asyncio.to_thread(lost)
    assert 0 == lienthong(settings, "dlq", "replay", letter["id"], *WHO).exit_code
    assert 1 == await asyncio.to_thread(lost)
    await tried()
    assert 0 == await asyncio.to_thread(lost)
    assert [life.KEY] * 2 == [act.correlation_id for act in acts(settings)]
