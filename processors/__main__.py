"""`python -m processors verifier|router|watcher [--replica N]`: one worker of one processor."""

import argparse
import sys

from infra import logs
from infra.errors import EnvironmentFaultError
from processors.topology import FLOWS, run


def main() -> int:
    """Run until SIGTERM; 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m processors", description=__doc__)
    parser.add_argument("processor", choices=sorted(FLOWS))
    parser.add_argument("--replica", default="0", help="stable number of this worker among those of the processor")
    chosen = parser.parse_args()
    try:
        run(chosen.processor, replica=chosen.replica)
    except EnvironmentFaultError as exc:
        logs.cannot_start(exc)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
