"""The application: the calls of the table as routes, and the one place where a refusal becomes a response."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.http import fields, openapi, problems
from connectors.http.answers import Json
from connectors.http.calls import Call
from connectors.http.header_signature import PREFIX as SIGNED
from connectors.http.office import Office
from connectors.http.problems import RefusedError, not_ready
from connectors.http.server import HEAD_BYTES
from connectors.http.table import CALLS
from infra import metrics
from infra.content import ContentError

TROUBLES = (OSError, OperationalError, NoConnectionError, ContentError)
"""A disk or a database of ours: the client may try again."""

ONCE = frozenset(
    {
        "authorization", "content-type", "content-encoding", "content-digest", "idempotency-key", "last-event-id", "range",
        "systemid", "timestamp", "hash-file", "from", "docid", "status", "messagetype", "servicetype", "level",
    }
)  # fmt: skip
"""Headers that decide something; others may come more than once (RFC 9110)."""

log = structlog.get_logger(__name__)


def application(office: Office, calls: Sequence[Call] = CALLS) -> Starlette:
    """Return the API."""
    paths: dict[str, dict[str, Call]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method] = call
    described = Route("/openapi.json", _describing(calls), methods=["GET"])
    app = Starlette(
        routes=[
            *(_route(office, path, by_method) for path, by_method in paths.items()),
            described,
            Route("/health", _health),
        ],
        exception_handlers={HTTPException: _http, RefusedError: _refused, ClientDisconnect: _gone, 500: _broken},
    )
    app.router.redirect_slashes = False
    return app


def _route(office: Office, path: str, by_method: Mapping[str, Call]) -> Route:
    async def answer(request: Request) -> Response:
        call = by_method["GET" if request.method == "HEAD" else request.method]
        said = await _answered(office, request, call)
        metrics.HTTP.labels(call=f"{call.method} {path}", status=str(said.status_code)).inc()
        return said

    return Route(path, answer, methods=list(by_method))


def _require_plain(request: Request) -> None:
    """Refuse what two readers could take for two things, bodies that would have to be unpacked, and a long head.

    The server's own limit of a head is looked at only while the head is not whole.
    """
    said = Counter(name.decode("latin-1") for name, _ in request.headers.raw)
    for name, times in said.items():
        if times > 1 and (name in ONCE or name.startswith(SIGNED)):
            raise fields.malformed(name[:100])
    if said["content-length"] and said["transfer-encoding"]:
        raise RefusedError("REQUEST_MALFORMED", 400, element="Transfer-Encoding", headers={"Connection": "close"})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RefusedError("MEDIA_TYPE_NOT_TAKEN", 415, element="Content-Encoding", detail="identity")
    if sum(len(name) + len(value) for name, value in request.headers.raw) + len(request.url.path) > HEAD_BYTES:
        raise RefusedError("REQUEST_TOO_LARGE", 431, element="HTTP", headers={"Connection": "close"})


async def _answered(office: Office, request: Request, call: Call) -> Response:
    try:
        _require_plain(request)
        caller = await office.callers.of(request, office.references.current())
        return await call.answer(office, request, caller)
    except RefusedError as exc:
        return call.problem(exc)
    except TROUBLES as exc:
        log.warning("not_answered", path=call.path, why=type(exc).__name__)
        return call.problem(not_ready(type(exc).__name__))


def _describing(calls: Sequence[Call]) -> Callable[[Request], Awaitable[Response]]:
    description = openapi.describe(calls)

    async def answer(_request: Request) -> Response:
        return Json(description)

    return answer


async def _health(_request: Request) -> Response:
    return Json({"ok": True})


def _http(_request: Request, exc: Exception) -> Response:
    """Say that there is no such address, or not by this method."""
    status = exc.status_code if isinstance(exc, HTTPException) else 500
    headers: Mapping[str, str] = getattr(exc, "headers", None) or {}
    code = {404: "ROUTE_UNKNOWN", 405: "METHOD_NOT_TAKEN"}.get(status, "REQUEST_MALFORMED")
    return problems.response(RefusedError(code, status, headers=headers))


def _refused(_request: Request, exc: Exception) -> Response:
    return problems.response(exc) if isinstance(exc, RefusedError) else _broken(_request, exc)


def _gone(_request: Request, _exc: Exception) -> Response:
    """Answer a client that hung up: nobody reads it."""
    return problems.response(RefusedError("LENGTH_MISMATCH", 400, element="body"))


def _broken(_request: Request, exc: Exception) -> Response:
    """Answer after a bug of ours: the client is told a code and nothing else, the log where it is."""
    log.error("request_broke", exc_info=exc)
    return problems.response(RefusedError("INTERNAL_ERROR", 500))
