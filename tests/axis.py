"""An axis for tests on the real broker: its topics, a clock that stands still, the demo province's reference data in force."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from infra.clock import open_clock, set_clock
from infra.content import open_content
from infra.demo import province
from infra.kafka import clients, provision
from infra.kafka.outbox import Outbox
from infra.kafka.sealing import seal
from infra.kafka.tail import read_all
from infra.settings import Settings
from schemas import codec
from schemas.events import Event, ReferencePublished
from schemas.ids import event_id
from schemas.reference import KINDS, Reference, files_of, pack
from tests.reference_files import demo_files

MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""09:00 in Việt Nam, the Monday of the sample packets."""

OF_PKI = ("trust", "crl")
SECONDS = 60.0


def open_axis(settings: Settings, *, at: datetime = MORNING, kinds: Iterable[str] | None = None) -> Reference:
    """Make all topics, stop the clock at a moment, publish reference data; `trust` and `crl` only if asked for, they cost a PKI."""
    provision.apply(settings)
    set_clock(settings.clock_file, "stepped", at=at)
    return publish(settings, kinds or [kind for kind in KINDS if kind not in OF_PKI])


def publish(settings: Settings, kinds: Iterable[str]) -> Reference:
    """Put the demo province's snapshots into the content store and in force; return them."""
    kinds = list(kinds)
    files = {**demo_files(), **(_pki_files(settings) if set(kinds) & set(OF_PKI) else {})}
    return publish_files(settings, {kind: files_of(kind, files) for kind in kinds})


def publish_files(settings: Settings, files: dict[str, dict[str, bytes]]) -> Reference:
    """Put snapshots made of these files (kind -> path -> bytes) in force; return them."""
    store, clock, reference, events = open_content(settings), open_clock(settings), Reference(), []
    for kind, content in files.items():
        packed = pack(content)
        reference = reference.with_pack(kind, packed)
        ref = store.put([packed], "application/octet-stream")
        named = event_id("reference", kind, ref.sha256)
        events.append(
            ReferencePublished(event_id=named, occurred_at=clock.now(), kind=kind, version=ref.sha256, content=ref)
        )
    write(settings, events)
    return reference


def write(settings: Settings, events: Iterable[Event]) -> None:
    """Write events as a process of the axis would, and wait for the broker."""
    outbox = Outbox(clients.producer(settings), app="test", prefix=settings.topic_prefix)
    clock = open_clock(settings)
    outbox.write([seal(event, app="test", clock=clock) for event in events])


def events(settings: Settings, *topics: str) -> list[Event]:
    """Return what lies on topics, partition by partition, repeats included."""
    found = read_all(settings, topics)
    return [codec.decode(each.topic, each.key, each.value, each.headers) for each in found]


def until(holds: Callable[[], bool], *, seconds: float = SECONDS) -> None:
    """Wait until something holds; fail when it does not in time."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "not within the time"
        time.sleep(0.02)  # the pause between two looks


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give a process of its own the same settings."""
    return {
        "LIENTHONG_VAR": str(settings.var),
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
    }


def _pki_files(settings: Settings) -> dict[str, bytes]:
    pki = province.open_pki(settings, open_clock(settings).now())
    return {
        str(path.relative_to(pki.folder)): path.read_bytes()
        for folder in (pki.trust, pki.crl)
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }
