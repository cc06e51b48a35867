"""Pre-flight: what would become of a packet, told by the process that may ask the cores (decision 14); nothing is handed over."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from connectors.http import fields, peek, spool
from connectors.http.answers import Json
from connectors.http.callers import Caller
from connectors.http.documents import MEDIA_TYPES
from connectors.http.office import Office
from connectors.http.problems import not_ready
from connectors.http.uploads import uploaded
from infra.preflight import NoPreflightError, ask


async def preflight(office: Office, request: Request, caller: Caller) -> Response:
    """Answer 200 whether the packet is good or not: the question was answered. 503 while nobody can."""
    fields.require_media_type(request, *MEDIA_TYPES)
    async with uploaded(office, request, caller) as spooled:
        try:
            return Json(await run_in_threadpool(_forecast, office, caller, spooled))
        finally:
            await run_in_threadpool(spooled.file.unlink, missing_ok=True)


def _forecast(office: Office, caller: Caller, spooled: spool.Spooled) -> dict[str, object]:
    """Ask; a client asks about packets of its own agencies, for the answer tells of the recipients."""
    peek.require_sender(peek.sender_of(spooled.file), caller, office.references.current(), office.clock)
    try:
        said = ask(office.settings, spooled.file)
    except NoPreflightError as exc:
        raise not_ready(str(exc)) from exc
    return {"digest": spooled.sha256} | {name: value for name, value in said.items() if name != "file"}
