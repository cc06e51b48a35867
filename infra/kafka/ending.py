"""Ending the process from inside: the log says why, the supervisor starts it again."""

import os
import sys
from typing import NoReturn, Protocol

import structlog

NEWER = "written by newer software"
UPGRADE = "upgrade this process; nothing is lost, it goes on where it stopped"
"""Why a process ends at a record of a later release, and what to do (ADR 0014)."""

log = structlog.get_logger(__name__)


class End(Protocol):
    """Ends the process; tests put an exception in its place."""

    def __call__(self, why: str, **said: object) -> NoReturn:
        """Log a constant reason and its fields, and never return."""


def end_process(why: str, **said: object) -> NoReturn:
    """Log and exit at once: raising would wait for a broker that may be away, or leave a process that does nothing."""
    log.error("ending", why=why, **said)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
