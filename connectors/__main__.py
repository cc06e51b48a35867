"""`python -m connectors intake|deliver|notify|register|trust|api|console|outbox`: one connector, until SIGTERM."""

import argparse
import importlib
import sys

from infra import logs
from infra.errors import EnvironmentFaultError

CONNECTORS = {
    "intake": "connectors.intake.process",
    "deliver": "connectors.delivery.process",
    "notify": "connectors.notify.process",
    "register": "connectors.register.process",
    "trust": "connectors.trust.process",
    "api": "connectors.http.process",
    "console": "connectors.console.process",
    "outbox": "connectors.outbox.process",
}
"""Each module has `run()`; it is imported only in its own process."""


def main() -> int:
    """Run until SIGTERM; 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m connectors", description=__doc__)
    parser.add_argument("connector", choices=sorted(CONNECTORS))
    chosen = parser.parse_args().connector
    try:
        importlib.import_module(CONNECTORS[chosen]).run()
    except EnvironmentFaultError as exc:
        logs.cannot_start(exc)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
