"""A request's body as a file of ours, for as long as somebody works on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from connectors.http import spool
from connectors.http.callers import Caller
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from infra.packets import limits


@asynccontextmanager
async def uploaded(
    office: Office, request: Request, caller: Caller, *, digest: str = ""
) -> AsyncIterator[spool.Spooled]:
    """Yield a packet that came in, one of those that the client may send at once; whoever works on it moves the file or removes it.

    Raise `RefusedError`; a body that is not wanted is read on for a while, so that its sender sees why.
    """
    try:
        office.uploads.require(caller.name)
    except RefusedError:
        await spool.drain(request)
        raise
    with office.uploads.taken(caller.name):
        most = limits(office.settings).packet_bytes
        file = office.handovers.spool(caller.name)
        yield await spool.receive(request, file, most=most, limits=office.clients.limits, digest=digest)
