"""A document that the router refused, decided again from its page: first what would change, then the same by name and reason.

Connectors know nothing of the processors' code: the page runs the operators' own command, `lienthong redrive` (ADR 0023), which
reads the log, asks only for what a recipient still lacks, and writes who and why on `operator.acted`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.console.asked import MAX_WORDS, asked_of
from connectors.console.desk import Desk
from connectors.console.render import render
from infra.commands import DONE, NO
from infra.settings import Settings, environment

WAIT_SECONDS = 10
"""How long an act waits for the router; what it sends later stands on the document's page all the same."""

MOST_SECONDS = 120.0
AWAY = 503
_KEY = re.compile(r"[0-9a-f]{32}")

log = structlog.get_logger(__name__)


def page(desk: Desk, request: Request) -> Response:
    """Show how a document stands, how it would be decided today and what would be sent; nothing is written."""
    key = _key(asked_of(request, "document")["document"], missing=404)
    return _shown(desk, request, key, looked(desk.settings, key))


def act(desk: Desk, request: Request) -> Response:
    """Have it decided again if it would still change as the form says; lead to the document, or say why nothing was done."""
    form: dict[str, str] = request.state.form
    account, key = desk.account(request), _key(form.get("document", ""), missing=400)
    why = "".join(each for each in form.get("why", "")[:MAX_WORDS] if each.isprintable()).strip()
    if account is None:
        raise HTTPException(400)
    with desk.acting:
        looks = looked(desk.settings, key)
        if not why:
            return _shown(desk, request, key, looks, wrong="letters.why_missing", status=400)
        if not _would(looks) or _would(looks) != form.get("would"):
            return _shown(desk, request, key, looks, wrong="redrive.moved_on", status=409)
        words = ("--by", account.name, "--why", why, "--timeout", str(WAIT_SECONDS))
        code, _ = command(desk.settings, key, *words)
    log.info("redriven", document=key, by=account.name, in_time=code == DONE)
    return RedirectResponse(f"/document?key={key}#timeline", status_code=303)


def looked(settings: Settings, key: str) -> list[dict[str, Any]]:
    """Return what a dry run says of each packet of a document; empty: the router decided nothing about it."""
    return command(settings, key, "--dry-run")[1]


def command(settings: Settings, key: str, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """Run `lienthong redrive` on one document; return its exit code and what it says. Answer 503 where it cannot tell."""
    same = {
        "LIENTHONG_VAR": str(settings.var),
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
    }
    line = [sys.executable, "-m", "infra", "redrive", "--where", f"document={key}", "--json", *words]
    try:
        done = subprocess.run(  # noqa: S603 - our own command, no shell; key and words are arguments
            line, env=environment() | same, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        log.warning("redrive_did_not_answer", why=type(exc).__name__)
        raise HTTPException(AWAY) from exc
    if done.returncode not in (DONE, NO):
        log.warning("redrive_failed", code=done.returncode)
        raise HTTPException(AWAY)
    return done.returncode, [json.loads(each) for each in done.stdout.splitlines()]


def _shown(
    desk: Desk, request: Request, key: str, looks: Sequence[dict[str, Any]], *, wrong: str = "", status: int = 200
) -> Response:
    values: dict[str, Any] = {"key": key, "looks": [_in_rows(each) for each in looks], "would": _would(looks)}
    values |= {"around": desk.around(), "wrong": wrong}
    return render(request, "redrive.html", values, account=desk.account(request), status=status)


def _in_rows(look: dict[str, Any]) -> dict[str, Any]:
    """Return a look with one row a recipient as addressed: how it stands, how it is decided today."""
    before, after = ({each["addressed"]: each for each in look[name]} for name in ("before", "after"))
    rows = [{"addressed": code, "before": before.get(code), "after": after.get(code)} for code in {**before, **after}]
    return look | {"rows": rows}


def _would(looks: Sequence[dict[str, Any]]) -> str:
    """Return what would be sent, as a form carries it: the deliveries in order; empty: nothing."""
    return " ".join(
        sorted(f"{look['digest'][:12]}:{each['delivery_id']}" for look in looks for each in look["would_send"])
    )


def _key(text: str, *, missing: int) -> str:
    if not _KEY.fullmatch(text):
        raise HTTPException(missing)
    return text
