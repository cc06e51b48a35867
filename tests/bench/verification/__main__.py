"""`python -m tests.bench.verification`: measure, print a table, write it to var/bench/verification.{json,md}. `make bench-verify` runs it."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from infra.durable import write_atomically
from infra.settings import Settings
from tests.bench.rows import OURS, Row, machine, table
from tests.bench.verification import alone, where
from tests.bench.verification.contenders import PYTHON, TWO
from tests.bench.verification.contest import contest
from tests.bench.verification.java_rivals import java_entries, java_versions
from tests.bench.verification.players import Entry, Player, player, python_entries
from tests.bench.verification.results import judged, list_effect, plain_rows, python_versions, rows_of
from tests.bench.verification.specimens import Specimen, write_specimens
from tests.bench.verification.world import write_world

PAIR_COUNT = 500
"""Validations of one process, one or two at work."""


def main() -> int:
    """Run it."""
    chosen, settings, left_out = _arguments(), Settings.load(), list[str]()
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        write_world(folder)
        specimens = write_specimens(folder)
        versions = python_versions() | java_versions(settings)
        java = java_entries(settings, folder, folder / "classes", left_out.append)
        entries = [*python_entries(folder), *java]
        found = _measure(folder, specimens, entries, versions=versions, left_out=left_out, rounds=chosen.rounds)
        judge = PYTHON[OURS].make(folder)
        spent = [(each, where.profile(judge, each, folder)) for each in specimens]
    text = f"{json.dumps(machine())}\n{json.dumps(versions)}\n\n{table(found)}\n"
    text += "".join(f"Left out: {each}\n\n" for each in left_out)
    text += judged(found, specimens) + "".join(where.table(specimen, each) for specimen, each in spent)
    out = settings.var / "bench"
    write_atomically(out / "verification.json", json.dumps([asdict(each) for each in found], indent=1).encode())
    write_atomically(out / "verification.md", text.encode())
    sys.stdout.write(text)
    return 0


def _measure(
    folder: Path,
    specimens: Sequence[Specimen],
    entries: Sequence[Entry],
    *,
    versions: dict[str, str],
    left_out: list[str],
    rounds: int,
) -> list[Row]:
    two = folder / TWO
    with ExitStack() as stack:
        players = _players(stack, entries, folder, left_out)
        scores = contest(players, specimens, folder, rounds=rounds, say=_say)
    with ExitStack() as stack:
        pair = _players(stack, [each for each in entries if each.name == OURS] * 2, folder, left_out)
        together = alone.pairs(pair, two, PAIR_COUNT, rounds=rounds)
    _say("start, latency and memory")
    files = alone.ordinary_files(folder / "ordinary")
    measured = (list_effect(scores), together, alone.ordinary(folder, files), alone.starts(folder, two, rounds=rounds))
    return [*rows_of(scores, versions), *(each for some in measured for each in plain_rows(some, versions))]


def _players(stack: ExitStack, entries: Sequence[Entry], folder: Path, left_out: list[str]) -> list[Player]:
    found = []
    for entry in entries:
        made = stack.enter_context(player(entry, folder))
        if made is None:
            left_out.append(f"{entry.name}: its library is not installed")
        else:
            found.append(made)
    return found


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.verification", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often everybody runs, in turns")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
