"""Coming in and going out: login, logout, language."""

import math

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.console.desk import Desk
from connectors.console.guard import COOKIE, give_cookie
from connectors.console.render import language_of, render
from connectors.console.sessions import Session
from connectors.console.texts import LANGUAGES
from infra.accounts import LONGEST, fits

FIRST = "/stuck"
"""The page after the login."""

MAX_NAME = 40

log = structlog.get_logger(__name__)


def home(desk: Desk, request: Request) -> Response:
    """Lead to the first page, or to the login."""
    return RedirectResponse(FIRST if desk.account(request) else "/login", status_code=303)


def form(desk: Desk, request: Request) -> Response:
    """Show the login; a stranger gets a session too, so that the form can be known again."""
    if desk.account(request):
        return RedirectResponse(FIRST, status_code=303)
    return _form(desk, request)


def enter(desk: Desk, request: Request) -> Response:
    """Log in: the session gets a new name, so that one planted before is worth nothing."""
    name = str(request.state.form.get("name", "")).strip().lower()[:MAX_NAME]
    password = str(request.state.form.get("password", ""))[: LONGEST + 1]
    with desk.hashing:
        if (wait := desk.tries.wait(name)) > 0:
            log.warning("login_slowed")
            return _form(desk, request, wrong="login.wait", seconds=math.ceil(wait), status=429)
        account = desk.accounts.find(name)
        if not fits(account, password) or account is None:
            desk.tries.wrong(name)
            log.warning("login_refused")
            return _form(desk, request, wrong="login.wrong", status=401)
        desk.tries.right(name)
    before: Session = request.state.session
    desk.sessions.end(before.token)
    session = desk.sessions.begin(before.language, account=account.name, password=account.password)
    log.info("logged_in", role=account.role)
    return give_cookie(RedirectResponse(FIRST, status_code=303), session)


def leave(desk: Desk, request: Request) -> Response:
    """Log out: the session ends here, whatever the browser keeps."""
    desk.sessions.end(request.state.session.token)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def language(_desk: Desk, request: Request) -> Response:
    """Change the language and go back to the page."""
    session: Session = request.state.session
    wanted = request.state.form.get("to", "")
    session.language = wanted if wanted in LANGUAGES else session.language
    return RedirectResponse(_own(request.state.form.get("back", "")), status_code=303)


def _form(desk: Desk, request: Request, *, wrong: str = "", seconds: int = 0, status: int = 200) -> Response:
    session: Session | None = request.state.session
    if session is None or session.account:
        request.state.session = session = desk.sessions.begin(language_of(session))
    values = {"wrong": wrong, "seconds": seconds, "any": desk.accounts.any()}
    return give_cookie(render(request, "login.html", values, account=None, status=status), session)


def _own(path: str) -> str:
    """Return a path of ours, whatever a form says: two slashes of either kind at the start lead elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else FIRST
