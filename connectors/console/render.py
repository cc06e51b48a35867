"""Makes pages from templates: escaped, with no undefined names, in the language of who looks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from connectors.console.rights import RIGHTS, Right
from connectors.console.sessions import Session
from connectors.console.texts import LANGUAGES, Texts, texts
from infra.accounts import Account

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE, HOUR, DAY = 60, 3_600, 86_400

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
NAV = {
    "stuck": Right.LOOK,
    "documents": Right.LOOK,
    "quarantine": Right.LOOK,
    "letters": Right.LOOK,
    "agencies": Right.LOOK,
    "reports": Right.LOOK,
    "snapshots": Right.LOOK,
    "acts": Right.TRAIL,
    "live": Right.LOOK,
}
"""Pages of the menu, with what an account must be allowed: each is a route `/NAME` and a text `NAME.title`."""


def language_of(session: Session | None) -> str:
    """Return the language a browser chose."""
    return session.language if session and session.language in LANGUAGES else LANGUAGES[0]


def render(
    request: Request, template: str, values: Mapping[str, Any], *, account: Account | None, status: int = 200
) -> HTMLResponse:
    """Return a page; `values` are what the template names."""
    session: Session | None = request.state.session
    said, rights = texts(language_of(session)), RIGHTS[account.role] if account else frozenset()
    known = {
        "t": said,
        "language": said.language,
        "other": next(each for each in LANGUAGES if each != said.language),
        "csrf": session.csrf if session else "",
        "account": account,
        "rights": rights,
        "nav": [name for name, right in NAV.items() if right in rights],
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "moment": moment,
        "day": day,
        "span": lambda length: span(said, length),
        "worked": lambda length: worked(said, length),
    }
    page = TEMPLATES.get_template(template).render(**known, **values)
    return HTMLResponse(page, status_code=status)


def moment(at: datetime | None) -> str:
    """Return a moment in Việt Nam's time; a dash for none."""
    return f"{at.astimezone(HERE):%d/%m/%Y %H:%M}" if at else "–"


def day(at: datetime | None) -> str:
    """Return a moment as a machine reads it, for `<time datetime>`."""
    return at.astimezone(HERE).isoformat(timespec="minutes") if at else ""


def span(t: Texts, length: timedelta | float) -> str:
    """Return a span by its two largest units; less than a minute is one."""
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        return t("span.days", days=days, hours=hours) if hours else t("span.day", days=days)
    if hours:
        return t("span.hours", hours=hours, minutes=minutes) if minutes else t("span.hour", hours=hours)
    return t("span.minutes", minutes=max(1, minutes))


def worked(t: Texts, length: timedelta) -> str:
    """Return working time in hours and minutes: its days are not those of the calendar."""
    minutes = int(length.total_seconds()) // MINUTE
    hours, rest = divmod(minutes, MINUTE)
    return t("span.worked", hours=hours, minutes=f"{rest:02}") if hours else t("span.worked_minutes", minutes=rest)
