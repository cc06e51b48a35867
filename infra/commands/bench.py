"""`lienthong bench`: one benchmark, with its rivals. They live beside the tests, which may import everything (ADR 0013)."""

import subprocess
import sys
from pathlib import Path

import click

from infra.commands import Ctx, command, stop

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("route", "sla", "verify", "batch", "profile", "workers", "chain", "memory", "directory")


@command("bench", example="lienthong bench route --rounds 5 --json")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--records", type=click.IntRange(min=100), default=20_000, show_default=True, help="Prepared events.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="How often everybody runs.")
@click.option(
    "--postgres", default="", help="Also with this PostgreSQL server, as an SQLAlchemy URL without a database."
)
def bench(ctx: Ctx, name: str, *, records: int, rounds: int, postgres: str) -> int:
    """Measure one thing, beside its rivals in turns: median, min, max, and how many times as good we are."""
    if not (ROOT / "tests" / "bench").is_dir():
        stop("the benchmarks are not here: they belong to the sources", "run it in a checkout")
    given = ["--records", str(records), "--rounds", str(rounds), "--postgres", postgres]
    more = ["--json"] if ctx.json else []
    argv = [sys.executable, "-m", "tests.bench", name, *given, *more]
    return subprocess.run(argv, check=False, cwd=ROOT).returncode  # noqa: S603 - ourselves
