"""`python -m tests.bench.http_load '{…}'`: uploads over kept connections, each begun at its moment; prints what it saw as JSON.

Latency counts from the moment a request was due, not from when a connection was free for it: a server that is behind cannot hide it.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

from tests.connectors.packets import document

BIG = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to do."""

    port: int
    method: str
    path: str
    """`NUMBER` in it becomes the request's number."""

    headers: tuple[str, ...]
    connections: int
    requests: int
    rate: float
    """Requests a second; 0: as fast as they are answered."""

    size: int
    """Bytes of a body, about."""

    first: int
    """Number of the first request: no two bodies of a run are the same."""


@dataclass(slots=True)
class Seen:
    """What came of it."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


def packet(size: int) -> bytes:
    """Return an edXML packet of about so many bytes."""
    return document(1, size=size * 3 // 2)  # a file of half its size, in base64


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    await reader.readexactly(int(names.get(b"content-length", b"0")))
    return int(head.split()[1])


async def _work(asked: Asked, body: bytes, numbers: "list[int]", began: float, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port, limit=BIG)
    while numbers:
        number = numbers.pop()
        due = began + number / asked.rate if asked.rate else time.monotonic()
        await asyncio.sleep(max(0.0, due - time.monotonic()))  # until its moment
        named = asked.first + number
        tail = b"<!--%012d-->" % named
        lines = (
            f"{asked.method} {asked.path.replace('NUMBER', str(named))} HTTP/1.1", "Host: bench", *asked.headers,
            f"Content-Length: {len(body) + len(tail)}", "", "",
        )  # fmt: skip
        writer.writelines(("\r\n".join(lines).encode(), body, tail))
        await writer.drain()
        status = await _answer(reader)
        seen.seconds.append(time.monotonic() - due)
        seen.statuses[status] = seen.statuses.get(status, 0) + 1
    writer.close()


async def run(asked: Asked) -> dict[str, object]:
    """Send all; return the rate, the latencies in milliseconds, and how often each status came."""
    body, seen = packet(asked.size), Seen()
    numbers = list(range(asked.requests - 1, -1, -1))
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(asked.connections):
            group.create_task(_work(asked, body, numbers, began, seen))
    took, sorted_ms = time.monotonic() - began, sorted(each * 1000 for each in seen.seconds)
    return {
        "rate": len(sorted_ms) / took,
        "bytes": len(body),
        "p50_ms": sorted_ms[len(sorted_ms) // 2],
        "p99_ms": sorted_ms[len(sorted_ms) * 99 // 100],
        "max_ms": sorted_ms[-1],
        "statuses": {str(status): count for status, count in sorted(seen.statuses.items())},
        "cpu_s": time.process_time(),
    }


def main() -> int:
    """Do what the argument says."""
    given = json.loads(sys.argv[1])
    asked = Asked(**given | {"headers": tuple(given["headers"])})
    sys.stdout.write(json.dumps(asyncio.run(run(asked))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
