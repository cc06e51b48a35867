"""From records to facts: one pass over a log, or over some of its partitions, each record once."""

from collections.abc import Callable, Iterable

from infra.audit.books import Books
from infra.audit.entering import enter
from infra.audit.facts import Fact, Name, facts_of
from infra.audit.log import Burial, Log
from infra.audit.moments import moment_in
from infra.errors import EnvironmentFaultError
from infra.kafka.dead_letters import dead_letter
from infra.kafka.ending import NEWER
from infra.kafka.tail import Record, Row
from schemas.codec import DecodeError, NewerSchemaError, decode
from schemas.reasons import REASONS
from schemas.reasons.table import Disposition
from schemas.topics import BY_NAME, DEAD_LETTER

Keep = Callable[[Name, tuple[str, Fact] | None], object]
"""Takes a record's name, and what it says about which document."""

NO_MESSAGE = frozenset(
    code for code, reason in REASONS.items() if reason.disposition is Disposition.DEAD_LETTER and code != "STEP_FAILED"
)
"""Reasons of dead letters that are no event: nobody could act on them, so nothing is asked of them."""

TIMER = "timer."
"""Begins the topic that a dead letter of a timer names: a timer lies at no offset."""

OF_THE_WHOLE = frozenset({"document.alerts", "operator.acted"})


def read(rows: Iterable[Row], keep: Keep) -> Log:
    """Read records, in any order of topics, those of a partition in their order; return what concerns the log as a whole."""
    log = Log()
    last: dict[tuple[str, int], int] = {}
    newest: dict[tuple[str, int], bytes] = {}
    for row in rows:
        topic, number, offset, _, value, _ = row
        last[topic, number] = offset
        if topic == DEAD_LETTER:
            _bury(log, row)
        elif value is not None:
            try:
                head, name, fact = facts_of(row, value)
            except DecodeError as exc:
                if exc.code == "SCHEMA_UNKNOWN":
                    _require_no_newer(row)
                log.unreadable.append(f"{topic}/{number}/{offset}")
                continue
            newest[topic, number] = head.recorded
            if topic in OF_THE_WHOLE and fact is not None:
                fact = _note(log, fact)
            keep(name, fact)
        elif not BY_NAME[topic].compacted:
            log.unreadable.append(f"{topic}/{number}/{offset}")
    log.ends = {f"{topic}/{number}": offset for (topic, number), offset in last.items()}
    log.last = {f"{topic}/{number}": moment_in(recorded) for (topic, number), recorded in newest.items()}
    return log


def _note(log: Log, fact: tuple[str, Fact]) -> tuple[str, Fact] | None:
    """Note what concerns the whole log: a directory with gaps, a dead letter that was set aside (which is nothing else)."""
    match fact:
        case letter, ("set aside", *_):
            log.set_aside.add(letter)
            return None
        case _, ("alert", _where, _id, _slot, _about, "directory_gap", _clock, occurred, _recorded):
            log.gaps.add(moment_in(occurred))
        case _:
            pass
    return fact


def _require_no_newer(row: Row) -> None:
    """Raise `EnvironmentFaultError` for a record of a later release: this one cannot judge it (ADR 0014)."""
    topic, partition, offset, key, value, headers = row
    try:
        decode(topic, key, value, headers)
    except NewerSchemaError as exc:
        raise EnvironmentFaultError(
            f"{NEWER}: {topic}/{partition}/{offset}", "audit with the newest release that writes here"
        ) from exc
    except DecodeError:
        return


def _bury(log: Log, row: Row) -> None:
    """Note who could not take which record, and why."""
    letter = dead_letter(Record(*row))
    if letter.topic.startswith(TIMER):
        timer = f"{letter.topic}/{letter.partition}", letter.digest
        log.timers.setdefault(timer, {})[letter.id] = letter.reason or "?"
        return
    burial = log.buried.setdefault(f"{letter.topic}/{letter.partition}/{letter.offset}", Burial())
    burial.stages.add(letter.stage)
    burial.reasons.add((letter.stage, letter.reason or "?"))


def enter_all(records: Iterable[Record]) -> Books:
    """Read all records into one set of books, in memory."""
    books, names, facts = Books(), list[Name](), list[Fact]()

    def keep(name: Name, fact: tuple[str, Fact] | None) -> None:
        names.append(name)
        if fact is not None:
            facts.append(fact[1])

    books.log = read(map(row_of, records), keep)
    no_events = books.log.not_events(NO_MESSAGE)
    books.names.note(each for each in names if each[0] not in no_events)
    enter(books, facts, leave_out=no_events, others=books.names.others)
    return books


def row_of(record: Record) -> Row:
    """Return a record's fields in their order."""
    return record.topic, record.partition, record.offset, record.key, record.value, record.headers
