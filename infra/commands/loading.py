"""The reference data that a command decides by: the folder of `--reference`, else the published snapshots, else the demo province's.

The demo stands in only where no axis of one's own ever worked, and says so: nobody takes its answers for those of a real directory.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.commands import Ctx, stop
from infra.content import open_content
from infra.kafka.clients import NoBrokerError, bootstrap
from infra.reference import Follower
from schemas.reference import KINDS, Directory, Reference, UnsoundReferenceError, files_of

DEMO = Path(__file__).resolve().parent.parent / "demo" / "reference"
STANDS_IN = (
    "Không có trục nào đang chạy ở đây: trả lời theo dữ liệu của tỉnh mẫu (--reference DIR để dùng dữ liệu khác)."
)


def load(
    ctx: Ctx, kinds: Iterable[str], *, instead: Mapping[str, Path] | None = None, needs: Iterable[str] = ()
) -> Reference:
    """Return these kinds; `instead`: kind -> folder read in its place; `needs`: kinds without which there is no answer.

    End with exit code 2 where data are unsound, missing, or nobody knows them.
    """
    chosen, wanted = dict(instead or {}), list(kinds)
    base, files = _in_force(ctx, [kind for kind in wanted if kind not in chosen])
    for kind, folder in chosen.items():
        files[kind] = {f"{kind}/{path}": content for path, content in files_below(folder).items()}
    if "trust" in files:
        files["trust"] = _listed(files["trust"], ctx)
    try:
        found = Reference.from_files({kind: content for kind, content in files.items() if content})
    except UnsoundReferenceError as exc:
        stop(str(exc), f"lienthong reference check {exc.kind} says what is wrong")
    for kind in wanted:
        if (value := getattr(base, kind)) is not None and kind not in chosen:
            found = found.with_value(kind, value, base.versions[kind])
    if missing := [kind for kind in needs if getattr(found, kind) is None]:
        where = f"in {ctx.reference_dir}" if ctx.reference_dir else "was published"
        names = ", ".join(name for kind in missing for name in KINDS[kind].files)
        stop(f"no {' and no '.join(missing)} {where}", f"add {names}, or `lienthong reference publish KIND PATH`")
    return found


def directory_at_hand(ctx: Ctx) -> Directory | None:
    """Return the directory that is named or in force; None where no axis runs to be asked."""
    if ctx.reference_dir is None and (published := _published(ctx)) is not None:
        return published.directory
    return load(ctx, ("directory",)).directory if ctx.reference_dir else None


def files_below(folder: Path) -> dict[str, bytes]:
    """Return path -> bytes of all files of a folder; nothing where there is none."""
    if not folder.is_dir():
        return {}
    return {
        each.relative_to(folder).as_posix(): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()
    }


def _in_force(ctx: Ctx, kinds: list[str]) -> tuple[Reference, dict[str, dict[str, bytes]]]:
    """Return the published snapshots, or none of them and the files that stand for them (kind -> path -> bytes)."""
    if ctx.reference_dir is None:
        if (published := _published(ctx)) is not None:
            return published, {}
        begun = ctx.settings.content_is_bucket or ctx.settings.content_folder.exists()
        if begun and not (ctx.settings.var / "demo").exists():
            stop("the axis of this folder does not run", "start it with `lienthong up`, or name data: --reference DIR")
        ctx.say(STANDS_IN)
    read = files_below(ctx.reference_dir or DEMO)
    return Reference(), {kind: files_of(kind, read) for kind in kinds}


def _listed(files: Mapping[str, bytes], ctx: Ctx) -> dict[str, bytes]:
    """Make a folder of certificates without `trust.yaml` a trust list, and say so."""
    from infra.pki.plain import LIST, with_list  # noqa: PLC0415 - most commands judge no signature

    if files and LIST not in files:
        ctx.say("Không có trust.yaml: mỗi chứng thư tự ký trong thư mục được tin cho mọi mục đích.")
    return with_list(files)


def _published(ctx: Ctx) -> Reference | None:
    """Return the snapshots in force; None where no broker runs. End with exit code 2 where none can be had."""
    try:
        settings = ctx.settings.model_copy(update={"kafka_bootstrap": bootstrap(ctx.settings)})
    except NoBrokerError:
        return None
    follower = Follower(settings, open_content(settings))
    follower.start()
    follower.stop()
    current = follower.current()
    if not current.versions:
        stop(
            f"no reference data in force, or not in the content store {settings.content_url}",
            "`lienthong reference publish KIND PATH`, or name data: --reference DIR",
        )
    return current
