"""The live page: the axis' processes with their figures, and two charts, pushed by server-sent events (WHATWG HTML, 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from connectors.console.desk import Desk
from connectors.console.pulse import EVERY_SECONDS
from connectors.console.render import render

MOST_STREAMS = 50
"""Pages that may listen at a time."""

FULL = 503


def page(desk: Desk, request: Request) -> Response:
    """Show the figures of now; a script renews them where scripts run."""
    values = {"figures": desk.pulse.figures(), "now": desk.clock.now()}
    return render(request, "live.html", values, account=desk.account(request))


def stream(desk: Desk, request: Request) -> Response:
    """Push history once, then figures, as long as the session lasts and the account may look."""
    if desk.streams >= MOST_STREAMS:
        return Response(
            "Quá nhiều trang đang mở. / Too many pages are open.", FULL, media_type="text/plain; charset=utf-8"
        )
    return StreamingResponse(_said(desk, request), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _said(desk: Desk, request: Request) -> AsyncIterator[bytes]:
    token = request.state.session.token
    desk.streams += 1
    try:
        yield b"retry: 3000\n" + _event("history", desk.pulse.history())
        while desk.sessions.lives(token) and desk.account(request) is not None:
            yield _event("figures", desk.pulse.figures())
            await asyncio.sleep(EVERY_SECONDS)
        yield _event("end", None)
    finally:
        desk.streams -= 1


def _event(name: str, said: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(said)}\n\n".encode()
