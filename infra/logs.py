"""Logs: one JSON object a line on stderr, a constant event name plus fields; no contents, keys or names of people.

What repeats itself is left out and counted (`infra.repeats`); a supervised process turns its own file (`infra.logfile`).
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Protocol, TextIO, cast

import structlog

from infra.clock import Clock
from infra.errors import EnvironmentFaultError
from infra.logfile import STDOUT_AND_STDERR, Bounds, LogFile
from infra.repeats import Repeats
from infra.settings import Settings

QUIET = {"aiokafka": logging.ERROR, "faust": logging.WARNING, "mode": logging.WARNING, "pyhanko": logging.ERROR}
"""Loggers of libraries whose lower levels repeat what ours say, or speak while a broker is merely away."""


class Out(Protocol):
    """Where lines go."""

    def write(self, lines: str, /) -> int:
        """Take whole lines."""

    def flush(self) -> None:
        """Hold nothing back."""


def own_file(settings: Settings) -> Out | None:
    """Return the log file that the supervisor gave this process, kept within bounds by itself; None: it was given none.

    What nobody caught becomes a line like all others from then on.
    """
    if settings.log_file is None:
        return None
    sys.excepthook = _crashed
    threading.excepthook = lambda said: _crashed(said.exc_type, said.exc_value, said.exc_traceback)
    return LogFile(settings.log_file, Bounds.of(settings), carries=STDOUT_AND_STDERR)


def configure(process: str, clock: Clock | None = None, *, level: int = logging.INFO, out: Out | None = None) -> None:
    """Set logging up for a process, to `out` or stderr; with a simulated clock every line also carries its moment. Libraries' lines take the same form."""

    def simulated(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if clock is not None and clock.simulated:
            line["simulated"] = clock.now().isoformat(timespec="seconds")
        return line

    repeats = Repeats()
    first: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(process),
        simulated,
    ]
    last: list[Any] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    structlog.configure(
        processors=[*first[:2], repeats, *first[2:], *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", out or sys.stderr)),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(first, last, out or sys.stderr, repeats)


def cannot_start(fault: EnvironmentFaultError) -> None:
    """Say what is missing and how to mend it: in words on a terminal, as a line of the log elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{fault}\n→ {fault.mend}\n")
        return
    if not structlog.is_configured():
        configure("starting")  # its settings could not be read
    structlog.get_logger(__name__).error("cannot_start", what=str(fault), mend=fault.mend)


def _crashed(kind: type[BaseException], raised: BaseException | None, trace: TracebackType | None) -> None:
    structlog.get_logger(__name__).error("crashed", exc_info=(kind, raised or kind(), trace))


def _named(process: str) -> Any:
    """Name the process on every line, whichever thread or task wrote it (a context variable would not reach all of them)."""

    def add(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"event": line.get("event"), "process": process, **line}

    return add


def _adopt_libraries(first: list[Any], last: list[Any], out: Out, repeats: Repeats) -> None:
    """Give lines of the standard library's `logging` the same form."""
    form = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *first],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(form)
    handler.addFilter(repeats)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
