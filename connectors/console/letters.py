"""Dead letters as people look at them: where each came from, which step could not take it, why, its tries, what a replay would do."""

import structlog
from confluent_kafka import KafkaException
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.render import render
from infra.errors import EnvironmentFaultError
from infra.letters.cases import Case, Standing, read_cases
from infra.letters.operating import with_record
from infra.letters.replay import why_not

MOST = 200
"""Letters shown, the newest; a flood says the same thing over and over."""

AWAY = 503

log = structlog.get_logger(__name__)


def page(desk: Desk, request: Request) -> Response:
    """List open dead letters, or all of them, the newest first."""
    asked = asked_of(request, "show")
    cases = [case for case in _cases(desk) if asked["show"] == "all" or case.standing is Standing.OPEN]
    values = {"cases": cases[: -MOST - 1 : -1], "asked": asked, "more": len(cases) > MOST}
    return render(request, "letters.html", values, account=desk.account(request))


def one(desk: Desk, request: Request) -> Response:
    """Explain one dead letter: its tries, and what a replay would do, record by record (a dry run: nothing is written)."""
    asked = asked_of(request, "id")
    cases = _cases(desk)
    chosen = [case for case in cases if asked["id"] in case.ids]
    if not chosen:
        raise HTTPException(404)
    dry = [{"case": case, "refusal": why_not(case)} for case in with_record(cases, chosen)]
    values = {"case": chosen[0], "tries": list(chosen[0].failures()), "dry": dry}
    return render(request, "letter.html", values, account=desk.account(request))


def _cases(desk: Desk) -> list[Case]:
    """Read them from the log, which is the only place where they are."""
    try:
        return read_cases(desk.settings)
    except (EnvironmentFaultError, KafkaException) as exc:
        log.warning("letters_not_read", why=type(exc).__name__)
        raise HTTPException(AWAY) from exc
