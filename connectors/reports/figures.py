"""Figures of a period, gathered for each agency, level or type of document; every report that counts uses these."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime

from sqlalchemy import func, select

from connectors.register.tables import REFUSAL
from connectors.reports.asked import Asked
from connectors.reports.deliveries import INTAKE, TRANSPORT, bunches, duties, stages, statuses
from connectors.reports.documents import DOOR, Packet, handed_over
from connectors.reports.histogram import Histogram
from connectors.reports.places import Places
from schemas.reference.working_time import working_between

Key = Hashable
KeyOf = Callable[[str, str], Key]
"""(organ_id, type of document) -> where a figure belongs."""

TAKE_BACK = frozenset({"13", "15", "16"})
ACCEPTED = "03"


class Tally:
    """All figures of one row."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.minutes: defaultdict[str, Histogram] = defaultdict(Histogram)

    @property
    def silent(self) -> bool:
        """Tell whether nothing at all came from there: no packet, no status, nothing taken."""
        return not (
            self.count["sent"] or self.count["recalls_sent"] or self.count["statuses"] or self.count["received"]
        )


def gather(asked: Asked, places: Places, key_of: KeyOf) -> defaultdict[Key, Tally]:
    """Return key -> figures; keys of which nothing is known are made when asked for."""
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    _packets(asked, key_of, found)
    _deliveries(asked, key_of, found)
    _duties(asked, key_of, found)
    for each in stages(asked.connection, asked.period):
        minutes = _minutes(asked, places, each.recipient, each.dispatched_at, each.said_at)
        found[key_of(each.recipient, each.type_name)].minutes[each.code].add(minutes)
    for said in statuses(asked.connection, asked.period):
        tally = found[key_of(said.said_by, said.type_name)]
        tally.count["statuses"] += said.count
        tally.count["take_back_statuses"] += said.count if said.code in TAKE_BACK else 0
    return found


def _packets(asked: Asked, key_of: KeyOf, found: defaultdict[Key, Tally]) -> None:
    for packet in handed_over(asked.connection, asked.period):
        found[key_of(packet.sender, packet.type_name)].count.update(_of_packet(packet))
    refused = (
        select(REFUSAL.c.sender, func.count())
        .where(REFUSAL.c.stage == DOOR, ~REFUSAL.c.about_status)
        .where(REFUSAL.c.occurred_at >= asked.period.start, REFUSAL.c.occurred_at < asked.period.end)
        .group_by(REFUSAL.c.sender)
    )
    for sender, count in asked.connection.execute(refused):
        found[key_of(sender, "")].count["refused_at_door"] += count


def _of_packet(packet: Packet) -> Iterator[str]:
    """Yield the name of each figure that a packet raises by one."""
    if packet.recall:
        yield "recalls_sent"
        return
    yield "sent"
    yield "with_paper" if packet.paper else "without_paper"
    holds = {
        "paper_needless": packet.paper_needless,
        "late_dispatch": packet.late,
        "refused": packet.refused,
        "unsigned": packet.unsigned,
        "wrongly_signed": packet.wrongly_signed,
        "signed": packet.state in ("signed", "provisional") and not packet.unsigned,
        "held": packet.state == "held",
    }
    yield from (name for name, yes in holds.items() if yes)
    if holds["signed"] and not packet.paper:
        yield "fully_electronic"


def _deliveries(asked: Asked, key_of: KeyOf, found: defaultdict[Key, Tally]) -> None:
    for bunch in bunches(asked.connection, asked.period):
        out = found[key_of(bunch.sender, bunch.type_name)].count
        out["dispatched"] += bunch.count
        into = found[key_of(bunch.recipient, bunch.type_name)].count
        into["addressed"] += bunch.count
        into[{"refused": "refused_by_recipient"}.get(bunch.standing, bunch.standing)] += bunch.count
        if bunch.label in ("recalled", "replaced", "contested"):
            into[bunch.label] += bunch.count


def _duties(asked: Asked, key_of: KeyOf, found: defaultdict[Key, Tally]) -> None:
    """Count lateness where it is owed, and minutes where the documents went."""
    for each in duties(asked.connection, asked.period, asked.now):
        tally = found[key_of(each.recipient, each.type_name)]
        if each.clock == TRANSPORT:
            found[key_of(each.debtor, each.type_name)].count["late_receive"] += each.count if each.late else 0
            if each.done and each.minutes is not None:
                tally.minutes["receive"].add(each.minutes, each.count)
        elif each.clock == INTAKE:
            if each.done and each.minutes is not None:
                tally.minutes["answer"].add(each.minutes, each.count)
            if each.done or each.late:
                tally.count["judged"] += each.count
                tally.count["late_answer"] += each.count if each.late else 0
                in_time = each.closed_by == ACCEPTED and not each.late
                tally.count["accepted_in_time"] += each.count if in_time else 0
                tally.count["answered_in_time"] += 0 if each.late else each.count


def _minutes(asked: Asked, places: Places, organ_id: str, start: datetime, end: datetime) -> int:
    """Return working minutes by the agency's hours."""
    pattern = asked.calendar.pattern(places.of(organ_id).working_hours)
    return int(working_between(asked.calendar, pattern, start, end).total_seconds() // 60)
