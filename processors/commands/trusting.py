"""Reference data for commands that judge signatures: trust and lists from where they are said to be, or from the demo's PKI."""

from collections.abc import Iterable
from pathlib import Path

from infra.commands import Ctx
from infra.commands.loading import load
from schemas.reference import Reference


def load_to_judge(
    ctx: Ctx, kinds: Iterable[str], *, trust: Path | None = None, crl: Path | None = None, needs: Iterable[str] = ()
) -> Reference:
    """Return these kinds as `load` does; `trust`, `crl`: folders read in place of what is in force."""
    wanted, needed = tuple(kinds), tuple(needs)
    said = {kind: folder for kind, folder in (("trust", trust), ("crl", crl)) if folder}
    reference = load(ctx, wanted, instead=said, needs=needed)
    if ctx.reference_dir is not None:
        return reference
    pki = {kind: ctx.settings.var / "pki" / kind for kind in ("trust", "crl")}
    missing = {
        kind: folder
        for kind, folder in pki.items()
        if kind not in said and getattr(reference, kind) is None and folder.is_dir()
    }
    return load(ctx, wanted, instead=said | missing, needs=needed) if missing else reference
