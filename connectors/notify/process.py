"""The process `notify`."""

from connectors.notify.core import NotifyCore
from connectors.process import prepared, run_core

NAME = "notify"
NEEDS = ("directory", "contacts", "calendar", "sla")
"""Reference data without which nobody can be told at the right moment, by name."""


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    run_core(NAME, settings, clock, lambda settings, _clock: NotifyCore(settings), needs=NEEDS)
