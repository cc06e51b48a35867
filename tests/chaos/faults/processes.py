"""Processes that die, stop, freeze, kill themselves in the worst moment, come and go."""

import random
import signal
import time

from tests.chaos.fault import fault
from tests.chaos.raising import worker
from tests.chaos.stage import Stage

BETWEEN_SECONDS = 0.5
FROZEN_SECONDS = 14.0
"""Longer than a session: the broker gives the partitions away."""

OF_INTAKE = ("taken", "stored", "receipted")
OF_TIMERS = ("timer_begun", "timer_emitted", "timer_confirmed", "timer_settled")
VISIT = 3
CRASH_SECONDS = 60.0
TIMER_SECONDS = 10.0


def _each(stage: Stage, number: signal.Signals) -> None:
    for name in stage.all_names():
        stage.send(name, number)
        stage.wait(BETWEEN_SECONDS)
    stage.wait_until_back(*stage.all_names())


@fault("kill", "one", "many")
def kill(stage: Stage) -> None:
    """kill -9 of every process of the axis, one after the other."""
    _each(stage, signal.SIGKILL)


@fault("term", "one", "many")
def term(stage: Stage) -> None:
    """SIGTERM of every process of the axis, one after the other."""
    _each(stage, signal.SIGTERM)


OF_A_BATCH = ("begun", "emitted", "confirmed", "settled")
PLACES = (
    *((name, point, VISIT) for name in ("verifier-0", "router-0", "watcher-0", "deliver") for point in OF_A_BATCH),
    *(("watcher-0", point, 1) for point in OF_TIMERS),
    *(("intake", point, VISIT) for point in (*OF_INTAKE, "emitted", "confirmed")),
)
"""(process, crash point, at which visit)."""

SAMPLE = 4


@fault("crash-points")
def crash_points(stage: Stage) -> None:
    """Processes kill themselves between two effects: a sample of the named points."""
    for place in random.Random(stage.setting.seed).sample(PLACES, SAMPLE):
        _crash_at(stage, *place)


@fault("every-crash-point", short=False)
def every_crash_point(stage: Stage) -> None:
    """Processes kill themselves between two effects: every named point of every process that has it."""
    for place in PLACES:
        _crash_at(stage, *place)


def _crash_at(stage: Stage, name: str, point: str, visit: int) -> None:
    """Let a process run into a point, and go on without; no timer may be due just now, and then there is no crash."""
    before = len(stage.restarts)
    stage.start_again(name, LIENTHONG_CRASH_AT=f"{point}:{visit}")
    until = time.monotonic() + (TIMER_SECONDS if point in OF_TIMERS else CRASH_SECONDS)
    while (name, "signal_9") not in stage.restarts[before:] and time.monotonic() < until:
        stage.wait(0.05)
    stage.start_again(name)
    crashed = (name, "signal_9") in stage.restarts[before:]
    assert crashed or point in OF_TIMERS, f"{name} did not reach {point}"


@fault("zombie", "one", "many")
def zombie(stage: Stage) -> None:
    """The watcher is frozen past its session while a second worker takes over, then thawed."""
    _freeze_beside_another(stage, "watcher")


@fault("zombies", short=False)
def zombies(stage: Stage) -> None:
    """The same with the router; then deliver and intake, which have no second worker."""
    _freeze_beside_another(stage, "router")
    for name in ("deliver", "intake"):
        _freeze(stage, name)
        stage.wait_until_back(*stage.all_names())


def _freeze_beside_another(stage: Stage, processor: str) -> None:
    stage.start(worker(stage, processor, 1))
    stage.wait_until_back(f"{processor}-1")
    _freeze(stage, f"{processor}-0")
    stage.stop(f"{processor}-1", kindly=True)
    del stage.specs[f"{processor}-1"]
    stage.wait_until_back(*stage.all_names())


def _freeze(stage: Stage, name: str) -> None:
    pid = stage.pid(name)
    stage.send(name, signal.SIGSTOP)
    stage.wait(FROZEN_SECONDS)
    if stage.supervisor.pids().get(name) == pid:
        stage.send(name, signal.SIGCONT)


@fault("scale-static", "one", "many", short=False)
def scale_static(stage: Stage) -> None:
    """Workers of each processor come and go: 2, 3, 2, 1, 2, 1; some leave, some are killed."""
    _scale(stage)


@fault("scale-dynamic", "dynamic", short=False)
def scale_dynamic(stage: Stage) -> None:
    """The same with workers that have no stable number in the group."""
    _scale(stage)


def _scale(stage: Stage) -> None:
    for processor in ("verifier", "router", "watcher"):
        for add, replica in ((True, 1), (True, 2), (False, 2), (False, 1), (True, 1), (False, 1)):
            name = f"{processor}-{replica}"
            if add:
                stage.start(worker(stage, processor, replica))
                stage.wait_until_back(name)
            else:
                stage.stop(name, kindly=replica == 1)
                del stage.specs[name]
            stage.wait(3.0)
    stage.wait_until_back(*stage.all_names())
