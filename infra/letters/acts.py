"""What operators did with dead letters, as it lies on `operator.acted`: who, what, with which letter after which try, and why."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from infra.kafka.tail import read_all
from infra.settings import Settings
from schemas.codec import DecodeError, decode
from schemas.events import OperatorActed
from schemas.ids import event_id
from schemas.topics import topic_of

TOPIC = topic_of(OperatorActed)


class Doing(StrEnum):
    """`OperatorActed.action` of an act about a dead letter; its subject is the letter's id."""

    REPLAY = "dlq.replay"
    DISCARD = "dlq.discard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act about one dead letter."""

    doing: Doing
    letter: str
    tries: int
    """How often it had failed when the operator acted: a later failure is open again."""

    by: str
    why: str
    at: datetime | None = None


def acts(settings: Settings) -> Mapping[str, Sequence[Act]]:
    """Return letter id -> the acts about it, in their order."""
    found: dict[str, list[Act]] = defaultdict(list)
    for record in read_all(settings, [TOPIC]):
        try:
            event = decode(record.topic, record.key, record.value, record.headers)
        except DecodeError:
            continue  # a dead letter itself
        if isinstance(event, OperatorActed):
            for act in _act(event):
                found[act.letter].append(act)
    return found


def _act(event: OperatorActed) -> Iterator[Act]:
    try:
        doing, tries = Doing(event.action), int(json.loads(event.detail)["tries"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return  # an act about something else
    yield Act(doing=doing, letter=event.subject, tries=tries, by=event.by, why=event.reason, at=event.occurred_at)


def acted(act: Act, said: Mapping[str, object], *, now: datetime, document_key: str = "") -> OperatorActed:
    """Return the event of an act; `said` is what people want to read beside it. Two acts are never one, so its id has the moment."""
    detail = json.dumps({"tries": act.tries, **said}, ensure_ascii=False, sort_keys=True)
    return OperatorActed(
        event_id=event_id(act.doing, act.letter, str(act.tries), act.by, now.isoformat()),
        occurred_at=now,
        correlation_id=document_key,
        subject=act.letter,
        action=act.doing,
        by=act.by,
        reason=act.why,
        detail=detail,
    )


def newest(found: Mapping[str, Sequence[Act]], letters: Iterable[str], tries: int) -> Act | None:
    """Return the last act about a letter, under any of its ids, that came after this try."""
    after = [act for letter in sorted(letters) for act in found.get(letter, ()) if act.tries >= tries]
    return after[-1] if after else None
