"""A network that is slow, then cut: toxiproxy stands between all clients and the broker."""

from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("network-slow", "network", short=False)
def network_slow(stage: Stage) -> None:
    """Every packet of the network is 300 ms late for 20 s."""
    stage.proxy.add_latency(300)
    stage.wait(20.0)
    stage.proxy.reset()
    stage.wait_until_back(*stage.all_names())


@fault("network-cut", "network", short=False)
def network_cut(stage: Stage) -> None:
    """The network is cut for 3 s, three times, and once for 40 s."""
    for seconds in (3.0, 3.0, 3.0, 40.0):
        stage.proxy.cut()
        stage.wait(seconds)
        stage.proxy.reset()
        stage.wait(5.0)
    stage.wait_until_back(*stage.all_names(), seconds=120)
