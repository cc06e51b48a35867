"""Poison on every topic: each is a dead letter with reason and coordinates, its neighbours pass, and the processes stay up."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from infra.kafka.history import Place
from infra.kafka.tail import read_all
from infra.settings import Settings
from schemas.reference import KINDS
from schemas.topics import BY_NAME
from tests import axis
from tests.kafka.poison import CONSUMED, FULL, LARGE, Poison, poisons
from tests.kafka.poisoned import Process, Written, expected, letters, running, wait_until_read, write
from tests.kafka.stages import lienthong, rows

ALL = ("verifier", "router", "watcher", "register", "deliver", "notify")
FEW = ("router", "register")
"""One on each host: Faust, and the plain consumer."""

SEED = 20261123


def sample(topic: str) -> list[Poison]:
    """Return a few kinds for a topic; over all topics every kind comes up, a large one seldom."""
    small = [each for each in poisons(topic, seed=SEED) if _size(each) < LARGE // 10]
    return random.Random(topic).sample(small, 3)


def _size(poison: Poison) -> int:
    return len(poison.key or b"") + len(poison.value or b"") + sum(len(value) for _, value in poison.headers)


def judge(settings: Settings, written: Written, names: Sequence[str], processes: Sequence[Process]) -> None:
    """Compare what became of every record with what must."""
    found = letters(settings)
    wanted = expected(written, names)
    assert wanted == {place: {s: each.reason for s, each in by.items()} for place, by in found.items()}
    for place, by_stage in found.items():
        poison = written.poison[place]
        for letter in by_stage.values():
            assert (poison.key, poison.value) == (letter.record.key, letter.record.value), poison.name
            assert list(poison.headers) == list(letter.record.headers)[: len(poison.headers)], poison.name
            assert not letter.left
    for each in processes:
        log = each.log.read_text(errors="replace")
        assert '"ending"' not in log
        assert "Nguyễn Văn A" not in log.encode().decode("unicode_escape", "replace")


def fits(written: Written, row: dict[str, Any]) -> bool:
    """Tell whether a listed dead letter's record can be put back: not onto a compacted topic, nor where it fills a record."""
    poison = written.poison[Place(row["topic"], row["partition"], row["offset"])]
    return not BY_NAME[poison.topic].compacted and poison.name not in FULL


def registered(settings: Settings) -> set[str]:
    """Return the ids of the events that the register knows."""
    engine = create_engine(settings.register_url)
    with engine.connect() as connection:
        found = {row[0] for row in connection.execute(text("select event_id from event"))}
    engine.dispose()
    return found


def test_a_sample_of_poison(settings: Settings) -> None:
    """Three kinds on every topic, one large key; the router and the register bury each once, and take what lies around it."""
    axis.open_axis(settings)
    chosen = {topic: sample(topic) for topic in CONSUMED}
    chosen["document.signed"] += [each for each in poisons("document.signed", seed=1) if each.name == "large key"]
    written = write(settings, chosen)
    with running(settings, FEW) as processes:
        wait_until_read(settings, processes, seconds=60)
        judge(settings, written, FEW, processes)
    assert {event.event_id for event in written.good.values()} <= registered(settings)
    routed = read_all(settings, ["document.dispatched", "document.repeated"])
    assert [each for each in routed if ("ce_source", b"/lienthong/router") in each.headers]

    listed = rows(lienthong(settings, "dlq", "list", "--json"))
    places = {Place(row["topic"], row["partition"], row["offset"]) for row in listed}
    assert set(expected(written, FEW)) == places
    who = ("--by", "operator", "--why", "not ours")
    assert 0 == lienthong(settings, "dlq", "discard", "--stage", "register", *who).exit_code
    assert {"router"} == {row["stage"] for row in rows(lienthong(settings, "dlq", "list", "--json"))}


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_all_poison_on_every_topic(settings: Settings, seed: int) -> None:
    """Every kind, every topic, every process, 1 MB keys and values included; then everything is put back once and comes back as the same."""
    axis.open_axis(settings, kinds=KINDS)
    written = write(settings, {topic: poisons(topic, seed=seed) for topic in CONSUMED})
    with running(settings, ALL) as processes:
        wait_until_read(settings, processes, seconds=300)
        judge(settings, written, ALL, processes)
        before = {row["id"] for row in rows(lienthong(settings, "dlq", "list", "--json"))}

        who = ("--by", "operator", "--why", "once more")
        done = rows(lienthong(settings, "dlq", "replay", "--stage", "register", *who, "--json"))
        assert before == {row["id"] for row in done}, (
            "the register hears everything, and a replay takes every stage along"
        )
        assert not [row for row in done if row["done"] is not fits(written, row)]
        wait_until_read(settings, processes, seconds=300)
        after = rows(lienthong(settings, "dlq", "list", "--json", "--all"))
    assert before == {row["id"] for row in after}
    assert {"open"} == {row["state"] for row in after}
    assert {(2, True), (1, False)} == {(row["tries"], fits(written, row)) for row in after}
    assert {event.event_id for event in written.good.values()} <= registered(settings)
