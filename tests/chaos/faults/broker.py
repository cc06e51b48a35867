"""The broker away, frozen, killed; everything killed at once."""

import os
import signal

from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("broker-killed", "one", "many")
def broker_killed(stage: Stage) -> None:
    """kill -9 of the broker; it is started again at once."""
    stage.cluster.kill(1)
    stage.cluster.start_node(1)
    stage.cluster.wait_until_ready()
    stage.wait_until_back(*stage.all_names())


@fault("broker-stopped", "one", "many", short=False)
def broker_stopped(stage: Stage) -> None:
    """The broker is away for 75 s."""
    stage.cluster.stop()
    stage.wait(75.0)
    stage.cluster.start()
    stage.wait_until_back(*stage.all_names(), seconds=120)


@fault("broker-frozen", "one", "many", short=False)
def broker_frozen(stage: Stage) -> None:
    """The broker is frozen for 40 s and thawed."""
    pid = stage.cluster.pids()[1]
    os.kill(pid, signal.SIGSTOP)
    stage.wait(40.0)
    os.kill(pid, signal.SIGCONT)
    stage.wait_until_back(*stage.all_names(), seconds=120)


@fault("power-loss", "one", "many")
def power_loss(stage: Stage) -> None:
    """Everything is killed at once, the broker too, and started again."""
    for name in stage.all_names():
        stage.send(name, signal.SIGKILL)
    stage.cluster.kill(1)
    stage.cluster.start()
    stage.wait_until_back(*stage.all_names(), seconds=120)


@fault("leader-killed", "three", short=False)
def leader_killed(stage: Stage) -> None:
    """Three nodes, three copies: one node after the other is killed and comes back."""
    for number in (1, 2):
        stage.cluster.kill(number)
        stage.wait(20.0)
        stage.cluster.start_node(number)
        stage.cluster.wait_until_ready()
        stage.wait(10.0)
    stage.wait_until_back(*stage.all_names(), seconds=120)
