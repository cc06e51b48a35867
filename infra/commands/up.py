"""`lienthong up`."""

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict

import click

from infra.commands import DONE, NO, Ctx, command, stop
from infra.demo import week
from infra.demo.result import Result, print_table
from infra.demo.week import Pace
from infra.processes import Workers
from infra.readings import counted
from infra.screen import Lines, Picture, Screen
from infra.settings import Settings
from infra.supervise.interrupt import Interrupt
from infra.up import Axis, Options, running

TICK_SECONDS = 0.2
NOTE_SECONDS = 1.0
"""Between two notes of how far time is."""


@command("up", example="lienthong up --demo --until-settled --json")
@click.option("--demo", is_flag=True, help="With the demo province: agencies, test PKI, a scripted week.")
@click.option(
    "--until-settled", is_flag=True, help="Play the week as fast as it goes, judge it, and stop (with --demo)."
)
@click.option("--clock", help="real, or so many times as fast as life, as 60x (with --demo).")
@click.option(
    "--nodes", type=click.Choice(["1", "3"]), default="1", show_default=True, help="Nodes of the Kafka started."
)
@click.option("--workers", default="", help="Workers of each processor: verify=1,route=1,sla=1.")
@click.option(
    "--packets", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Of the scripted week."
)
def up(ctx: Ctx, *, demo: bool, until_settled: bool, clock: str | None, nodes: str, workers: str, packets: int) -> int:
    """Start the axis in the foreground; Ctrl-C stops it in order. KAFKA_BOOTSTRAP makes it use an existing cluster."""
    if not demo and (until_settled or clock not in (None, "real")):
        stop("--until-settled and a simulated clock belong to the demo", "add --demo")
    options = Options(
        demo=demo,
        until_settled=until_settled,
        pace=_pace(clock),
        nodes=int(nodes),
        workers=Workers.parse(workers),
        packets=packets,
    )
    screen: Screen = Picture() if sys.stderr.isatty() and not ctx.json else Lines()
    started = time.monotonic()
    counts = _run(ctx.settings, options, screen)
    result = Result.read(ctx.settings) or Result(ok=not until_settled, counts=counts)
    answer = asdict(result) | {"seconds": round(time.monotonic() - started, 1)}
    if ctx.json:
        ctx.emit(answer)
    elif result.outcomes:
        print_table(result.outcomes)
    return DONE if result.ok else NO


def _run(settings: Settings, options: Options, screen: Screen) -> Mapping[str, int]:
    """Run until the week is settled or a person stops it; return topic -> records written."""
    interrupt = Interrupt()
    interrupt.listen()
    try:
        with running(settings, options, screen.say, interrupt) as axis:
            try:
                _watch(axis, options, screen, interrupt)
            finally:
                screen.close()
            return counted(axis.settings)
    except KeyboardInterrupt:  # while Kafka started
        return {}


def _watch(axis: Axis, options: Options, screen: Screen, interrupt: Interrupt) -> None:
    noted_at = 0.0
    while not interrupt.asked and not (options.until_settled and axis.play_ended is not None):
        axis.tick()
        screen.show(axis)
        if time.monotonic() - noted_at > NOTE_SECONDS:
            noted_at = time.monotonic()
            week.remember(axis.settings)
        time.sleep(TICK_SECONDS)  # paces the looks at the processes


def _pace(text: str | None) -> Pace | None:
    if text is None:
        return None
    if text == "real":
        return "real"
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)x", text)
    if found is None or not float(found[1]):
        stop(f"--clock {text}: not understood", "write real, or 60x for 60 times as fast as life")
    return float(found[1])
