"""A command whose reader has seen enough, as in `lienthong owes … | head -1`, ends in order."""

import os
import subprocess
import sys
from pathlib import Path

from infra.demo.province import REFERENCE


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    """Nobody reads stdout any more: exit 0, not a word about a broken machine, no trace."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "infra", "agency", "000.00.05.H53", "--reference", str(REFERENCE), "--json"]
    with os.fdopen(writing, "wb") as out:
        environment = {"LIENTHONG_VAR": str(tmp_path), "PATH": os.defpath, "PYTHONUNBUFFERED": "1"}
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environment, timeout=60, check=False)

    assert (0, b"") == (done.returncode, done.stderr)
