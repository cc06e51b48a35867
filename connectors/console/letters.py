"""Dead letters as people look at them: where each came from, which step could not take it, why, its tries, what a replay would do."""

from collections.abc import Sequence

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
    """List open dead letters, or all of them, or those about one document, the newest first."""
    asked = asked_of(request, "show", "document")
    about, every = asked["document"], asked["show"] == "all" or bool(asked["document"])
    cases = [case for case in cases_on_log(desk) if every or case.standing is Standing.OPEN]
    cases = [case for case in cases if about in ("", case.newest.document_key)]
    values = {"cases": cases[: -MOST - 1 : -1], "asked": asked, "more": len(cases) > MOST}
    return render(request, "letters.html", values, account=desk.account(request))


def one(desk: Desk, request: Request) -> Response:
    """Explain one dead letter: its tries, and what a replay would do, record by record (a dry run: nothing is written)."""
    cases = cases_on_log(desk)
    return shown(desk, request, cases, chosen(cases, asked_of(request, "id")["id"]))


def shown(
    desk: Desk, request: Request, cases: Sequence[Case], case: Case, *, wrong: str = "", status: int = 200
) -> Response:
    """Return the page of one letter; `wrong` is the text that says why nothing was done with it."""
    dry = [{"case": each, "refusal": why_not(each)} for each in with_record(cases, [case])]
    values = {"case": case, "tries": list(case.failures()), "dry": dry, "wrong": wrong}
    return render(request, "letter.html", values, account=desk.account(request), status=status)


def chosen(cases: Sequence[Case], identity: str) -> Case:
    """Return the case that has an id; answer 404 for an id that nothing has."""
    found = next((case for case in cases if identity in case.ids), None)
    if found is None:
        raise HTTPException(404)
    return found


def cases_on_log(desk: Desk) -> list[Case]:
    """Read them from the log, which is the only place where they are; answer 503 without it."""
    try:
        return read_cases(desk.settings)
    except (EnvironmentFaultError, KafkaException) as exc:
        log.warning("letters_not_read", why=type(exc).__name__)
        raise HTTPException(AWAY) from exc
