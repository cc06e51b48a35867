"""A record of a later release: the older worker stops in front of it and buries nothing; nonsense that only looks like it is buried."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.kafka.records import Where
from schemas import codec
from schemas.events import DocumentReceived, Event
from schemas.reference import Reference
from schemas.step import Outcome
from tests.shell.bench import EndedError, Make, alerts, partition_of
from tests.shell.cores import RECEIVED, CountingCore, received

NEXT_ID = max(codec.formats()) + 1
Headers = list[tuple[str, bytes]]


def of_release(value: bytes, headers: Headers, *, schema_id: int = NEXT_ID, version: int = 2) -> tuple[bytes, Headers]:
    """Return a record of ours as a later release would write it: under an id that this one does not know."""
    said = {
        "ce_type": f"vn.lienthong.DocumentReceived.v{version}".encode(),
        "ce_dataschema": f"urn:vn.lienthong:DocumentReceived:{version}".encode(),
    }
    return codec.HEADER.pack(0, schema_id) + value[5:], [(name, said.get(name, it)) for name, it in headers]


def written(name: str) -> codec.Encoded:
    """Return a receipt as it lies on the log today."""
    return codec.encode(received(name), source="/test")


def names(partition: int, count: int) -> list[str]:
    """Return deliveries of one partition."""
    found = (f"d{number}" for number in range(1_000))
    return [name for name in found if partition_of(name.encode(), 2) == partition][:count]


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Return what turns this process into the release that reads version 2 and does not write it yet."""

    def now() -> None:
        today = codec.formats()
        one = next(form for form in today.values() if form.event is DocumentReceived)
        two = replace(one, id=NEXT_ID, version=2, written=False)
        monkeypatch.setattr(codec, "formats", lambda: {**today, NEXT_ID: two})
        _forget()

    yield now
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (codec._newest, codec._written):
        cached.cache_clear()


async def test_the_worker_settles_what_is_before_it_and_stops(make: Make, upgrade: Callable[[], None]) -> None:
    """Two receipts, one of a later release, one more: two are counted, the position stands at the second, nothing is buried; after the upgrade all are counted."""
    bench = make()
    where, every = Where(RECEIVED, 0), names(0, 4)
    for name in every:
        encoded = written(name)
        value, headers = encoded.value, encoded.headers
        if name == every[2]:
            value, headers = of_release(value, headers)
        bench.log.append(RECEIVED, encoded.key, value, headers)
    await bench.claim()

    for _start in range(2):
        with pytest.raises(EndedError, match=rf"written by newer software.*{NEXT_ID} of DocumentReceived.*upgrade"):
            await bench.engine.settle(bench.batch(where, bench.engine.lanes[0].positions[RECEIVED] + 1, 9))

    assert dict.fromkeys(every[:2], b"1") == bench.rows()
    assert (1, []) == (bench.engine.lanes[0].positions[RECEIVED], bench.log.topic("dead-letter"))

    upgrade()
    await bench.drain()

    assert dict.fromkeys(every, b"1") == bench.rows()
    assert [] == bench.log.topic("dead-letter")


NONSENSE: dict[str, Callable[[bytes, Headers], tuple[bytes, Headers]]] = {
    "id beyond ours": lambda value, headers: of_release(value, headers, schema_id=10_000),
    "id of a registry": lambda value, headers: of_release(value, headers, schema_id=17),
    "id below the newest": lambda value, headers: of_release(value, headers, schema_id=1000),
    "version we know": lambda value, headers: of_release(value, headers, version=1),
    "no such headers": lambda value, headers: (of_release(value, headers)[0], headers),
    "no headers": lambda value, headers: (of_release(value, headers)[0], []),
    "schema of another event": lambda value, headers: (
        of_release(value, headers)[0],
        [(name, b"urn:vn.lienthong:DocumentSigned:2" if name == "ce_dataschema" else it) for name, it in headers],
    ),
}


@pytest.mark.parametrize("spoil", NONSENSE.values(), ids=NONSENSE)
def test_what_only_looks_like_it_is_nonsense(spoil: Callable[[bytes, Headers], tuple[bytes, Headers]]) -> None:
    """Whatever does not say by its id, its type and its schema's name that a later release wrote it is unknown, and may be buried."""
    encoded = written("d1")
    value, headers = spoil(encoded.value, encoded.headers)
    with pytest.raises(codec.DecodeError, match="SCHEMA_UNKNOWN") as caught:
        codec.decode(RECEIVED, encoded.key, value, headers)

    assert not isinstance(caught.value, codec.NewerSchemaError)


class RememberingCore(CountingCore):
    """Reads an event that it kept in a row, as cores that hold documents do."""

    def step(self, event: Event, known: Any, reference: Reference, now: Any, prepared: Any = None) -> Outcome:
        """Read what a later release left in a row."""
        encoded = written(event.key)
        value, headers = of_release(encoded.value, encoded.headers)
        codec.decode(RECEIVED, encoded.key, value, headers)
        return super().step(event, known, reference, now, prepared)


async def test_newer_bytes_in_a_row_stop_the_worker_too(make: Make) -> None:
    """After a rollback: the step meets what the newer release kept. It is no bug of this record, and no dead letter."""
    bench = make(core=RememberingCore())
    bench.log.put(received(names(0, 1)[0]))
    await bench.claim()
    with pytest.raises(EndedError, match="written by newer software"):
        await bench.engine.settle(bench.batch(Where(RECEIVED, 0), 0, 9))

    assert ({}, [], {}) == (bench.rows(), bench.log.topic("dead-letter"), dict(alerts(bench.log)))


def test_a_version_that_is_only_read_is_not_written(upgrade: Callable[[], None]) -> None:
    """Readers first: the release that brings version 2 still writes version 1, and reads both."""
    upgrade()
    encoded = written("d1")
    value, headers = of_release(encoded.value, encoded.headers)

    assert 1 == max(form.version for form in codec.formats().values() if form.id == schema_id(encoded.value))
    assert received("d1") == codec.decode(RECEIVED, encoded.key, encoded.value, encoded.headers)
    assert (NEXT_ID, received("d1")) == (schema_id(value), codec.decode(RECEIVED, encoded.key, value, headers))


def schema_id(value: bytes) -> int:
    """Return the id in a value's frame."""
    return int(codec.HEADER.unpack_from(value)[1])
