"""Every route of the API: one row a call; the application, the OpenAPI page and the tests are made from this table."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.http import documents, inbox, legacy, legacy_edoc, legacy_lists, problems
from connectors.http.answers import Json
from connectors.http.callers import Caller
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.http.server import HEAD_BYTES

Answering = Callable[[Office, Request, Caller], Awaitable[Response]]
Problem = Callable[[RefusedError], Response]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One row."""

    method: str
    path: str
    does: str
    answer: Answering
    problem: Problem = problems.response
    """How a refusal is written."""


MODERN = (
    Call(method="POST", path="/v1/documents", does="hand a packet over", answer=documents.submit),
    Call(method="GET", path="/v1/documents", does="stories by document id", answer=documents.by_document_id),
    Call(method="GET", path="/v1/documents/{digest}", does="what became of a packet", answer=documents.by_digest),
    Call(method="GET", path="/v1/inbox", does="what waits", answer=inbox.waiting),
    Call(method="POST", path="/v1/inbox/lease", does="lease deliveries for a worker", answer=inbox.lease),
    Call(method="GET", path="/v1/inbox/{delivery_id}", does="fetch a packet", answer=inbox.fetch),
    Call(method="POST", path="/v1/inbox/{delivery_id}/receipt", does="confirm a packet", answer=inbox.confirm),
    Call(method="POST", path="/v1/inbox/{delivery_id}/status", does="say a status", answer=inbox.say),
    Call(method="GET", path="/v1/owes", does="who owes what by when", answer=inbox.owes),
)


def _old(method: str, path: str, does: str, answer: Answering) -> Call:
    return Call(method=method, path=path, does=does, answer=answer, problem=legacy.problem)


LEGACY = (
    _old("POST", "/sendEdoc", "hand a packet over", legacy_edoc.send),
    _old("POST", "/getReceivedEdocList", "what waits", legacy_edoc.received),
    _old("POST", "/getEdoc", "fetch a packet in base64", legacy_edoc.get),
    _old("GET", "/downloadEdoc", "fetch a packet", legacy_edoc.download),
    _old("POST", "/updateStatus", "acknowledge the transport", legacy_edoc.update),
    _old("POST", "/getSentEdocList", "what became of what was sent", legacy_lists.sent),
    _old("GET", "/countReceiveEdoc", "how many documents wait", legacy_edoc.count_documents),
    _old("GET", "/countReceiveStatus", "how many statuses wait", legacy_edoc.count_statuses),
    _old("POST", "/getAgenciesList", "agencies by QCVN 102", legacy_lists.agencies),
    _old("POST", "/getAgenciesListQD20", "agencies by QĐ 20", legacy_lists.agencies_qd20),
    _old("POST", "/getSynchronizeUnit", "agencies with versions", legacy_lists.units),
    _old("POST", "/registerAgency", "refused: the operator keeps the directory", legacy_lists.not_here),
    _old("POST", "/deleteAgency", "refused: the operator keeps the directory", legacy_lists.not_here),
)
CALLS: Sequence[Call] = (*MODERN, *LEGACY)


def application(office: Office, calls: Sequence[Call] = CALLS) -> Starlette:
    """Return the API."""
    app = Starlette(
        routes=[*(_route(office, call) for call in calls), Route("/health", _health)],
        exception_handlers={HTTPException: _http, RefusedError: _refused, ClientDisconnect: _gone, 500: _broken},
    )
    app.router.redirect_slashes = False
    return app


def _route(office: Office, call: Call) -> Route:
    async def answer(request: Request) -> Response:
        try:
            _require_short(request)
            caller = office.callers.of(request, office.references.current())
            return await call.answer(office, request, caller)
        except RefusedError as exc:
            return call.problem(exc)

    return Route(call.path, answer, methods=[call.method])


def _require_short(request: Request) -> None:
    """Refuse a long head: the server's own limit is looked at only while a head is not whole."""
    if sum(len(name) + len(value) for name, value in request.headers.raw) + len(request.url.path) > HEAD_BYTES:
        raise RefusedError("REQUEST_TOO_LARGE", 431, element="HTTP", headers={"Connection": "close"})


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
