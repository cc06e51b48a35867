"""A dead letter through all its tries: what failed again after a replay is the same one, with its history.

One record may have a case at each stage that could not take it, and a crash may write one letter twice: both are seen through here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from infra.kafka.dead_letters import DeadLetter, read_dead_letters
from infra.kafka.history import Failure, Place
from infra.letters.acts import Act, Doing, acts, newest
from infra.settings import Settings

NEVER = datetime.min.replace(tzinfo=UTC)


class Standing(StrEnum):
    """What became of a dead letter."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Original(NamedTuple):
    """One record, wherever its copies lie."""

    first: Place
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One record that one stage could not take."""

    letters: tuple[DeadLetter, ...]
    """The oldest first, without their contents."""

    original: Original
    tries: int
    standing: Standing
    last_act: Act | None

    @property
    def id(self) -> str:
        """The first letter's id names the case for ever."""
        return self.letters[0].id

    @property
    def newest(self) -> DeadLetter:
        """The letter of the last try."""
        return self.letters[-1]

    @property
    def stage(self) -> str:
        """The app that could not take it."""
        return self.newest.stage

    @property
    def ids(self) -> frozenset[str]:
        """Every id under which it may be asked for."""
        return frozenset(letter.id for letter in self.letters)

    def failures(self) -> Iterator[Failure]:
        """Yield how each try ended."""
        for letter in self.letters:
            at = letter.at.isoformat() if letter.at else ""
            yield Failure(
                number=_replays(letter, self.original) + 1,
                letter=letter.id,
                stage=letter.stage,
                reason=letter.reason,
                at=at,
            )


def read_cases(settings: Settings) -> list[Case]:
    """Return every case on the log, in the order in which they first failed."""
    letters = (_slim(letter) for letter in read_dead_letters(settings))
    return cases_of(list(letters), acts(settings))


def cases_of(letters: Sequence[DeadLetter], done: Mapping[str, Sequence[Act]]) -> list[Case]:
    """Group letters to cases and say how each stands after what was done."""
    firsts = {Original(each.place, each.digest) for each in letters}
    grouped: dict[tuple[Original, str, str], list[DeadLetter]] = defaultdict(list)
    for letter in letters:
        original = _original(letter, firsts)
        alone = letter.id if original.first.topic == "" else ""  # it does not say where it came from
        grouped[original, letter.stage, alone].append(letter)
    cases = [_case(key[0], some, done) for key, some in grouped.items()]
    return sorted(cases, key=lambda case: (case.letters[0].at or NEVER, case.letters[0].partition, case.id))


def _case(original: Original, letters: list[DeadLetter], done: Mapping[str, Sequence[Act]]) -> Case:
    letters.sort(
        key=lambda each: (_replays(each, original), each.at or NEVER, each.record.partition, each.record.offset)
    )
    tries = _replays(letters[-1], original) + 1
    act = newest(done, (each.id for each in letters), tries)
    standing = Standing.OPEN
    if act is not None:
        standing = Standing.REPLAYED if act.doing is Doing.REPLAY else Standing.DISCARDED
    return Case(letters=tuple(letters), original=original, tries=tries, standing=standing, last_act=act)


def _original(letter: DeadLetter, firsts: set[Original]) -> Original:
    """Return which record it is. A history is believed where the first try is on the log with the same bytes: anybody can write headers."""
    if letter.history is not None and (said := Original(letter.history.first, letter.digest)) in firsts:
        return said
    return Original(letter.place, letter.digest)


def _replays(letter: DeadLetter, original: Original) -> int:
    if letter.history is None or letter.history.first != original.first or letter.place == original.first:
        return 0
    return max(0, letter.history.replays)


def _slim(letter: DeadLetter) -> DeadLetter:
    return replace(letter, record=replace(letter.record, key=None, value=None, headers=()))


def of_one_record(cases: Iterable[Case], chosen: Iterable[Case]) -> list[Case]:
    """Return the cases of the same records as the chosen ones, in their order."""
    originals = {case.original for case in chosen}
    return [case for case in cases if case.original in originals]
