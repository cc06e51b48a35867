"""Publishing reference data: a snapshot is judged as a whole, stored under its hash, then announced on `reference`.

A path is a reference directory (laid out as `--reference DIR` wants it), the folder of one kind (`trust/`, `crl/`), or its only file.
"""

from pathlib import Path
from typing import Any

from infra.clock import open_clock
from infra.content import open_content
from infra.errors import EnvironmentFaultError
from infra.kafka import clients
from infra.kafka.sealing import seal
from infra.settings import Settings
from schemas.events import ReferencePublished
from schemas.ids import event_id
from schemas.reference import KINDS, UnsoundReferenceError, files_of, pack, parse, version_of

CONFIRM_SECONDS = 30.0
MEDIA_TYPE = "application/zip"


class NotPublishedError(EnvironmentFaultError):
    """The announcement was not confirmed, or there is nothing at the path."""


def publish(settings: Settings, kind: str, path: Path, *, by: str = "") -> ReferencePublished:
    """Validate, store, announce; return the event once the broker confirmed it. Raise `UnsoundReferenceError`, `NotPublishedError`."""
    files = files_at(kind, path)
    _, faults = parse(kind, files)
    if faults:
        raise UnsoundReferenceError(kind, faults)
    packed = pack(files)
    clock = open_clock(settings)
    now, version = clock.now(), version_of(packed)
    event = ReferencePublished(
        event_id=event_id("reference", kind, version, now.isoformat()),
        occurred_at=now,
        kind=kind,
        version=version,
        content=open_content(settings).put([packed], MEDIA_TYPE),
        published_by=by,
    )
    message = seal(event, app="cli", clock=clock, now=now)
    _write(settings, message.topic, message.key, message.value, list(message.headers))
    return event


def files_at(kind: str, path: Path) -> dict[str, bytes]:
    """Return the files of a kind at a path, named as in a reference directory; raise `NotPublishedError` if there are none."""
    if path.is_file():
        return {KINDS[kind].files[0]: path.read_bytes()}
    every = {str(each.relative_to(path)): each for each in path.rglob("*") if each.is_file()}
    owned = {name: each for name, each in every.items() if KINDS[kind].owns(name)}
    if not owned:
        owned = {f"{kind}/{name}": each for name, each in every.items() if KINDS[kind].owns(f"{kind}/{name}")}
    if not owned:
        raise NotPublishedError(f"no files of {kind} in {path}", f"they are named {', '.join(KINDS[kind].files)}")
    return {name: each.read_bytes() for name, each in owned.items()}


def version_at(kind: str, path: Path) -> str:
    """Return the version that the files at a path make."""
    return version_of(pack(files_of(kind, files_at(kind, path))))


def _write(settings: Settings, topic: str, key: bytes | None, value: bytes | None, headers: list[Any]) -> None:
    failed: list[Any] = []
    producer = clients.producer(settings)
    producer.produce(
        settings.topic_prefix + topic,
        value,
        key,
        headers=headers,
        on_delivery=lambda error, _message: failed.append(error) if error else None,
    )
    if producer.flush(CONFIRM_SECONDS) or failed:
        raise NotPublishedError(
            f"the announcement was not confirmed: {failed[0] if failed else 'no answer'}",
            "is the broker well? see `lienthong doctor`",
        )
