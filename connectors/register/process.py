"""The register's process: every topic into SQL."""

from connectors.process import prepared, run_projection
from connectors.register import tables
from connectors.register.gauges import Gauges
from connectors.register.projection import project
from infra.audit import note
from infra.state import METADATA, State, open_database

NAME = "register"


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    engine = open_database(settings.register_url, METADATA)
    open_database(settings.register_url, tables.METADATA).dispose()
    gauges = Gauges(engine, clock, show_more=lambda: note.show(settings, NAME, clock))
    run_projection(NAME, settings, clock, project, State(engine, NAME), measure=gauges.look)
