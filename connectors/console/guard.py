"""Stands before every page: headers of safety, the session of a cookie, bounded forms that come from our own pages.

OWASP ASVS 4.0: V3 (sessions), V4.2.2 (forged requests), V14.4 (headers). The console listens on loopback; what stands in front
of it to reach people elsewhere brings TLS.
"""

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.console.sessions import Session, Sessions

COOKIE = "lienthong_console"
MAX_FORM_BYTES = 16_384
MAX_FIELDS = 50
FORM = "application/x-www-form-urlencoded"
SAFE = ("GET", "HEAD")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
PRIVATE = {"Cache-Control": "no-store"}
"""Of every page: a shared computer must not show it after the logout."""


class Guard:
    """An ASGI application around another; `request.state` has `session` (or None) and `form`."""

    def __init__(self, app: ASGIApp, *, sessions: Sessions) -> None:
        self._app, self._sessions = app, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what is in order; answer everything else."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if not scope["path"].startswith("/static/"):
                    headers.update(PRIVATE)
            await send(message)

        request = Request(scope, receive)
        session = self._sessions.find(_token(request.headers))
        request.state.session, request.state.form = session, {}
        if request.method not in SAFE:
            refused = await _form_refused(request, session)
            if refused:
                await Response(refused[1], refused[0], media_type="text/plain; charset=utf-8")(
                    scope, receive, send_safely
                )
                return
        await self._app(scope, receive, send_safely)


async def _form_refused(request: Request, session: Session | None) -> tuple[int, str] | None:
    """Read the form into `request.state.form`; return status and sentence where it is not taken."""
    if request.method != "POST":
        return 405, "Không dùng phương thức này. / This method is not used here."
    return _sender_refused(request.headers) or await _body_refused(request, session)


def _sender_refused(headers: Headers) -> tuple[int, str] | None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return 415, "Biểu mẫu không đúng dạng. / This is no form of ours."
    if not _same_origin(headers):
        return 403, "Yêu cầu đến từ trang khác. / The request comes from another site."
    return None


async def _body_refused(request: Request, session: Session | None) -> tuple[int, str] | None:
    body = await _bounded(request)
    if body is None:
        return 413, "Biểu mẫu quá lớn. / The form is too large."
    try:
        form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
    except ValueError:
        return 400, "Biểu mẫu không đọc được. / The form cannot be read."
    if session is None or not hmac.compare_digest(form.get("csrf", "").encode(), session.csrf.encode()):
        return 403, "Phiên đã hết hạn, hãy tải lại trang. / The session is over: load the page again."
    request.state.form = form
    return None


async def _bounded(request: Request) -> bytes | None:
    """Return the body, or None for one that is too large, whatever its headers say."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            return None
    return body


def _same_origin(headers: Headers) -> bool:
    """Tell whether a form comes from our own page; browsers say so twice, other clients not at all (they bring no cookie by themselves)."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
        return False
    return site in (None, "same-origin", "none")


def _token(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def give_cookie(response: Response, session: Session) -> Response:
    """Name a session to the browser; scripts cannot read it, and other sites' links do not bring it."""
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="strict", path="/")
    return response
