"""One question, one answer: a packet that lies below a folder, read, judged and planned as the axis would now; nothing is sent or kept."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from infra.clock import Clock
from processors.commands.preflight import answer_of
from processors.verification.asked import Asked
from processors.verification.judging.pool import JudgePool
from schemas.edxml import DocumentPacket, Limits, read_packet
from schemas.reasons import sentence_vi
from schemas.reference import Reference

MAX_REQUEST = 8 * 1024
"""Bytes of a question: the path of a file."""

ASK_SECONDS = 5.0
"""How long a question may take to arrive."""

log = structlog.get_logger(__name__)


class References(Protocol):
    """Where the reference data in force comes from."""

    def current(self) -> Reference:
        """Return the bundle in force."""


class UnanswerableError(ValueError):
    """The question cannot be answered; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Answers about packets below `folder`; `plain` turns dates and paths into text."""

    folder: Path
    references: References
    clock: Clock
    pool: JudgePool
    limits: Limits
    gate: asyncio.Semaphore
    plain: Callable[[Any], Any]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one line `{"path": …}` and answer with one line: the command's fields, or `{"error": …}`."""
        try:
            said = await self._answer(await asyncio.wait_for(reader.readline(), ASK_SECONDS))
        except (ValueError, TimeoutError) as exc:  # also a line that is too long
            said = {"error": str(exc) or "no question came"}
        except (OSError, LookupError) as exc:  # a file that vanishes, reference data without a calendar
            log.warning("preflight_failed", error=type(exc).__name__)
            said = {"error": sentence_vi("INTERNAL_ERROR")}
        try:
            writer.write(json.dumps(said, ensure_ascii=False, default=self.plain).encode() + b"\n")
            await writer.drain()
        except OSError:
            log.info("preflight_not_awaited")
        finally:
            writer.close()

    async def _answer(self, question: bytes) -> Mapping[str, Any]:
        path = self._path(question)
        async with self.gate:
            reference, now = self.references.current(), self.clock.now()
            packet = await asyncio.to_thread(read_packet, path, limits=self.limits, now=now, secrecy=reference.secrecy)
            judgement = None
            if isinstance(packet, DocumentPacket):
                asked = Asked(path=path, receipt=now, thorough=True, limits=self.limits)
                judgement = await self.pool.judge(asked, reference)
            return answer_of(path, packet, judgement, reference, now)

    def _path(self, question: bytes) -> Path:
        try:
            asked = json.loads(question)["path"]
            path = Path(asked)
        except (ValueError, TypeError, LookupError, RecursionError):
            raise UnanswerableError('a question is one line {"path": FILE}') from None
        try:
            found = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            raise UnanswerableError("no such file") from None
        if not (found.is_relative_to(self.folder) and found.is_file()):
            raise UnanswerableError("no such file")
        return found
