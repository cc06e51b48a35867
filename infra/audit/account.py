"""The law for one (document key, digest): one current verdict; if it carries, one outcome for each recipient and one answer for each repeat."""

from collections.abc import Collection, Iterator

from infra.audit.books import Outcome, Submission
from infra.audit.log import Log

VERIFIER, ROUTER = "verifier", "router"
"""The apps whose dead letters excuse a missing verdict and a missing outcome."""


def current(account: Submission) -> list[str]:
    """Return the event ids of the verdicts that no other one took the place of.

    A confirmation or recall names the verdict it ends. A verdict that waits gives way to what was decided later, by a timer or
    for another submission of the same bytes; and one made for a later submission takes the place of an earlier refusal (ADR 0003).
    """
    ended = {verdict.ends for verdict in account.verdicts.values()}
    rank = {event_id: _rank(account, event_id) for event_id in account.verdicts}
    for event_id, verdict in account.verdicts.items():
        if verdict.kind != "held":
            ended |= {e for e, each in account.verdicts.items() if each.kind == "held" and rank[e] <= rank[event_id]}
            continue
        for e, each in account.verdicts.items():
            looked_at_again = each.kind in {"held", "refused"} and e == verdict.cause
            if looked_at_again or (each.kind in {"held", "refused"} and rank[e] < rank[event_id]):
                ended.add(e)
    return [event_id for event_id in account.verdicts if event_id not in ended]


def _rank(account: Submission, event_id: str) -> int:
    """Return the number of the submission that a verdict goes back to; -1 if it goes back to none."""
    met = {event_id}
    cause = account.verdicts[event_id].cause
    while cause in account.verdicts and cause not in met:
        met.add(cause)
        cause = account.verdicts[cause].cause
    return next((number for number, name in enumerate(account.submitted) if name == cause), -1)


def missing(account: Submission, log: Log, *, redriven: bool = False) -> Iterator[str]:
    """Yield what a submission still lacks; what ended as a dead letter lacks nothing. `redriven`: an operator had it decided again."""
    for event_id, places in account.submitted.items():
        if event_id not in account.judged and not log.gave_up(VERIFIER, places):
            yield f"handed over at {places[-1]}, no verdict"
    carrying = [event_id for event_id in current(account) if account.verdicts[event_id].carries]
    waiting = _for_the_router(account, log)
    if not carrying or not waiting:
        return
    if account.outcomes or not account.refused_whole:
        verdict = account.verdicts[carrying[0]]
        without = [code for code in account.recipients if code not in account.outcomes]
        if len(without) > len(account.receivers):  # an update may drop as many as it lists
            yield from (f"{verdict.kind}, no outcome for {code}, asked for by {verdict.where}" for code in without)
    asked = [where for (_, cause), where in waiting.items() if cause not in account.repeated]
    by_the_router = bool(account.outcomes) and not (redriven and account.refused_whole)
    decided = len(account.refused_whole) + by_the_router
    yield from (f"the repeat judged at {where} was not answered" for where in asked[max(1, decided) :])


def _for_the_router(account: Submission, log: Log) -> dict[tuple[str, str], str]:
    """Return the records of carrying verdicts that the router owes an answer.

    A confirmation by a timer asks for none, nor does a provisional verdict that was taken back: what is still unread of it is not sent.
    """
    found = {}
    taken_back = {verdict.ends for verdict in account.verdicts.values() if not verdict.carries}
    for (event_id, cause), places in account.answers.items():
        verdict = account.verdicts.get(event_id)
        if verdict is None:
            continue  # an id that was used before for something else
        before = account.verdicts.get(verdict.ends)
        confirms = before is not None and before.carries and cause not in account.submitted
        owed = verdict.carries and not confirms and event_id not in taken_back
        if owed and not log.gave_up(ROUTER, places):
            found[event_id, cause] = places[-1]
    return found


def doubled(account: Submission, taking_back: Collection[str], *, redriven: int = 0) -> Iterator[str]:
    """Yield what a submission has twice; each time that an operator had it decided again, a code may be sent one more delivery.

    `taking_back`: events by which updates recall it from those whom they drop. That no delivery is sent twice is another law, which knows no exception.
    """
    if len(standing := current(account)) > 1:
        verdicts = [account.verdicts[each] for each in standing]
        kinds, places = ", ".join(each.kind for each in verdicts), ", ".join(each.where for each in verdicts)
        yield f"{len(standing)} current verdicts: {kinds}, at {places}"
    for code, outcomes in account.outcomes.items():
        met = [each for each in outcomes.values() if not _takes_back(account, each, taking_back)]
        refusals = sum(not each.act for each in met)
        if refusals > 1 or len(met) > 1 + redriven:
            said = ", ".join(sorted(f"{each.what} at {each.where}" for each in met))
            yield f"{code} met {len(met)} outcomes: {said}"


def _takes_back(account: Submission, outcome: Outcome, taking_back: Collection[str]) -> bool:
    """Tell whether a dispatch takes back what went out under a provisional verdict, or to one whom an update drops: it stands beside the outcome."""
    if outcome.act != "RECALL":
        return False
    verdict = account.verdicts.get(outcome.cause)
    return outcome.cause in taking_back or (verdict is not None and not verdict.carries)


def strange(account: Submission, taking_back: Collection[str], *, rejudged: bool = False) -> Iterator[str]:
    """Yield what nothing explains; `rejudged`: an operator asked for what was refused to be judged again."""
    if not account.submitted:
        yield "outcome without a submission"
        return
    yield from _strange_verdicts(account)
    if not rejudged:
        yield from _judged_unasked(account)
    yield from _strange_outcomes(account, taking_back)
    carrying = {event_id for event_id, verdict in account.verdicts.items() if verdict.carries}
    asked = {cause or event_id for event_id, cause in account.answers if event_id in carrying}
    for cause, where in account.repeated.items():
        if cause not in asked:
            yield f"a repeat of {cause} was answered at {where}, which nobody handed over"


def _strange_verdicts(account: Submission) -> Iterator[str]:
    known = account.verdicts.keys() | account.submitted.keys()
    for (_, cause), places in account.answers.items():
        if cause not in known:
            yield f"the verdict at {places[0]} is of {cause or '?'}, which is not there"
    for verdict in account.verdicts.values():
        if verdict.ends and verdict.ends not in account.verdicts:
            yield f"the verdict at {verdict.where} takes the place of {verdict.ends}, which is not there"
    if account.verdicts and not current(account):
        yield "no current verdict: each is ended by another"


def _judged_unasked(account: Submission) -> Iterator[str]:
    for verdict in account.verdicts.values():
        before = account.verdicts.get(verdict.cause)
        if before is not None and before.kind == "refused":
            yield f"the verdict at {verdict.where} judges again what was refused at {before.where}, and nobody asked for it"


def _strange_outcomes(account: Submission, taking_back: Collection[str]) -> Iterator[str]:
    for code, outcomes in account.outcomes.items():
        if code not in account.recipients and code not in account.receivers:
            places = ", ".join(each.where for each in outcomes.values())
            yield f"an outcome for {code}, which the packet does not name, at {places}"
        for each in outcomes.values():
            if not _may_follow(account, each.cause) and not _takes_back(account, each, taking_back):
                yield f"{code} met {each.what} at {each.where} without a verdict that lets the document pass"
    for cause, where in account.refused_whole.values():
        if not _may_follow(account, cause):
            yield f"the routing refusal at {where} is without a verdict that lets the document pass"


def _may_follow(account: Submission, cause: str) -> bool:
    return cause in account.verdicts and account.verdicts[cause].carries
