"""When burying stops: a bug soon and for good, bytes that are not ours late, what an operator put back never."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from infra.kafka.burial import MAX_CARRIED, bury, fault_of
from infra.kafka.history import COUNT
from infra.kafka.projection import Arrived
from infra.kafka.records import Record, Where
from infra.kafka.streaks import FOREIGN_TIMES
from schemas.codec import DecodeError
from tests.kafka.stages import Remembering
from tests.shell.bench import ZERO, Bench, EndedError, Log, stepped
from tests.shell.cores import NOON, RECEIVED, received

LIMIT, BATCH = 3, 2


class Planted(Exception):  # noqa: N818 - a bug, not an error of ours
    """A bug."""


class Worker:
    """One partition's worker, started again and again on one log and one state."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.clock = folder, Log(folder / "log", partitions=1), stepped(folder)

    def start(self, **more: object) -> Bench:
        """Return a new process."""
        url = f"sqlite:///{self.folder / 'state.sqlite'}"
        return Bench(log=self.log, url=url, clock=self.clock, limit=LIMIT, partitions=1, **more)  # type: ignore[arg-type] # fields by name

    async def run(self, **more: object) -> str:
        """Work until all is read or the process would end; return why it ended."""
        bench = self.start(**more)
        try:
            await bench.claim()
            await bench.drain(size=BATCH)
        except EndedError as exc:
            return str(exc)
        finally:
            bench.close()
        return ""


async def test_a_planted_bug_buries_no_more_than_the_limit_however_often_it_is_started(tmp_path: Path) -> None:
    """Twenty records break the step, two a batch, five starts: at most three dead letters, and the log says what to do."""
    worker = Worker(tmp_path)
    for number in range(20):
        worker.log.put(received("bug", number))
    ends = [await worker.run() for _ in range(5)]

    assert all("too many dead letters in a row" in why and "LIENTHONG_DEAD_LETTER_LIMIT" in why for why in ends)
    assert all("INTERNAL_ERROR ValueError in tests/shell/cores.py" in why for why in ends)
    assert LIMIT >= len(worker.log.topic("dead-letter")) > 0


async def test_it_goes_on_at_the_same_record_once_the_bug_is_mended(tmp_path: Path) -> None:
    """Stopped at the limit; mended: nothing is missing but what was buried, and the next bug has its whole limit again."""
    worker = Worker(tmp_path)
    for number in range(8):
        worker.log.put(received("bug", number))
    assert await worker.run()
    buried = len(worker.log.topic("dead-letter"))

    assert "" == await worker.run(core=Remembering())
    assert buried == len(worker.log.topic("dead-letter"))
    for number in range(LIMIT):
        worker.log.put(received("bug", 100 + number))
    assert "" == await worker.run()
    assert buried + LIMIT == len(worker.log.topic("dead-letter"))


async def test_a_flood_of_foreign_bytes_costs_its_place_and_nothing_else(tmp_path: Path) -> None:
    """Far more foreign records than the bugs' limit between two receipts: all are buried, both receipts are counted; a topic of nothing else stops."""
    worker = Worker(tmp_path)
    worker.log.put(received("d1"))
    for _ in range(LIMIT * FOREIGN_TIMES):
        worker.log.append(RECEIVED, b"d1", b"\x07foreign", ())
    worker.log.put(received("d1", 2))
    assert "" == await worker.run()
    assert LIMIT * FOREIGN_TIMES == len(worker.log.topic("dead-letter"))
    assert 2 == len(worker.log.topic("notify.attempted"))

    for _ in range(LIMIT * FOREIGN_TIMES + 1):
        worker.log.append(RECEIVED, b"d1", b"\x07foreign", ())
    assert "NOT_FRAMED" in await worker.run()


async def test_what_an_operator_put_back_is_not_counted(tmp_path: Path) -> None:
    """Many replayed records that break again: each is a dead letter again, and the process goes on."""
    worker = Worker(tmp_path)
    for number in range(4 * LIMIT):
        worker.log.put(received("bug", number))
    records = worker.log.read(ZERO)
    again = Log(tmp_path / "again", partitions=1)
    for each in records:
        again.append(RECEIVED, each.key, each.value, [*each.headers, (COUNT, b"1")])
    worker.log = again
    assert "" == await worker.run()
    assert 4 * LIMIT == len(again.topic("dead-letter"))


async def test_a_projection_counts_what_comes_in_a_row_only(tmp_path: Path) -> None:
    """Good and bad receipts by turns, many more bad ones than the limit: a register takes the good ones and stays up."""
    worker = Worker(tmp_path)
    taken: list[str] = []

    def project(_connection: Connection, arrived: Sequence[Arrived]) -> None:
        if any(each.event.key == "bug" for each in arrived):
            raise Planted
        taken.extend(each.event.event_id for each in arrived)

    for number in range(4 * LIMIT):
        worker.log.put(received("bug", number))
        worker.log.put(received("d1", number))
    assert "" == await worker.run(project=project)
    assert {received("d1", number).event_id for number in range(4 * LIMIT)} <= set(taken)
    assert 4 * LIMIT == len(worker.log.topic("dead-letter"))


@pytest.mark.parametrize("part", ["value", "key", "headers"])
def test_a_record_that_is_too_large_leaves_its_largest_part(part: str) -> None:
    """What is left is named by size, the value by its SHA-256 too; the rest is carried."""
    large = b"x" * (MAX_CARRIED + 1)
    record = Record(
        7,
        large if part == "key" else b"key",
        large if part == "value" else b"value",
        [("x", large if part == "headers" else b"y")],
    )
    fault = fault_of(DecodeError("NOT_FRAMED", "n" * 10_000))
    letter = bury(record, Where(RECEIVED, 0), fault, app="app", group="app", now=NOON)
    size = len(letter.key or b"") + len(letter.value or b"") + sum(len(value) for _, value in letter.headers)

    said = dict(letter.headers)["__dlq.errors.left"].decode()
    assert said.startswith(f"{part} {MAX_CARRIED + 1}") or (part == "headers" and said.startswith("headers"))
    assert ("sha256" in said) == (part == "value")
    assert size < 2_000
    assert (part != "key", part != "value") == (letter.key == b"key", letter.value == b"value")
