"""Whose status is it, may this agency say it, and what if the document is not known (yet)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from processors.routing.statuses import ORPHAN_WAITS
from schemas.events import (
    Act,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentRefused,
    Stage,
    StatusParked,
    TimerFired,
)
from schemas.ids import delivery_id, event_id
from tests.core.routing_cases import (
    COMMUNE,
    FIRST,
    HEALTH,
    KEY,
    NOON,
    PROVINCE,
    WARD,
    Partition,
    named,
    signed,
    status,
)


@pytest.mark.parametrize(
    ("code", "said_by", "addressed_to", "by", "recipient"),
    [
        ("01", HEALTH, PROVINCE, "folder:h53-17", HEALTH),
        ("03", "17.H53", PROVINCE, "folder:h53-17", HEALTH),
        ("03", "H53.17", PROVINCE, "folder:h53-17", HEALTH),
        ("16", COMMUNE, PROVINCE, "folder:h53-31-21", COMMUNE),
        ("13", PROVINCE, HEALTH, "folder:h53", HEALTH),
        ("13", "H53", "000.0017.H53", "folder:h53", HEALTH),
        ("99", HEALTH, PROVINCE, "folder:h53-17", HEALTH),
    ],
)
def test_a_status_finds_its_delivery(code: str, said_by: str, addressed_to: str, by: str, recipient: str) -> None:
    """By the recipient's code in any form; a 13 by whom it is addressed to; an unknown code is a fact as well."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE))

    (event,) = router.take(status(code, said_by, addressed_to=addressed_to, by=by))

    assert isinstance(event, DocumentAcknowledged)
    assert (delivery_id(KEY, recipient), recipient, PROVINCE) == (event.delivery_id, event.recipient, event.sender)
    assert status(code, said_by).event_id == event.causation_id


@pytest.mark.parametrize(
    ("code", "said_by", "addressed_to", "by"),
    [
        ("03", WARD, PROVINCE, "folder:h53-40"),
        ("03", PROVINCE, HEALTH, "folder:h53"),
        ("13", HEALTH, HEALTH, "folder:h53-17"),
        ("13", PROVINCE, WARD, "folder:h53"),
        ("03", HEALTH, PROVINCE, "folder:h53-31-21"),
    ],
)
def test_nobody_says_a_status_for_another(code: str, said_by: str, addressed_to: str, by: str) -> None:
    """A stranger, the sender for the recipient, the recipient for the sender, about a stranger, another's folder."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE))

    (event,) = router.take(status(code, said_by, addressed_to=addressed_to, by=by))

    assert isinstance(event, DocumentRefused)
    assert ("STATUS_NOT_ENTITLED", True, Stage.ROUTING) == (event.reason, event.about_status, event.stage)


def test_a_successor_speaks_for_its_predecessor() -> None:
    """Delivered to the town in June, accepted by the ward in July; the town's old code still means the delivery."""
    june, july = NOON.replace(year=2025, month=6, day=20), NOON.replace(year=2025, month=7, day=2)
    router = Partition()
    router.take(signed("000.00.30.H53"), now=june)

    (by_ward,) = router.take(status("03", WARD), now=july)
    (by_old_code,) = router.take(status("04", "000.00.30.H53", by="folder:h53-40"), now=july)

    assert isinstance(by_ward, DocumentAcknowledged)
    assert isinstance(by_old_code, DocumentAcknowledged)
    assert [delivery_id(KEY, "000.00.30.H53")] * 2 == [by_ward.delivery_id, by_old_code.delivery_id]


def test_a_repeated_status_is_the_same_event() -> None:
    """The same submission again repeats the id; the router's rows stay as they are."""
    router = Partition()
    router.take(signed(HEALTH))
    first = router.take(status("03", HEALTH))
    rows = dict(router.rows)

    assert first == router.take(status("03", HEALTH))
    assert rows == router.rows


def test_an_early_status_waits_for_its_document() -> None:
    """Parked, then acknowledged when the document is dispatched; nothing is left waiting."""
    router = Partition()

    (parked,) = router.take(status("01", HEALTH))
    assert isinstance(parked, StatusParked)
    assert () == router.take(status("01", HEALTH))
    events = router.take(signed(HEALTH), now=NOON + timedelta(hours=2))

    assert ["DocumentDispatched", "DocumentAcknowledged"] == named(events)
    assert status("01", HEALTH).event_id == events[1].causation_id
    assert {} == router.due
    assert not [row for row in router.rows if row.startswith("parked:")]


def test_a_document_that_reached_nobody_keeps_statuses_waiting() -> None:
    """An outsider's try under the same key must not turn the recipient's status away."""
    router = Partition()
    router.take(signed(HEALTH, submitted_by="folder:h53-17", event_id="theft"))

    assert ["StatusParked"] == named(router.take(status("01", HEALTH)))


def test_an_orphan_is_told_after_a_day_each_once() -> None:
    """Two orphans, an hour apart: each alerts the clerk of who said it and the axis operator when its day is over."""
    router = Partition()
    router.take(status("01", HEALTH))
    router.take(status("03", HEALTH), now=NOON + timedelta(hours=1))
    told: list[tuple[str, str, object]] = []
    while router.due:
        ((row, due_at),) = router.due.items()
        timer = TimerFired(event_id="timer", occurred_at=due_at, row=row, due_at=due_at)
        for event in router.take(timer, now=due_at):
            assert isinstance(event, DocumentAlert)
            told.append((event.kind, event.why, event.occurred_at))
            assert [(HEALTH, "clerk"), ("H53.SO.001", "axis_operator")] == [
                (each.organ_id, each.role) for each in event.to
            ]

    first = NOON + ORPHAN_WAITS
    assert [("status_orphan", "01", first), ("status_orphan", "03", first + timedelta(hours=1))] == told


def test_a_provisional_verdict_that_fails_recalls_every_delivery() -> None:
    """Recalled the way it went, once; the router's own refusals and repeats of the record do nothing."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE, provisional=True))

    recalls = router.take(_downgrade())

    assert all(isinstance(event, DocumentDispatched) and event.act is Act.RECALL for event in recalls)
    assert ["h53-17", "h53-31-21"] == [event.endpoint for event in recalls if isinstance(event, DocumentDispatched)]
    assert () == router.take(_downgrade())
    assert () == router.take(replace(_downgrade(), recalls=""))


def test_a_downgrade_that_comes_first_stops_the_dispatch() -> None:
    """The topics race: the refusal is read before the verdict that it takes back."""
    router = Partition()

    assert () == router.take(_downgrade())
    assert () == router.take(signed(HEALTH, provisional=True))


def _downgrade() -> DocumentRefused:
    verdict = signed(HEALTH).event_id
    return DocumentRefused(
        event_id=event_id("downgrade", verdict),
        occurred_at=NOON,
        subject=KEY,
        document_key=KEY,
        sha256=FIRST,
        stage=Stage.VERIFICATION,
        reason="REVOKED",
        sentence_vi="Chứng thư đã bị thu hồi.",
        recalls=verdict,
    )
