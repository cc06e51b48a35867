"""Follows the `reference` topic and hands out the snapshots in force, or any earlier set of them.

The topic says only that a version is in force; the pack itself lies in the content store under its SHA-256, the version.
A snapshot that cannot be read or has faults is not put in force: the one before stays, and the log says so.
"""

import threading
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from confluent_kafka import KafkaException

from infra import metrics
from infra.clock import open_clock
from infra.content import ContentAwayError, ContentError, ContentStore
from infra.errors import EnvironmentFaultError
from infra.freshness import Freshness
from infra.kafka.ending import NEWER, UPGRADE, end_process
from infra.kafka.tail import Record, Tail
from infra.settings import Settings
from schemas import codec
from schemas.events import ReferencePublished
from schemas.reference import PackError, Reference, UnsoundReferenceError
from schemas.topics import topic_of

TOPIC = topic_of(ReferencePublished)
STOP_SECONDS = 2.0
AWAY_SECONDS = 1.0
"""Between two tries of a content store that is away."""

log = structlog.get_logger(__name__)


class ReferenceMissingError(EnvironmentFaultError):
    """Kinds that a process needs were never published."""

    def __init__(self, kinds: Collection[str]) -> None:
        super().__init__(
            f"reference data missing: {', '.join(sorted(kinds))}",
            "publish it with `lienthong reference publish KIND PATH`",
        )


class Follower:
    """Keeps the bundle in force current from a thread of its own; `current` and `load` may be called from any thread."""

    def __init__(self, settings: Settings, content: ContentStore, *, process: str = "") -> None:
        self._settings, self._content, self._process = settings, content, process
        self._lock = threading.Lock()
        self._values: dict[tuple[str, str], Any] = {}
        self._current = Reference()
        self._freshness = Freshness(process, open_clock(settings))
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, needs: Collection[str] = ()) -> None:
        """Read the topic to its end, then follow it; raise `ReferenceMissingError` naming every needed kind that is not there, `BrokerAwayError` if Kafka goes silent, `ContentAwayError` if the content store does."""
        self._freshness.of_trust = "trust" in needs
        tail = Tail(self._settings, [TOPIC])
        try:
            for records in tail.until(tail.ends()):
                self._take(records)
        except codec.NewerSchemaError as exc:
            tail.close()
            raise EnvironmentFaultError(f"{NEWER}: {exc}", UPGRADE) from exc
        except ContentAwayError:
            tail.close()
            raise
        if missing := [kind for kind in needs if getattr(self._current, kind) is None]:
            tail.close()
            raise ReferenceMissingError(missing)
        self._thread = threading.Thread(target=self._follow, args=(tail,), name="reference", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def current(self) -> Reference:
        """Return the bundle in force."""
        return self._current

    def load(self, versions: Mapping[str, str]) -> Reference:
        """Return the bundle of these versions; raise `ContentError` if a pack is not in the store any more."""
        reference = Reference()
        for kind, version in sorted(versions.items()):
            reference = reference.with_value(kind, self._value(kind, version), version)
        return reference

    def _follow(self, tail: Tail) -> None:
        while not self._ending.is_set():
            try:
                self._take(tail.poll())
            except codec.NewerSchemaError as exc:
                end_process(NEWER, what=str(exc), mend=UPGRADE)
            except KafkaException as exc:
                log.warning("reference_not_followed", why=str(exc))
                self._ending.wait(1.0)
        tail.close()

    def _take(self, records: Collection[Record]) -> None:
        for record in records:
            if record.value is None:
                continue  # a tombstone of the compacted topic
            try:
                event = codec.decode(TOPIC, record.key, record.value, record.headers)
            except codec.NewerSchemaError:
                raise  # to go on by older data would be to decide wrongly (ADR 0014)
            except codec.DecodeError as exc:
                log.warning("reference_unreadable", offset=record.offset, reason=exc.code)
                continue
            if isinstance(event, ReferencePublished):
                self._put_in_force(event)

    def _put_in_force(self, event: ReferencePublished) -> None:
        try:
            value = self._awaited(event.kind, event.version)
        except (ContentError, PackError, UnsoundReferenceError, LookupError) as exc:
            log.warning("reference_refused", kind=event.kind, version=event.version, why=type(exc).__name__)
            return
        if value is None:
            return
        before = self._current.versions.get(event.kind)
        self._current = self._current.with_value(event.kind, value, event.version)
        log.info("reference_in_force", kind=event.kind, version=event.version)
        if before is not None and before != event.version:
            metrics.REFERENCE.labels(process=self._process, kind=event.kind, version=before).set(0)
        metrics.REFERENCE.labels(process=self._process, kind=event.kind, version=event.version).set(1)
        self._freshness.show(event.kind, value, since=event.occurred_at)

    def _awaited(self, kind: str, version: str) -> Any:
        """Return a snapshot, waiting for a store that is away: to pass it over would be to decide by older data; None at the end."""
        while True:
            try:
                return self._value(kind, version)
            except ContentAwayError as exc:
                if self._thread is None:  # the process starts, and can say why it does not
                    raise
                log.warning("reference_waits", kind=kind, version=version, why=str(exc))
            if self._ending.wait(AWAY_SECONDS):
                return None

    def _value(self, kind: str, version: str) -> Any:
        """Return a parsed snapshot; each version is parsed once."""
        with self._lock:
            if (kind, version) not in self._values:
                packed = self._content.read(version)
                self._values[kind, version] = getattr(Reference().with_pack(kind, packed), kind)
            return self._values[kind, version]
