"""`python -m tests.bench.verification.turns NAME FOLDER`: a contender that takes `path<TAB>count` lines and answers `seconds<TAB>answer`."""

import sys
from pathlib import Path

from tests.bench.verification.contenders import PYTHON, turn

READY = "ready"
MISSING = "missing"


def main(arguments: list[str]) -> int:
    """Serve until the parent closes the pipe."""
    name, folder = arguments
    try:
        judge = PYTHON[name].make(Path(folder))
    except ImportError:
        print(MISSING, flush=True)  # noqa: T201 - the protocol
        return 0
    print(READY, flush=True)  # noqa: T201 - the protocol
    for line in sys.stdin:
        path, count = line.rstrip("\n").split("\t")
        spent, answer = turn(judge, Path(path), int(count))
        print(f"{spent}\t{answer}", flush=True)  # noqa: T201 - the protocol
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
