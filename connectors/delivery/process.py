"""The process `deliver`."""

from connectors.delivery.core import DeliveryCore
from connectors.process import prepared, run_core

NAME = "deliver"
NEEDS = ("directory", "routes")
"""Reference data without which no endpoint can be found."""


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    run_core(NAME, settings, clock, lambda settings, _clock: DeliveryCore(settings), needs=NEEDS)
