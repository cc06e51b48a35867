"""Takes a request's body into a file, in constant memory: at most so large, not too slow, as long and with the digest that was said."""

import base64
import hashlib
import os
import time
from asyncio import timeout
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from connectors.http.clients import Limits
from connectors.http.problems import RefusedError
from schemas.ids import is_sha256

PIECE = 1024 * 1024
"""Bytes that are hashed and written at once, in a thread."""

DRAINED = 64 * PIECE
"""Of a body that is refused before it was read so much is read all the same: a client that still writes would not see the answer."""

DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A body that lies in a file of ours, on disk."""

    file: Path
    sha256: str
    size: int


async def receive(request: Request, file: Path, *, most: int, limits: Limits, digest: str = "") -> Spooled:
    """Write the body into a new file; raise `RefusedError` (the file is gone then), or `ClientDisconnect`."""
    declared = _declared(request)
    wanted = digest or _content_digest(request)
    if declared is not None and declared > most:
        await drain(request)
        raise _too_large(declared, most)
    try:
        with file.open("xb") as out:
            said, size = await _copied(request, out, most=most, limits=limits)
        _require_same(said, size, wanted, "hash-file" if digest else "Content-Digest")
    except BaseException:
        await run_in_threadpool(file.unlink, missing_ok=True)
        raise
    return Spooled(file=file, sha256=said, size=size)


def _require_same(said: str, size: int, wanted: str, element: str) -> None:
    if wanted and said != wanted:
        raise RefusedError("DIGEST_MISMATCH", 422, element=element)
    if not size:
        raise RefusedError("LENGTH_MISMATCH", 400, element="body", detail="0 byte")


async def _copied(request: Request, out: BinaryIO, *, most: int, limits: Limits) -> tuple[str, int]:
    found, waiting, size = hashlib.sha256(), bytearray(), 0
    async for chunk in _chunks(request, most=most, limits=limits):
        size += len(chunk)
        waiting += chunk
        if len(waiting) >= PIECE:
            await run_in_threadpool(_write, bytes(waiting), out, found.update, last=False)
            waiting.clear()
    await run_in_threadpool(_write, bytes(waiting), out, found.update, last=True)
    return found.hexdigest(), size


async def _chunks(request: Request, *, most: int, limits: Limits) -> AsyncIterator[bytes]:
    """Yield a body as it comes; raise `RefusedError` where it stops coming, falls behind or is too long."""
    size, pace, body = 0, Pace(limits), aiter(request.stream())
    while True:
        try:
            async with timeout(limits.idle_seconds):
                chunk = await anext(body, b"")
        except TimeoutError:
            raise _too_slow() from None
        size += len(chunk)
        pace.require(size)
        if size > most:
            await drain(request)
            raise _too_large(size, most)
        if not chunk:
            return
        yield chunk


def _write(piece: bytes, out: BinaryIO, update: Callable[[bytes], None], *, last: bool) -> None:
    update(piece)
    out.write(piece)
    if last:
        out.flush()
        os.fsync(out.fileno())


class Pace:
    """Whether a body comes fast enough: who sends a byte now and then holds a place that others need."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._began = limits, time.monotonic()

    def require(self, size: int) -> None:
        """Raise `RefusedError` for a body that fell behind."""
        past = time.monotonic() - self._began - self._limits.idle_seconds
        if past > 0 and size < past * self._limits.bytes_per_second:
            raise _too_slow()


async def small(request: Request, *, most: int, limits: Limits) -> bytes:
    """Return a body that must be small."""
    return b"".join([chunk async for chunk in _chunks(request, most=most, limits=limits)])


async def drain(request: Request) -> None:
    """Read on and forget, for a while; not where the client waits to be asked for its body."""
    if request.headers.get("expect"):
        return
    try:
        async with timeout(DRAIN_SECONDS):
            left = DRAINED
            while left > 0:
                message = await request.receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))
    except TimeoutError:
        return


def _declared(request: Request) -> int | None:
    said = request.headers.get("content-length")
    return int(said) if said and said.isascii() and said.isdigit() else None


def _content_digest(request: Request) -> str:
    """Return the SHA-256 of `Content-Digest: sha-256=:…:` (RFC 9530) in hex; empty where it is not said."""
    said = request.headers.get("content-digest")
    if said is None:
        return ""
    for each in said.split(","):
        name, _, value = each.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                found = base64.b64decode(value.strip().strip(":"), validate=True).hex()
            except ValueError:
                found = ""
            if is_sha256(found):
                return found
    raise RefusedError("REQUEST_MALFORMED", 400, element="Content-Digest", detail="sha-256=:base64:")


def _too_large(size: int, most: int) -> RefusedError:
    detail = f"{size:,} byte, tối đa {most:,}".replace(",", ".")
    return RefusedError(
        "REQUEST_TOO_LARGE", 413, element="Content-Length", detail=detail, headers={"Connection": "close"}
    )


def _too_slow() -> RefusedError:
    return RefusedError("REQUEST_TOO_SLOW", 408, headers={"Connection": "close"})
