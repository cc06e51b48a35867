"""`make chaos`: a seeded schedule of faults under load, an audit, and a scorecard in `var/chaos/`."""

import signal
import sys
import time
from pathlib import Path

import click

from infra.settings import Settings
from tests.chaos.act import Act, perform
from tests.chaos.schedule import planned
from tests.chaos.scorecard import markdown, scorecard, write
from tests.chaos.stage import Setting
from tests.chaos.surroundings import ACTS, LeftOutError, emptied


def say(text: str) -> None:
    """Tell people how far the trial is."""
    click.echo(text, err=True)


@click.command()
@click.option("--seed", default=1, show_default=True, help="Of the packets and of the order of faults.")
@click.option("--rate", default=5.0, show_default=True, help="Packets a second.")
@click.option(
    "--time",
    "pace",
    default=60.0,
    show_default=True,
    help="How many times as fast as life; reminders grow with the square of it.",
)
@click.option("--short", is_flag=True, help="The schedule that fits into five minutes.")
@click.option("--rounds", default=1, show_default=True, help="How often each act's faults are played.")
@click.option(
    "--documents", default=0, help="Instead of all that: the processors alone, until so many documents passed."
)
@click.option("--fault", "only", multiple=True, help="Only these.")
@click.option("--keep", is_flag=True, help="Leave the axis' folder for a closer look.")
def chaos(
    *, seed: int, rate: float, pace: float, short: bool, rounds: int, documents: int, only: tuple[str, ...], keep: bool
) -> None:
    """Break everything that can break, one after the other, while documents flow; exit 1 if anything was lost or done twice."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started and mounted goes, too
    settings = Settings.load()
    folder = settings.var.absolute() / "chaos"
    acts = []
    for each in planned(seed=seed, short=short, only=only, many=documents > 0):
        var = emptied(folder / each.act)
        say(f"act {each.act}: {', '.join(fault.name for fault in each.faults)}")
        stage = settings.model_copy(update={"var": var, "kafka_bootstrap": ""})
        try:
            with ACTS[each.act](var) as around:
                setting = Setting(around=around, rate=rate, time=pace, seed=seed, documents=documents)
                acts.append(perform(each.act, stage, setting, each.faults * rounds, say))
        except LeftOutError as exc:
            acts.append(Act(name=each.act, left_out=str(exc)))
        if not keep and acts[-1].ok:
            emptied(var).rmdir()
    card = scorecard(acts, seed=seed, rate=rate, seconds=time.monotonic() - started)
    write(folder, acts, card)
    click.echo(markdown(acts, card))
    sys.exit(0 if card["ok"] else 1)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    chaos()
