"""The reference data that a command decides by: the folder of `--reference`, else the published snapshots, else the demo province's."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.commands import Ctx, stop
from infra.content import ContentError, open_content
from infra.kafka.clients import NoBrokerError, bootstrap
from infra.reference import Follower
from schemas.reference import KINDS, Reference, UnsoundReferenceError, files_of

DEMO = Path(__file__).resolve().parent.parent / "demo" / "reference"


def load(ctx: Ctx, kinds: Iterable[str], *, instead: Mapping[str, Path] | None = None) -> Reference:
    """Return these kinds; `instead`: kind -> folder that is read in its place. End with exit code 2 where data are unsound."""
    chosen, wanted = dict(instead or {}), list(kinds)
    if ctx.reference_dir is None and (published := _published(ctx)) is not None:
        files: dict[str, dict[str, bytes]] = {}
        base = published
    else:
        base, read = Reference(), files_below(ctx.reference_dir or DEMO)
        files = {kind: files_of(kind, read) for kind in wanted if kind not in chosen}
    for kind, folder in chosen.items():
        files[kind] = {f"{kind}/{path}": content for path, content in files_below(folder).items()}
    try:
        found = Reference.from_files({kind: content for kind, content in files.items() if content})
    except UnsoundReferenceError as exc:
        stop(str(exc), f"lienthong reference check {exc.kind} says what is wrong")
    for kind in wanted:
        if (value := getattr(base, kind)) is not None and kind not in chosen:
            found = found.with_value(kind, value, base.versions[kind])
    return found


def files_below(folder: Path) -> dict[str, bytes]:
    """Return path -> bytes of all files of a folder; nothing where there is none."""
    if not folder.is_dir():
        return {}
    return {
        each.relative_to(folder).as_posix(): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()
    }


def _published(ctx: Ctx) -> Reference | None:
    """Return the snapshots in force; None where no axis runs, or nothing was ever published."""
    try:
        settings = ctx.settings.model_copy(update={"kafka_bootstrap": bootstrap(ctx.settings)})
    except NoBrokerError:
        return None
    follower = Follower(settings, open_content(settings))
    try:
        follower.start()
    except ContentError:
        return None
    follower.stop()
    current = follower.current()
    return current if all(kind in KINDS for kind in current.versions) and current.versions else None
