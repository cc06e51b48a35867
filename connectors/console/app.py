"""The console as one ASGI application: every route with the right it needs, and nothing that is reached without being named here."""

from collections.abc import Callable
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.console import (
    acts,
    agencies,
    entrance,
    letter_acts,
    letters,
    live,
    pages,
    quarantine,
    redrives,
    reports,
    snapshots,
)
from connectors.console.desk import Desk, View
from connectors.console.guard import Guard
from connectors.console.paging import CursorError
from connectors.console.render import render
from connectors.console.rights import Right, may
from connectors.console.sources import RegisterAwayError

STATIC = Path(__file__).parent / "static"

ROUTES: dict[str, tuple[str, Right, View]] = {
    "/stuck": ("GET", Right.LOOK, pages.stuck),
    "/documents": ("GET", Right.LOOK, pages.documents),
    "/document": ("GET", Right.LOOK, pages.document),
    "/agencies": ("GET", Right.LOOK, agencies.page),
    "/letters": ("GET", Right.LOOK, letters.page),
    "/letter": ("GET", Right.LOOK, letters.one),
    "/letter/act": ("POST", Right.ACT, letter_acts.act),
    "/quarantine": ("GET", Right.LOOK, quarantine.page),
    "/redrive": ("GET", Right.ACT, redrives.page),
    "/redrive/act": ("POST", Right.ACT, redrives.act),
    "/acts": ("GET", Right.TRAIL, acts.page),
    "/reports": ("GET", Right.LOOK, reports.page),
    "/report": ("GET", Right.LOOK, reports.file),
    "/snapshots": ("GET", Right.LOOK, snapshots.page),
    "/snapshot": ("GET", Right.LOOK, snapshots.compared),
    "/live": ("GET", Right.LOOK, live.page),
    "/live/stream": ("GET", Right.LOOK, live.stream),
}
"""Path -> method, what an account must be allowed, page. Everything outside this table and `OPEN` is 404."""

OPEN: dict[str, tuple[str, View]] = {
    "/": ("GET", entrance.home),
    "/login": ("GET", entrance.form),
    "/enter": ("POST", entrance.enter),
    "/leave": ("POST", entrance.leave),
    "/language": ("POST", entrance.language),
}
"""What a person who has not logged in may ask for."""

log = structlog.get_logger(__name__)


def make_app(desk: Desk) -> Starlette:
    """Return the application of one desk."""
    routes: list[Route | Mount] = [
        Route(path, _open(desk, view), methods=[verb]) for path, (verb, view) in OPEN.items()
    ]
    routes += [Route(path, _guarded(desk, right, view), methods=[verb]) for path, (verb, right, view) in ROUTES.items()]
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))

    def wrong(request: Request, exc: Exception) -> Response:
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        return _answer(desk, request, status)

    async def away(request: Request, _exc: Exception) -> Response:
        return await run_in_threadpool(_answer, desk, request, 503)

    async def cursor(request: Request, _exc: Exception) -> Response:
        return await run_in_threadpool(_answer, desk, request, 400)

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, sessions=desk.sessions)],
        exception_handlers={HTTPException: wrong, 500: wrong, RegisterAwayError: away, CursorError: cursor},
    )


def _open(desk: Desk, view: View) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        return view(desk, request)

    return endpoint


def _guarded(desk: Desk, right: Right, view: View) -> Callable[[Request], Response]:
    """Return an endpoint that sends strangers to the login and refuses what a role may not do; it runs in a thread."""

    def endpoint(request: Request) -> Response:
        account = desk.account(request)
        if account is None:
            return RedirectResponse("/login", status_code=303)
        if not may(account.role, right):
            log.warning("refused", path=request.url.path, role=account.role)
            return _answer(desk, request, 403)
        return view(desk, request)

    return endpoint


def _answer(desk: Desk, request: Request, status: int) -> Response:
    """Say in a sentence what went wrong, with a way back; never how."""
    known = {400, 403, 404, 405, 500, 503}
    shown = status if status in known else 500
    if not hasattr(request.state, "session"):
        request.state.session = None
    return render(request, "wrong.html", {"status": shown}, account=desk.account(request), status=status)
