"""A year of deliveries, Tết and swapped Saturdays included: the watcher raises exactly what the slow model says, each at its minute."""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas.events import (
    Act,
    AlertState,
    ContentRef,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentReceived,
    Event,
    Milestone,
)
from schemas.ids import event_id
from tests.core.sla_cases import Watcher
from tests.core.sla_year_model import AGENCIES, DAY, FIRST, ROLES, Lived, Step, due_steps, hours_of
from tests.reference_files import demo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NEW_YEAR = datetime(FIRST.year, 1, 1, tzinfo=HERE)
WORKING_DAYS, A_DAY, FULL_A_DAY = 250, 8, 2_000
WATCHED = {"normal": 15 * DAY, "khan": 2 * DAY, "thuong_khan": DAY, "hoa_toc": DAY}
"""Minutes for which a delivery is followed: long enough for every ladder to end and repeat."""

CONTENT = ContentRef(sha256="a" * 64, size=1, media_type="application/octet-stream")
SENDER = "000.00.00.H53"
RECIPIENTS = sorted(
    name
    for name, row in AGENCIES.items()
    if not row["valid_to"] and row["level"] in ("commune", "department", "central") and name != SENDER
)


def lives(a_day: int, seed: int) -> Iterator[Lived]:
    """Yield the year's deliveries, in the order of their dispatch."""
    chance, office = random.Random(seed), hours_of(SENDER)
    days = sorted({at // DAY for at in range(0, 365 * DAY, 60) if office.works[at]})[:WORKING_DAYS]
    for day in days:
        for at in sorted(day * DAY + chance.randrange(0 if chance.random() < 0.1 else 420, DAY) for _ in range(a_day)):
            yield _life(at, chance)


def _life(at: int, chance: random.Random) -> Lived:
    urgency = chance.choices(("normal", "khan", "thuong_khan", "hoa_toc"), (90, 6, 3, 1))[0]
    facts, reach = {"dispatched": at}, 2 * DAY if urgency == "normal" else 120
    due = None
    if chance.random() < 0.3:
        due = FIRST + timedelta(days=at // DAY + chance.randrange(-1, 12))
    if chance.random() >= (0.04 if urgency == "normal" else 0.2):
        received = facts["received"] = at + _soon(chance, reach)
        if chance.random() < 0.9:
            answered = received + _soon(chance, reach)
            facts["02" if chance.random() < 0.1 else "03"] = answered
            if "03" in facts and chance.random() < 0.9:
                given = facts["04"] = answered + _soon(chance, reach)
                if chance.random() < 0.8:
                    facts["06"] = given + _soon(chance, 6 * DAY)
        if chance.random() < 0.3:
            facts["01"] = received + chance.randrange(5)
    return Lived(
        recipient=chance.choice(RECIPIENTS),
        sender=SENDER,
        urgency=urgency,
        mode=chance.choice(("push", "pull")),
        due=due,
        facts=facts,
    )


def _soon(chance: random.Random, reach: int) -> int:
    return min(int(chance.expovariate(5 / reach)), 3 * reach) if chance.random() < 0.9 else 0


def moment(minute: int) -> datetime:
    """Return the moment of a minute."""
    return NEW_YEAR + timedelta(minutes=minute)


def events(number: int, lived: Lived) -> Iterator[Event]:
    """Yield what the log says of a delivery, in the order of time."""
    key = f"{number:032x}"
    name = f"{key}-{lived.recipient}"
    for order, (fact, minute) in enumerate(sorted(lived.facts.items(), key=lambda each: each[1])):
        at = moment(minute)
        own: dict[str, Any] = {"event_id": event_id(name, str(order)), "occurred_at": at, "recorded_at": at}
        own |= {"delivery_id": name, "document_key": key, "recipient": lived.recipient}
        if fact == "dispatched":
            yield DocumentDispatched(
                **own, document_id=f"{SENDER},2026-01-01,{number}/X", content=CONTENT, sender=SENDER,
                addressed=(lived.recipient,), endpoint="e", endpoint_owner=lived.recipient, mode=lived.mode, hops=(),
                rule="r", urgency=lived.urgency, due_on=lived.due, act=Act.DELIVER,
            )  # fmt: skip
        elif fact == "received":
            yield DocumentReceived(**own, milestone=Milestone.RECEIVED, sha256="a" * 64, endpoint="e", how="taken")
        else:
            yield DocumentAcknowledged(
                **own, document_id="x", sender=SENDER, code=fact, said_by=lived.recipient, content=CONTENT
            )


def watched(number: int, lived: Lived, until: int) -> list[Step]:
    """Let the watcher live through a delivery; return each step that it raised."""
    watcher, raised = Watcher(reference=demo()), list[Event]()
    coming = [event for event in events(number, lived) if event.occurred_at <= moment(until)]
    heapq.heapify(waiting := [(event.occurred_at, order) for order, event in enumerate(coming)])
    while waiting:
        at, order = heapq.heappop(waiting)
        raised += watcher.wait_until((at - timedelta(microseconds=1)).isoformat())
        raised += watcher.hear(coming[order])
    raised += watcher.wait_until(moment(until).isoformat())
    return sorted(
        (each.clock, each.level, each.number, round((each.occurred_at - NEW_YEAR).total_seconds() / 60))
        for each in raised
        if isinstance(each, DocumentAlert) and each.clock and each.state is AlertState.FIRING
    )


@pytest.mark.parametrize(
    "a_day", [A_DAY, pytest.param(FULL_A_DAY, marks=[pytest.mark.slow, pytest.mark.timeout(7_200)])]
)
def test_the_alerts_of_a_year_are_those_of_the_model(a_day: int) -> None:
    """Random officials: prompt, late, silent; every urgency, agencies without contacts, a desk on duty day and night."""
    counted = 0
    for number, lived in enumerate(lives(a_day, seed=2026)):
        until = lived.facts["dispatched"] + WATCHED[lived.urgency]
        wanted = sorted(due_steps(lived, until))
        assert wanted == watched(number, lived, until), (number, lived)
        counted += len(wanted)

    assert counted > a_day * WORKING_DAYS / 4


def test_the_cast_is_worth_the_trial() -> None:
    """Offices of both kinds of hours, one on duty day and night, one without any contact, one without a head."""
    hours = {AGENCIES[name]["working_hours"] for name in RECIPIENTS}
    roles = [{role for organ_id, role in ROLES if organ_id == name} for name in RECIPIENTS]

    assert {"office-0730", "office-0800", "duty-24x7"} == hours
    assert set() in roles
    assert {"clerk"} in roles
