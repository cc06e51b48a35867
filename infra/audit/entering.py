"""Facts into the books: each event once, whatever the order of topics; within a partition they come in their order."""

from collections.abc import Callable, Collection, Iterable, Mapping

from infra.audit.books import Books, Outcome, Raised, Related, Standing, Verdict
from infra.audit.facts import Fact
from infra.audit.log import Where

Enter = Callable[[Books, Fact], None]
"""Enters one fact."""

EACH_TIME = frozenset({"submitted", "verdict", "status", "duty"})
"""What counts each time it lies on the log: a repeat may differ in its cause, a replay in its place; a duty may stand as it stood before."""


def enter(
    books: Books, facts: Iterable[Fact], *, leave_out: Collection[str] = (), others: Collection[str] = ()
) -> None:
    """Enter facts, but not those of records to `leave_out`; of records in `others` (an id used twice) only the place is noted."""
    entered = books.entered
    for fact in facts:
        what, where, event_id = fact[:3]
        if where in leave_out:
            continue
        if what in EACH_TIME:
            NOTE[what](books, fact)
        if event_id not in entered and what != "duty" and where not in others:
            entered.add(event_id)
            ENTER[what](books, fact)


def _note_submitted(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, *_said = fact
    books.submission(key, sha256).submitted.setdefault(event_id, []).append(where)


def _note_verdict(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, _kind, cause, *_said = fact
    books.submission(key, sha256).answers.setdefault((event_id, cause), []).append(where)


def _note_status(books: Books, fact: Fact) -> None:
    _, where, event_id, key, recorded, _sha256 = fact
    books.statuses.setdefault((key, event_id), ([], recorded))[0].append(where)


def _note_duty(books: Books, fact: Fact) -> None:
    stands, standing = books.duties.setdefault(fact[2], []), Standing._make((fact[1], *fact[3:]))
    # Work done again, or a message delivered twice, may lie behind newer records, and takes nothing back.
    if all(each.saying != standing.saying for each in stands):
        stands.append(standing)


def _submitted(books: Books, fact: Fact) -> None:
    _, where, _id, key, sha256, recipients, receivers, recorded = fact
    account = books.submission(key, sha256)
    account.recipients, account.receivers = recipients, receivers
    account.since = min(account.since or recorded, recorded)
    books.contents.setdefault(sha256, where)


def _verdict(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, kind, cause, ends, evidence = fact
    books.submission(key, sha256).verdicts[event_id] = Verdict(kind, cause, ends, where)
    if kind != "refused":
        books.contents.setdefault(sha256, where)
    if evidence:
        books.contents.setdefault(evidence, where)


def _outcome(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, codes, reason, cause = fact
    account = books.submission(key, sha256)
    for code in codes:
        account.outcomes.setdefault(code, {})[event_id] = Outcome(reason, "", cause, where)


def _sent(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, codes, delivery, act, cause = fact
    account, outcome = books.submission(key, sha256), Outcome(f"{delivery} {act}", act, cause, where)
    for code in codes:
        account.outcomes.setdefault(code, {})[event_id] = outcome
    which = sha256 if act == "UPDATE" else ""  # updates are many, each with its own bytes
    books.dispatched.setdefault((key, delivery, act, which), {})[event_id] = where
    if act in {"DELIVER", "REPLACE"}:
        books.carried.setdefault(key, {}).setdefault(sha256, where)
    books.contents.setdefault(sha256, where)


def _refused_whole(books: Books, fact: Fact) -> None:
    _, where, event_id, key, sha256, cause = fact
    books.submission(key, sha256).refused_whole[event_id] = (cause, where)


def _repeated(books: Books, fact: Fact) -> None:
    _, where, _id, key, sha256, cause = fact
    books.submission(key, sha256).repeated.setdefault(cause, where)


def _related(books: Books, fact: Fact) -> None:
    _, where, event_id, acting, recipients, recorded = fact
    if acting[3] == "RECALL":
        books.taking_back[event_id] = acting[0]
    known = books.related.get(acting)  # decided again, it may reach more
    before = known.recipients if known else ()
    books.related[acting] = Related(where, tuple(sorted({*before, *recipients})), recorded)


def _asked(books: Books, fact: Fact) -> None:
    books.asked.add(fact[2])


def _linked(books: Books, fact: Fact) -> None:
    _, where, event_id, cause = fact
    books.linked.setdefault(cause, {})[event_id] = where


def _superseded(books: Books, fact: Fact) -> None:
    _, where, event_id, delivery, acting = fact
    books.superseded.setdefault((delivery, acting), {})[event_id] = where
    _spoken_of(books, (acting[0], delivery), where)


def _redriven(books: Books, fact: Fact) -> None:
    _, _where, event_id, key = fact
    books.redriven.setdefault(key, set()).add(event_id)


def _rejudged(books: Books, fact: Fact) -> None:
    books.rejudged.add(fact[3])


def _received(books: Books, fact: Fact) -> None:
    _, where, _id, key, delivery = fact
    _spoken_of(books, (key, delivery), where)


def _spoken_of(books: Books, name: tuple[str, str], where: Where) -> None:
    """Keep one place, the same one in whatever order topics are read."""
    books.spoken_of[name] = min(where, books.spoken_of.get(name, where))


def _answer(books: Books, fact: Fact) -> None:
    _, where, event_id, key, status, how, delivery, sha256 = fact
    books.answered.setdefault((key, status), {}).setdefault(how, where)
    if delivery:
        _spoken_of(books, (key, delivery), where)
        books.acknowledged.setdefault((status, delivery), {})[event_id] = where
    if how != "refused":
        books.contents.setdefault(sha256, where)


def _status(books: Books, fact: Fact) -> None:
    _, where, _id, _key, _recorded, sha256 = fact
    books.contents.setdefault(sha256, where)


def _alert(books: Books, fact: Fact) -> None:
    _, where, event_id, slot, *said = fact
    books.alerts.setdefault(slot, {})[event_id] = Raised(where, *said)


def _content(books: Books, fact: Fact) -> None:
    _, where, _id, sha256 = fact
    books.contents.setdefault(sha256, where)


NOTE: Mapping[str, Enter] = {
    "submitted": _note_submitted,
    "verdict": _note_verdict,
    "status": _note_status,
    "duty": _note_duty,
}
ENTER: Mapping[str, Enter] = {
    "submitted": _submitted,
    "verdict": _verdict,
    "outcome": _outcome,
    "sent": _sent,
    "refused whole": _refused_whole,
    "repeated": _repeated,
    "related": _related,
    "asked": _asked,
    "linked": _linked,
    "superseded": _superseded,
    "redriven": _redriven,
    "rejudged": _rejudged,
    "received": _received,
    "status": _status,
    "answer": _answer,
    "alert": _alert,
    "content": _content,
}
