"""`python -m tests.bench [NAME…]`: measure, print one row a line (`--json`) or a table, and write both to var/bench/. `make bench` runs all."""

import argparse
import json
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.durable import write_atomically
from infra.settings import Settings
from tests.bench import chain, directory, fairness, growth, http_doors, many_open, prepared
from tests.bench.ground import Ground, ground
from tests.bench.marks import Lap
from tests.bench.rows import Row, machine, row, rows, table, versions_of
from tests.bench.stages import Stages
from tests.bench.workers import together
from tests.postgres import server_here

SIZES = (50, 200, 500, 2_000)
CREWS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much is measured."""

    records: int
    rounds: int
    memory: int
    seconds: float
    rate: float
    postgres: str
    only: str
    folder: Path
    say: Callable[[str], None]


def _contest(name: str) -> Callable[[Ground, Asked], list[Row]]:
    def measure(made: Ground, asked: Asked) -> list[Row]:
        laps = prepared.run(
            name, made, records=asked.records, rounds=asked.rounds, folder=asked.folder, say=asked.say,
            postgres=asked.postgres, only=asked.only,
        )  # fmt: skip
        return _rows(name, laps, made)

    return measure


def _batch(made: Ground, asked: Asked) -> list[Row]:
    laps = prepared.batches(made, SIZES, records=asked.records, rounds=asked.rounds, folder=asked.folder, say=asked.say)
    return _rows("batch", laps, made)


def _profile(made: Ground, asked: Asked) -> list[Row]:
    found = []
    for name in prepared.WORKS:
        if name != "verify":
            spent = Stages(name, made, asked.folder).measure(asked.records)
            found += _plain(made, "profile", {f"{name}: {stage}": [us] for stage, us in spent.items()}, "CPU µs/event")
    return found


def _workers(made: Ground, asked: Asked) -> list[Row]:
    rates = {
        f"{crew} of the router": [together(made, crew, records=asked.records, folder=asked.folder)] for crew in CREWS
    }
    return _plain(made, "workers", rates, "events/s")


def _chain(made: Ground, asked: Asked) -> list[Row]:
    found = chain.measure(made, records=asked.records, seconds=asked.seconds, folder=asked.folder, say=asked.say)
    return [each for unit, values in found.items() for each in _plain(made, "chain", values, unit)]


def _memory(made: Ground, asked: Asked) -> list[Row]:
    found = growth.measure(made, records=asked.memory, folder=asked.folder)
    return [each for unit, values in found.items() for each in _plain(made, "memory", values, unit)]


def _directory(made: Ground, asked: Asked) -> list[Row]:
    found = directory.measure(asked.rounds)
    return [each for unit, values in found.items() for each in _plain(made, "directory", values, unit)]


def _open(made: Ground, asked: Asked) -> list[Row]:
    with _postgres(asked.postgres) as postgres:
        found = many_open.measure(
            made, many=asked.memory, records=asked.records, rounds=asked.rounds, folder=asked.folder,
            postgres=postgres, only=asked.only, say=asked.say,
        )  # fmt: skip
    return [each for unit, values in found.items() for each in _plain(made, "open", values, unit)]


@contextmanager
def _postgres(asked: str) -> Iterator[str]:
    """Yield the URL of the server that was asked for: `here` is one of our own, if PostgreSQL is installed; empty where there is none."""
    server = server_here() if asked == "here" else None
    if server is None:
        yield asked if asked != "here" else ""
        return
    with server:
        yield server.url


def _fairness(made: Ground, asked: Asked) -> list[Row]:
    documents = asked.records // fairness.RECIPIENTS
    found = fairness.measure(made, documents=documents, seconds=asked.seconds, say=asked.say)
    return [each for unit, values in found.items() for each in _plain(made, "fairness", values, unit)]


def _http(made: Ground, asked: Asked) -> list[Row]:
    found = http_doors.measure(made, rate=asked.rate, seconds=asked.seconds * 3, rounds=asked.rounds, say=asked.say)
    return [each for unit, values in found.items() for each in _plain(made, "http", values, unit)]


BENCHMARKS = {
    "route": _contest("route"),
    "sla": _contest("sla"),
    "verify": _contest("verify"),
    "batch": _batch,
    "profile": _profile,
    "workers": _workers,
    "chain": _chain,
    "memory": _memory,
    "directory": _directory,
    "fairness": _fairness,
    "open": _open,
    "http": _http,
}


def _rows(name: str, laps: Sequence[Lap], made: Ground) -> list[Row]:
    return rows(name, laps, machine(), versions_of(made.settings))


def _plain(made: Ground, name: str, values: dict[str, list[float]], unit: str) -> list[Row]:
    here, versions = machine(), versions_of(made.settings)
    return [row(name, what, each, unit, machine=here, versions=versions) for what, each in values.items()]


@contextmanager
def _scratch(var: Path) -> Iterator[Path]:
    """Yield a folder beside the results, gone afterwards."""
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=var))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the chosen benchmarks."""
    chosen = _arguments()
    settings, answers = Settings.load(), list[Row]()
    out = chosen.out or settings.var / "bench"
    say = _quiet if chosen.json else _to_stderr
    for name in chosen.names or BENCHMARKS:
        own = settings.model_copy(update={"topic_prefix": f"bench-{uuid.uuid4().hex[:6]}."})
        with _scratch(out.absolute()) as folder, ground(folder, own) as made:
            asked = Asked(
                records=chosen.records, rounds=chosen.rounds, memory=chosen.memory, seconds=chosen.seconds,
                rate=chosen.rate, postgres=chosen.postgres, only=chosen.only, folder=folder / "runs", say=say,
            )  # fmt: skip
            asked.folder.mkdir()
            found = BENCHMARKS[name](made, asked)
        answers += found
        write_atomically(out / f"{name}.json", json.dumps([asdict(each) for each in found], indent=1).encode())
        write_atomically(out / f"{name}.md", table(found).encode())
        for each in found if chosen.json else ():
            sys.stdout.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")
    if not chosen.json:
        sys.stdout.write(f"{json.dumps(machine())}\n{json.dumps(versions_of(settings))}\n\n{table(answers)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *BENCHMARKS], help=", ".join(BENCHMARKS))
    parser.add_argument("--records", type=int, default=20_000, help="prepared events")
    parser.add_argument("--rounds", type=int, default=5, help="how often everybody runs, in turns")
    parser.add_argument(
        "--memory", type=int, default=100_000, help="events of `memory`, deliveries of `open`; the full run has 1000000"
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="how long latency is watched at each rate; thrice so long by `http`"
    )
    parser.add_argument("--rate", type=float, default=200.0, help="uploads a second of `http`")
    parser.add_argument(
        "--postgres",
        default="",
        help="also with this PostgreSQL server, e.g. postgresql+psycopg://axis@127.0.0.1; for `open`, `here` starts one",
    )
    parser.add_argument(
        "--only", default="", help="contenders whose names hold one of these words, e.g. lienthong,Streams"
    )
    parser.add_argument("--out", type=Path, help="where results go; LIENTHONG_VAR/bench by default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser.parse_args()


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _quiet(_text: str) -> None:
    """Say nothing."""


if __name__ == "__main__":
    sys.exit(main())
