"""Logs: one JSON object a line on stderr, a constant event name plus fields; no contents, keys or names of people."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from infra.clock import Clock

QUIET = {"aiokafka": logging.ERROR, "faust": logging.WARNING, "mode": logging.WARNING, "pyhanko": logging.ERROR}
"""Loggers of libraries whose lower levels repeat what ours say, or speak while a broker is merely away."""


def configure(
    process: str, clock: Clock | None = None, *, level: int = logging.INFO, out: TextIO | None = None
) -> None:
    """Set logging up for a process, to `out` or stderr; with a simulated clock every line also carries its moment. Libraries' lines take the same form."""

    def simulated(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if clock is not None and clock.simulated:
            line["simulated"] = clock.now().isoformat(timespec="seconds")
        return line

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
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=out or sys.stderr),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(first, last, out)


def _named(process: str) -> Any:
    """Name the process on every line, whichever thread or task wrote it (a context variable would not reach all of them)."""

    def add(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"event": line.get("event"), "process": process, **line}

    return add


def _adopt_libraries(first: list[Any], last: list[Any], out: TextIO | None) -> None:
    """Give lines of the standard library's `logging` the same form."""
    form = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *first],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(form)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
