"""What an operator does with a dead letter from its page: put the record back or set it aside, with name and reason on the log.

The log is read again under a lock before anything is done: the same form sent twice finds the act of the first time, and a
letter that came back since somebody looked at it is shown again instead of being acted on unseen.
"""

import structlog
from confluent_kafka import KafkaException
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.console import letters
from connectors.console.asked import MAX_WORDS
from connectors.console.desk import Desk
from connectors.console.letters import AWAY
from infra.errors import EnvironmentFaultError
from infra.letters import operating
from infra.letters.acts import Doing
from infra.letters.cases import Case, Standing
from infra.letters.operating import Done, Who

log = structlog.get_logger(__name__)


def act(desk: Desk, request: Request) -> Response:
    """Do what the form says, once; lead back to the letter, or show it with the sentence that says why nothing was done."""
    form: dict[str, str] = request.state.form
    why = "".join(each for each in form.get("why", "")[:MAX_WORDS] if each.isprintable()).strip()
    account = desk.account(request)
    if account is None or form.get("doing") not in set(Doing):
        raise HTTPException(400)
    with desk.acting:
        cases = letters.cases_on_log(desk)
        chosen = letters.chosen(cases, form.get("id", ""))
        if not why:
            return letters.shown(desk, request, cases, chosen, wrong="letters.why_missing", status=400)
        if chosen.standing is not Standing.OPEN or str(chosen.tries) != form.get("tries"):
            return letters.shown(desk, request, cases, chosen, wrong="letters.moved_on", status=409)
        done = _done(desk, Doing(form["doing"]), cases, chosen, Who(by=account.name, why=why))
    log.info("letter_acted_on", doing=form["doing"], letter=chosen.id, records=len(done))
    if any(each.refusal for each in done):
        return letters.shown(desk, request, cases, chosen, wrong="letters.refused", status=409)
    return RedirectResponse(f"/letter?id={chosen.id}", status_code=303)


def _done(desk: Desk, doing: Doing, cases: list[Case], chosen: Case, who: Who) -> list[Done]:
    try:
        if doing is Doing.REPLAY:
            return list(operating.replay(desk.settings, cases, operating.with_record(cases, [chosen]), who))
        return list(operating.discard(desk.settings, operating.with_same_finding(cases, [chosen]), who))
    except (EnvironmentFaultError, KafkaException) as exc:
        log.warning("letter_not_acted_on", why=type(exc).__name__)
        raise HTTPException(AWAY) from exc
