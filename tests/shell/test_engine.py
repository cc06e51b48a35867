"""The engine without Faust and without Kafka, against both databases: nothing is lost, nothing is counted twice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.kafka.contiguity import Contiguity, HoleError
from infra.kafka.records import Record
from infra.state import Changes, FencedError, Positions
from schemas.events import Event, NotifyAttempted
from schemas.reference import Reference
from tests.shell.bench import ONE, ZERO, EndedError, Log, Make
from tests.shell.cores import ACKNOWLEDGED, RECEIVED, received


def counted(log: Log) -> list[tuple[str, int]]:
    """Return (delivery, number) of every answer."""
    return [(e.alert_id, int(e.message_id)) for e in log.events(ACKNOWLEDGED) if isinstance(e, NotifyAttempted)]


async def test_every_record_is_counted_once_and_later_ones_see_earlier_ones(make: Make) -> None:
    """Ten deliveries with five receipts each, in batches of seven: numbers 1 to 5 for each, rows say 5."""
    bench = make()
    for number in range(5):
        for name in range(10):
            bench.log.put(received(f"d{name}", number))
    assert {ZERO: 0, ONE: 0} == await bench.claim()

    await bench.drain()

    assert sorted((f"d{name}", number) for name in range(10) for number in range(1, 6)) == sorted(counted(bench.log))
    assert {f"d{name}": b"5" for name in range(10)} == bench.rows()


async def test_position_survives_and_a_claim_raises_the_epoch(make: Make) -> None:
    """A second process starts where the first ended, under a higher epoch."""
    first = make()
    for name in range(10):
        first.log.put(received(f"d{name}"))
    await first.claim()
    await first.drain()
    second = make()

    start = await second.claim()

    assert start == second.log.latest(second.wheres)
    assert first.engine.lanes[0].epoch + 1 == second.engine.lanes[0].epoch
    assert {(w.topic, w.partition): end - 1 for w, end in start.items()} == Positions(second.url, "app").read()


async def test_a_second_owner_fences_the_first_before_it_emits(make: Make) -> None:
    """A zombie that still believes to own a partition neither writes rows nor says anything; no rebalance known: it ends."""
    zombie, owner = make(), make()
    for name in range(10):
        zombie.log.put(received(f"d{name}"))
    await zombie.claim()
    await owner.claim()

    with pytest.raises(EndedError, match="fenced"):
        await zombie.engine.settle(zombie.batch(ZERO, 0, 9))

    assert [] == counted(zombie.log)
    await owner.drain()
    assert 10 == len(counted(owner.log))


async def test_a_fenced_batch_is_dropped_while_the_group_rebalances(make: Make) -> None:
    """The same, but the rebalance is known between the turn and the fence: the batch is dropped, the process lives."""
    zombie, owner = make(), make()
    zombie.log.put(received("d1"))
    zombie.log.put(received("d2"))
    await zombie.claim()
    await owner.claim()
    answers = iter([False, False])
    zombie.host.moved = lambda *_: next(answers, True)  # type: ignore[method-assign]  # the test commands the group

    assert not any([await zombie.engine.settle(zombie.batch(where, 0, 9)) for where in (ZERO, ONE)])
    assert [] == counted(zombie.log)


async def test_fence_closes_between_emit_and_settle(make: Make) -> None:
    """The owner changes after the zombie has begun: what it computed is not settled, rows stay as the new owner left them."""
    zombie, owner = make(), make()
    zombie.log.put(received("d1"))
    where = ZERO if zombie.log.read(ZERO) else ONE
    await zombie.claim()

    async def take_over(events: Sequence[Event], _known: Mapping[str, bytes], _reference: Reference) -> Sequence[Any]:
        await owner.claim()
        return [None] * len(events)

    zombie = make(prepare=take_over)
    await zombie.claim()
    with pytest.raises(EndedError, match="fenced"):
        await zombie.engine.settle(zombie.batch(where, 0, 1))

    assert {} == owner.rows()
    await owner.drain()
    assert {"d1": b"1"} == owner.rows()
    assert 1 == len(set(counted(owner.log)))


async def test_records_below_the_position_are_trimmed_and_a_gap_is_read_again(make: Make) -> None:
    """Overlap is cut off; a hole is not settled and asks for a seek."""
    bench = make()
    for number in range(20):
        bench.log.put(received("d1", number))
    where = ZERO if bench.log.read(ZERO) else ONE
    await bench.claim()

    assert await bench.engine.settle(bench.batch(where, 0, 10))
    assert await bench.engine.settle(bench.batch(where, 5, 10))
    assert not await bench.engine.settle(bench.batch(where, 16, 4))

    assert [(where, 15)] == bench.host.seeks
    assert [("d1", number) for number in range(1, 16)] == counted(bench.log)


async def test_a_broker_that_refuses_settles_nothing(make: Make) -> None:
    """A failed confirmation ends the process with rows and position untouched."""
    bench = make()
    bench.log.put(received("d1"))
    where = ZERO if bench.log.read(ZERO) else ONE
    await bench.claim()
    bench.producer.refuses = True

    with pytest.raises(EndedError, match="unexpected"):
        await bench.engine.settle(bench.batch(where, 0, 1))

    assert {} == bench.rows()
    assert -1 == Positions(bench.url, "app").read()[where]


async def test_a_bug_in_a_step_costs_its_record_only(make: Make) -> None:
    """Undecodable bytes and a planted bug become dead letters with coordinates; neighbours are counted."""
    bench = make()
    bench.log.put(received("d1", 1))
    bench.log.append(RECEIVED, b"d1", b"not avro", [("ce_id", b"x")])
    bench.log.put(received("bug1"))
    bench.log.put(received("d1", 2))
    await bench.claim()

    await bench.drain()

    assert [("d1", 1), ("d1", 2)] == counted(bench.log)
    letters = {bytes(dict(each.headers)["__dlq.errors.reason"]): each for each in bench.log.topic("dead-letter")}
    assert {b"NOT_FRAMED", b"INTERNAL_ERROR"} == set(letters)
    said = dict(letters[b"NOT_FRAMED"].headers)
    assert (b"not avro", b"d1", b"x") == (letters[b"NOT_FRAMED"].value, letters[b"NOT_FRAMED"].key, said["ce_id"])
    assert (b"document.received", b"app") == (said["__dlq.errors.topic"], said["__dlq.errors.stage"])
    assert b"bug1" not in dict(letters[b"INTERNAL_ERROR"].headers)["__dlq.errors.message"]


async def test_too_many_dead_letters_in_a_row_stop_the_process(make: Make) -> None:
    """The third bug in a row, with a limit of two: nothing is buried, nothing is acked."""
    bench = make(limit=2)
    for number in range(3):
        bench.log.put(received("bug", number))
    where = ZERO if bench.log.read(ZERO) else ONE
    await bench.claim()

    with pytest.raises(EndedError, match="too many dead letters"):
        await bench.engine.settle(bench.batch(where, 0, 3))

    assert [] == bench.log.topic("dead-letter")
    assert -1 == Positions(bench.url, "app").read()[where]


async def test_retention_past_our_position_ends_the_process(make: Make) -> None:
    """Records that were never settled are gone from the log: said at once, not skipped."""
    first = make()
    first.log.put(received("d1"))
    await first.claim()
    second = make()
    second.log.removed = 3

    with pytest.raises(EndedError, match="retention"):
        await second.claim()


async def test_a_log_shorter_than_our_position_ends_the_process(make: Make, tmp_path: Path) -> None:
    """The broker was made anew and the state was not: its first records would be taken for settled ones."""
    first = make()
    first.log.put(received("d1"))
    await first.claim()
    await first.drain()
    second = make(log=Log(tmp_path / "another"))

    with pytest.raises(EndedError, match="not the log"):
        await second.claim()


def test_a_hole_is_read_again_twice_and_then_believed() -> None:
    """Expected 5, got 7: seek, seek, and the third time it is a fault."""
    watch = Contiguity()
    watch.restart({ZERO: 5})
    records = [Record(7, b"k", b"v")]

    assert [None, None] == [watch.check(ZERO, records), watch.check(ZERO, records)]
    with pytest.raises(HoleError):
        watch.check(ZERO, records)


def test_compacted_topics_may_have_holes() -> None:
    """On a sparse topic a hole is nothing."""
    watch = Contiguity(sparse={RECEIVED})
    watch.restart({ZERO: 5})
    records = [Record(7, b"k", b"v"), Record(9, b"k", b"v")]

    assert records == watch.check(ZERO, records)


async def test_settle_from_another_offset_writes_nothing(make: Make) -> None:
    """The position moves from exactly the expected offset, and rows only together with it."""
    bench = make()
    epoch = bench.state.claim(0, {RECEIVED: 0}).epoch

    with pytest.raises(FencedError):
        bench.state.settle(0, epoch, Changes(memory={"a": b"1"}), topic=RECEIVED, expected=4, last=9)

    assert {} == bench.rows()
