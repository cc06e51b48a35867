"""A judge: a process that takes one document after another from its pipe, within limits, and dies with its parent.

`python -m processors.verification.judging.worker CPU_SECONDS MEMORY_BYTES`; jobs on standard input, answers on standard output.
"""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from pyhanko_certvalidator.revinfo import validate_crl

from processors.verification.defects import found
from processors.verification.document import judge_document
from processors.verification.judging import wire
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement
from schemas.reference import Reference

SILENCE = 100
"""Above every level of the standard logger."""

READY = b"ready\n"
TAKEN = b"taken\n"
"""Said before a document is judged: from here on it answers for the worker."""

PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def main(arguments: list[str]) -> int:
    """Serve until the parent closes the pipe."""
    cpu_seconds, memory = int(arguments[0]), int(arguments[1])
    answers = _private_output()
    _die_with_parent()
    validate_crl.logger.manager.disable = (
        SILENCE  # libraries' warnings about hostile files are the sender's text, not ours
    )
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers.write(READY)
    reference, trust = Reference(), TrustStore(Reference())
    while (message := wire.read(sys.stdin.buffer)) is not None:
        if isinstance(message, Reference):
            reference, trust = message, TrustStore(message)
            continue
        answers.write(TAKEN)
        _allow_cpu(cpu_seconds)
        try:
            judgement = judge_document(message.asked, reference, trust)
        except OSError:  # the content store, not the document
            judgement = Judgement(finding=found(["CONTENT_UNAVAILABLE"]))
        answers.write(wire.answer(judgement))
    return 0


def _private_output() -> BinaryIO:
    """Keep the pipe for answers; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return answers


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1 and Path("/proc/1/comm").read_text().strip() in ("init", "systemd"):
        raise SystemExit(0)  # the parent went before the wish was made


def _allow_cpu(seconds: int) -> None:
    """Raise the soft CPU limit for one more document; beyond it the kernel ends the process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
