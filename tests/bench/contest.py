"""One benchmark: contenders run in turns, round after round, over the same records; their outputs must be the same."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from infra.settings import Settings
from tests.bench.contenders import Contender, run
from tests.bench.ground import ends, outputs
from tests.bench.marks import Lap

Say = Callable[[str], None]


class OtherResultsError(Exception):
    """Contenders that must say the same said different things: one of them did not do the work."""


def contest(
    contenders: Sequence[Contender], settings: Settings, topics: Iterable[str], *, rounds: int, folder: Path, say: Say
) -> list[Lap]:
    """Run all in turns; raise `OtherResultsError`."""
    laps: list[Lap] = []
    topics = list(topics)
    for number in range(rounds):
        turn = number % len(contenders)
        for contender in (*contenders[turn:], *contenders[:turn]):
            since = ends(settings, topics)
            done = run(contender, settings, folder)
            count, digest = outputs(settings, topics, since)
            laps.append(replace(done, outputs=count, digest=digest))
            say(
                f"{done.contender}: {done.rate:,.0f}/s, {done.cpu_us:.0f} µs CPU, second half {done.warm_rate:,.0f}/s,"
                f" {done.warm_cpu_us:.0f} µs; {count} outputs {digest}; load {os.getloadavg()[0]:.0f}"
            )
    require_same(laps, {each.name for each in contenders if each.same_results})
    return laps


def require_same(laps: Sequence[Lap], names: Iterable[str]) -> None:
    """Raise `OtherResultsError` unless the laps of these contenders have one digest."""
    said = {(each.outputs, each.digest) for each in laps if each.contender in set(names)}
    if len(said) > 1:
        raise OtherResultsError(str(sorted((each.contender, each.outputs, each.digest) for each in laps)))
