"""Publishing reference data: a snapshot is judged as a whole, stored under its hash, then announced on `reference`.

A path is a reference directory (laid out as `--reference DIR` wants it), the folder of one kind (`trust/`, `crl/`), or one file.
"""

from collections.abc import Mapping
from pathlib import Path

from infra.clock import Clock, open_clock
from infra.content import open_content
from infra.errors import EnvironmentFaultError
from infra.kafka import clients, provision
from infra.kafka.outbox import NotConfirmedError, Outbox
from infra.kafka.sealing import seal
from infra.settings import Settings
from schemas.events import ReferencePublished
from schemas.ids import event_id
from schemas.reference import KINDS, PackError, Reference, pack, version_of
from schemas.topics import BY_NAME, topic_of

APP = "cli"
MEDIA_TYPE = "application/zip"
TOPIC = BY_NAME[topic_of(ReferencePublished)]


class NotPublishedError(EnvironmentFaultError):
    """Nothing was announced, or nobody knows whether it was."""


def publish(
    settings: Settings, kind: str, path: Path, *, by: str = "", clock: Clock | None = None
) -> ReferencePublished:
    """Validate, store, announce; return the event once the broker confirmed it. Raise `UnsoundReferenceError`, `NotPublishedError`."""
    return publish_all(settings, {kind: path}, by=by, clock=clock)[0]


def publish_all(
    settings: Settings, paths: Mapping[str, Path], *, by: str = "", clock: Clock | None = None
) -> list[ReferencePublished]:
    """Publish several kinds (kind -> path) with one producer; if one of them has faults, none is announced. Raise as `publish`."""
    found = {kind: files_at(kind, path) for kind, path in paths.items()}
    return publish_files(settings, found, by=by, clock=clock)


def publish_files(
    settings: Settings, files: Mapping[str, Mapping[str, bytes]], *, by: str, app: str = APP, clock: Clock | None = None
) -> list[ReferencePublished]:
    """Publish kinds by their files (kind -> path as in a reference directory -> bytes). Raise as `publish`."""
    packs = {kind: _packed(kind, found) for kind, found in files.items()}
    provision.require(settings, [TOPIC])
    clock, store = clock or open_clock(settings), open_content(settings)
    now = clock.now()
    events = [
        ReferencePublished(
            event_id=event_id("reference", kind, version_of(packed), now.isoformat()),
            occurred_at=now,
            kind=kind,
            version=version_of(packed),
            content=store.put([packed], MEDIA_TYPE),
            published_by=by,
        )
        for kind, packed in packs.items()
    ]
    outbox = Outbox(clients.producer(settings), app=app, prefix=settings.topic_prefix)
    try:
        outbox.write([seal(event, app=app, clock=clock, now=now) for event in events])
    except NotConfirmedError as exc:
        raise NotPublishedError(
            f"the announcement was not confirmed: {exc}", "see `lienthong reference show`, then publish again"
        ) from exc
    return events


def files_at(kind: str, path: Path) -> dict[str, bytes]:
    """Return the files of a kind at a path, named as in a reference directory; raise `NotPublishedError` if there are none."""
    try:
        if path.is_file():
            return {_name_of(kind, path): path.read_bytes()}
        every = [each for each in sorted(path.rglob("*")) if each.is_file()]
        for below in ("", f"{kind}/"):  # a whole reference directory, or the folder of this kind
            named = {below + each.relative_to(path).as_posix(): each for each in every}
            if owned := {name: each.read_bytes() for name, each in named.items() if KINDS[kind].owns(name)}:
                return owned
    except OSError as exc:
        raise NotPublishedError(f"{exc.filename or path}: {exc.strerror}", "make it readable") from exc
    raise NotPublishedError(f"no files of {kind} in {path}", f"they are named {', '.join(KINDS[kind].files)}")


def version_at(kind: str, path: Path) -> str:
    """Return the version that the files at a path make."""
    return version_of(pack(files_at(kind, path)))


def _name_of(kind: str, path: Path) -> str:
    """Return the name that a file has in a reference directory; a kind of one file may be published under any name."""
    for name in (path.name, f"{kind}/{path.name}"):
        if KINDS[kind].owns(name):
            return name
    if len(KINDS[kind].files) == 1 and "*" not in KINDS[kind].files[0]:
        return KINDS[kind].files[0]
    raise NotPublishedError(f"{path} is no file of {kind}", f"they are named {', '.join(KINDS[kind].files)}")


def _packed(kind: str, files: Mapping[str, bytes]) -> bytes:
    """Return the pack, judged exactly as every process will judge it when it is announced; raise `UnsoundReferenceError`."""
    try:
        packed = pack(files)
        Reference().with_pack(kind, packed)
    except PackError as exc:
        raise NotPublishedError(f"{kind}: {exc}", "a snapshot is a small folder of plain files") from exc
    return packed
