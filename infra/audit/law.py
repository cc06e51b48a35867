"""The law (decision 13): every distinct (document key, digest) has one current verdict, and a carried one has one outcome a recipient."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from infra.audit.books import Books, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What broke the law; all empty means it holds."""

    lost: tuple[str, ...]
    """Taken in, and no outcome is on the log."""

    duplicate_effects: tuple[str, ...]
    """The same thing done twice, or one event id with two contents."""

    unexplained: tuple[str, ...]
    """On the log, and nothing explains it."""

    @property
    def ok(self) -> bool:
        """Tell whether the law holds."""
        return not (self.lost or self.duplicate_effects or self.unexplained)

    def with_contents(self, missing: Iterable[str], wrong: Iterable[str]) -> "Findings":
        """Return these and what a look at the content store found."""
        return replace(self, lost=(*self.lost, *missing), unexplained=(*self.unexplained, *wrong))


def judge(books: Books, *, since: datetime | None = None) -> Findings:
    """Compare the books with the law; what was handed over before `since` is not named."""
    lost, doubled, unexplained = [], list(books.conflicts), []
    for (key, sha256), account in books.submissions.items():
        name = f"{key} {sha256[:12]} ({account.where or 'never submitted'})"
        if not account.submitted:
            unexplained.append(f"{name}: outcome without a submission")
        elif since is None or account.since is None or account.since >= since:
            lost += [f"{name}: {what}" for what in _missing(account, books)]
            doubled += [f"{name}: {what}" for what in _doubled(account)]
    lost += [
        f"status {event_id} ({where}): no answer"
        for event_id, (where, at) in books.statuses.items()
        if event_id not in books.answered and where not in books.buried and not (since and at and at < since)
    ]
    unexplained += [
        f"answer to a status {event_id} that nobody submitted"
        for event_id in books.answered
        if event_id not in books.statuses
    ]
    unexplained += [
        f"{where}: cannot be read, and is no dead letter" for where in books.unreadable if where not in books.buried
    ]
    doubled += [
        f"delivery {delivery} {act}: dispatched {len(ids)} times"
        for (delivery, act), ids in books.dispatched.items()
        if len(ids) > 1
    ]
    doubled += [
        f"status {event_id}: both {' and '.join(sorted(answers))}"
        for event_id, answers in books.answered.items()
        if {"acknowledged", "refused"} <= answers
    ]
    doubled += [f"alert {slot}: raised {len(ids)} times" for slot, ids in books.alerts.items() if len(ids) > 1]
    return Findings(lost=tuple(lost), duplicate_effects=tuple(doubled), unexplained=tuple(unexplained))


def _current(account: Submission) -> list[str]:
    """Return the kinds of the verdicts that nothing superseded; any final one supersedes the held ones."""
    standing = {event_id: kind for event_id, kind in account.verdicts.items() if event_id not in account.superseded}
    final = [kind for kind in standing.values() if kind != "held"]
    return final or (["held"] if standing else [])


def _missing(account: Submission, books: Books) -> Iterator[str]:
    """Yield what a submission still lacks; one that ended as a dead letter lacks nothing."""
    waiting = {event_id: where for event_id, where in account.submitted.items() if where not in books.buried}
    if not waiting:
        return
    for event_id, where in waiting.items():
        if event_id not in account.judged:
            yield f"handed over at {where}, no verdict"
    if not (carried := [kind for kind in _current(account) if kind in {"signed", "provisional"}]):
        return
    if not account.refused_whole:
        yield from (
            f"{carried[0]}, no outcome for {code}" for code in account.recipients if code not in account.outcomes
        )
        firsts = [where for event_id, where in waiting.items() if event_id not in account.repeated]
        yield from (f"the repeat at {where} was not answered" for where in firsts[1:])


def _doubled(account: Submission) -> Iterator[str]:
    if len(current := _current(account)) > 1:
        yield f"{len(current)} current verdicts: {', '.join(current)}"
    for code, outcomes in account.outcomes.items():
        delivered = {outcome for outcome in outcomes if outcome.endswith(" DELIVER")}
        refused = {outcome for outcome in outcomes if " " not in outcome}
        if len(delivered) + len(refused) > 1:
            yield f"{code} met {len(delivered) + len(refused)} outcomes: {', '.join(sorted(outcomes))}"
