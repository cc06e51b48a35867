"""`python -m processors verifier|router|watcher [--replica N]`: one worker of one processor; `preflight`: who answers for the web door."""

import argparse
import sys

from infra import logs
from infra.errors import EnvironmentFaultError
from processors.topology import FLOWS, run

PREFLIGHT = "preflight"


def main() -> int:
    """Run until SIGTERM; 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m processors", description=__doc__)
    parser.add_argument("processor", choices=[*sorted(FLOWS), PREFLIGHT])
    parser.add_argument("--replica", default="0", help="stable number of this worker among those of the processor")
    chosen = parser.parse_args()
    try:
        if chosen.processor == PREFLIGHT:
            from processors.preflight.process import run as answer  # noqa: PLC0415 - the processors need none of it

            answer()
        else:
            run(chosen.processor, replica=chosen.replica)
    except EnvironmentFaultError as exc:
        logs.cannot_start(exc)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
