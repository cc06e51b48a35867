"""What an operator does with dead letters: choose, look what would happen, replay or discard, and have it on the log."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.kafka.acting import Acts
from infra.kafka.history import Place
from infra.letters.acts import Act, Doing, acted
from infra.letters.cases import Case, Original, Standing, of_one_record
from infra.letters.replay import put_back, why_not
from infra.settings import Settings
from schemas.topics import DEAD_LETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who acts, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dead letters are meant: named ones, or all open ones that a filter lets pass."""

    ids: Collection[str] = ()
    reason: str = ""
    topic: str = ""
    stage: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was said."""
        return not (self.ids or self.reason or self.topic or self.stage)

    def of(self, cases: Iterable[Case]) -> list[Case]:
        """Return the cases that are meant; without ids only what is open."""
        return [case for case in cases if self._named(case) and self.passes(case)]

    def passes(self, case: Case) -> bool:
        """Tell whether a case passes the filters."""
        return (
            self.reason in ("", case.newest.reason)
            and self.topic in ("", case.original.first.topic)
            and self.stage in ("", case.stage)
        )

    def unknown(self, cases: Iterable[Case]) -> list[str]:
        """Return the ids that nothing has."""
        known = {letter for case in cases for letter in case.ids}
        return [each for each in self.ids if each not in known]

    def _named(self, case: Case) -> bool:
        return not case.ids.isdisjoint(self.ids) if self.ids else case.standing is Standing.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one case."""

    case: Case
    copy: Place | None = None
    """Where the record lies again."""

    refusal: str = ""
    """Why nothing was done, in Vietnamese; empty: done."""


def with_record(cases: Sequence[Case], chosen: Sequence[Case]) -> list[Case]:
    """Return the chosen cases and the open ones of the same records: a replay shows the record to every stage again."""
    ids = {case.id for case in chosen}
    return [case for case in of_one_record(cases, chosen) if case.id in ids or case.standing is Standing.OPEN]


def with_same_finding(cases: Sequence[Case], chosen: Sequence[Case]) -> list[Case]:
    """Return the chosen cases and the open ones that say the same of the same record: bytes that are nobody's are buried by every stage."""
    ids = {case.id for case in chosen}
    said = {(case.original, case.newest.sentence) for case in chosen}
    return [
        case
        for case in of_one_record(cases, chosen)
        if case.id in ids or (case.standing is Standing.OPEN and (case.original, case.newest.sentence) in said)
    ]


def replay(settings: Settings, cases: Sequence[Case], chosen: Sequence[Case], who: Who) -> Iterator[Done]:
    """Put the records back, each once, and write an act about each of their cases; `chosen` as `with_record` returns it."""
    acting = _by_record(case for case in chosen if not why_not(case))
    yield from (Done(case=case, refusal=refusal) for case in chosen if (refusal := why_not(case)))
    desk = _Desk(settings, who)
    every = _by_record(of_one_record(cases, (case for some in acting.values() for case in some)))
    for original, copy in put_back(settings, every):
        if isinstance(copy, Place):
            desk.say(Doing.REPLAY, acting[original], copy=str(copy))
            yield from (Done(case=case, copy=copy) for case in acting[original])
        else:
            yield from (Done(case=case, refusal=copy) for case in acting[original])


def discard(settings: Settings, chosen: Sequence[Case], who: Who) -> Iterator[Done]:
    """Set cases aside: accounted for, and never to be taken in; the bytes stay on `dead-letter`."""
    desk = _Desk(settings, who)
    for case in chosen:
        if case.standing is Standing.DISCARDED:
            yield Done(case=case, refusal="Đã bỏ từ trước.")
        else:
            desk.say(Doing.DISCARD, [case])
            yield Done(case=case)


def _by_record(cases: Iterable[Case]) -> Mapping[Original, list[Case]]:
    found: dict[Original, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.original].append(case)
    return found


class _Desk:
    """Writes acts."""

    def __init__(self, settings: Settings, who: Who) -> None:
        self._who, self._acts = who, Acts(settings, also=[DEAD_LETTER])

    def say(self, doing: Doing, cases: Sequence[Case], **said: object) -> None:
        """Write one event a case; raise `ActNotConfirmedError`."""
        now = self._acts.now()
        events = [
            acted(
                Act(doing=doing, letter=case.id, tries=case.tries, by=self._who.by, why=self._who.why),
                {"record": str(case.original.first), "stage": case.stage, "reason": case.newest.reason, **said},
                now=now,
                document_key=case.newest.document_key,
            )
            for case in cases
        ]
        self._acts.write(
            events, now=now, unsure="see `lienthong dlq list --all`, then say it again: twice does no harm"
        )
