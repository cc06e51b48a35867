"""The golden scenario: one month over the merger of 01/07/2025, by the same code and one snapshot, three levels before it and two after."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.audit.law import Findings, judge
from infra.audit.reading import enter_all
from schemas.events import (
    ContentRef,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    StatusSubmitted,
    Verdict,
)
from schemas.ids import document_key, event_id
from tests.core.audit_life import on_the_log
from tests.core.merger import DISTRICTS, HERE, MINISTRY, NEW, OLD, PROVINCE, SEAT, SUCCESSOR, at, principal, reference
from tests.core.routing_cases import Partition

REFERENCE = reference()
A_DISTRICT, A_COMMUNE = DISTRICTS[0], next(iter(OLD))
NIGHT, AFTER = at("06-30 23:59"), at("07-01 00:01")


class Axis:
    """The router over one log, at whatever moment it is told."""

    def __init__(self) -> None:
        """Start empty."""
        self.log: list[Event] = []
        self.router = Partition(reference=REFERENCE)

    def write(self, event: Event, now: datetime) -> list[Event]:
        """Put an event on the log; return what the router says of it."""
        said = [replace(each, recorded_at=now) for each in self.router.take(replace(event, recorded_at=now), now)]
        self.log += [replace(event, recorded_at=now), *said]
        return said

    def hand_over(
        self, sender: str, *recipients: str, number: int, submitted: datetime, signed: datetime | None = None
    ) -> list[Event]:
        """Hand a document over, and let it pass at once or later."""
        document_id = f"{sender},{submitted.astimezone(HERE).date().isoformat()},{number}/UBND"
        key, sha256 = document_key(sender, document_id), f"{number:064x}"
        own: dict[str, Any] = {
            "document_key": key, "content": ContentRef(sha256=sha256, size=10, media_type="x/y"), "sender": sender,
            "envelope": Envelope(document_id=document_id, sender=sender, recipients=recipients, type_code=2),
            "submitted_by": principal(sender), "correlation_id": key,
        }  # fmt: skip
        came = DocumentSubmitted(
            **own, event_id=event_id("submitted", key), occurred_at=submitted, recorded_at=submitted, channel="folder"
        )
        self.log.append(came)
        passed = DocumentSigned(
            **own, event_id=event_id("signed", key), occurred_at=signed or submitted, submitted_at=submitted,
            causation_id=came.event_id, verdict=Verdict(indication=Indication.TOTAL_PASSED, signatures_found=2),
        )  # fmt: skip
        return self.write(passed, signed or submitted)

    def say(self, code: str, by: str, about: DocumentDispatched, now: datetime, *, through: str = "") -> list[Event]:
        """Say a status about a delivery, through the speaker's own client system or another's."""
        return self.write(
            StatusSubmitted(
                event_id=event_id("status", about.delivery_id, code, by, now.isoformat()), occurred_at=now,
                document_key=about.document_key, document_id=about.document_id, code=code, said_by=by, said_at=now,
                content=ContentRef(sha256="5" * 64, size=1, media_type="x/y"), addressed_to=about.sender,
                submitted_by=principal(through or by), channel="folder",
            ),
            now,
        )  # fmt: skip

    def lawful(self) -> Findings:
        """Judge the log."""
        return judge(enter_all(on_the_log(self.log)))


def sent(events: list[Event]) -> list[DocumentDispatched]:
    """Return the dispatches."""
    return [each for each in events if isinstance(each, DocumentDispatched)]


def test_the_same_code_walks_three_levels_and_two() -> None:
    """Province to commune over the district before midnight, directly after it; other provinces over the national axis."""
    axis = Axis()
    [before] = sent(axis.hand_over(PROVINCE, A_COMMUNE, number=1, submitted=NIGHT))
    [after] = sent(axis.hand_over(PROVINCE, A_COMMUNE, number=2, submitted=AFTER))
    [abroad] = sent(axis.hand_over(NEW[0], MINISTRY, number=3, submitted=AFTER))

    assert (PROVINCE, A_DISTRICT, A_COMMUNE) == before.hops
    assert (PROVINCE, SUCCESSOR[A_COMMUNE]) == after.hops
    assert (SUCCESSOR[A_COMMUNE], (A_COMMUNE,), (f"rerouted:{A_COMMUNE}",)) == (
        after.recipient,
        after.addressed,
        after.notes,
    )
    assert ("to-national", (NEW[0], PROVINCE, "000.00.01.W00", MINISTRY)) == (abroad.rule, abroad.hops)


def test_two_ended_codes_of_one_successor_make_one_delivery() -> None:
    """Both are listed; the good ones are not held up by what nobody knows."""
    twins = [code for code in OLD if SUCCESSOR[code] == SUCCESSOR[A_COMMUNE]]
    events = Axis().hand_over(PROVINCE, *twins, "H70.999", number=1, submitted=AFTER)

    assert 1 < len(twins)
    assert [(SUCCESSOR[A_COMMUNE], tuple(twins))] == [(each.recipient, each.addressed) for each in sent(events)]
    assert ["RECIPIENT_UNKNOWN"] == [each.reason for each in events if isinstance(each, DocumentRefused)]


@pytest.mark.parametrize("by", [A_COMMUNE, SUCCESSOR[A_COMMUNE]])
def test_a_status_finds_what_was_sent_to_the_old_code(by: str) -> None:
    """Said by the old code, or by its successor, through the successor's system: the same delivery."""
    axis = Axis()
    [before] = sent(axis.hand_over(PROVINCE, A_COMMUNE, number=1, submitted=NIGHT))
    said = axis.say("03", by, before, AFTER, through=SUCCESSOR[A_COMMUNE])

    assert [before.delivery_id] == [each.delivery_id for each in said if isinstance(each, DocumentAcknowledged)]


def test_a_stranger_says_nothing_for_an_ended_code() -> None:
    """The seat's commune speaks for the district; a commune that took over a part of it does not."""
    axis = Axis()
    [before] = sent(axis.hand_over(PROVINCE, A_DISTRICT, number=1, submitted=NIGHT))
    part = next(SUCCESSOR[code] for code, of in OLD.items() if of == A_DISTRICT and SUCCESSOR[code] != SEAT[A_DISTRICT])

    assert ["DocumentRefused"] == [type(each).__name__ for each in axis.say("03", part, before, AFTER)]
    assert ["DocumentAcknowledged"] == [type(each).__name__ for each in axis.say("03", SEAT[A_DISTRICT], before, AFTER)]


def test_what_an_agency_handed_over_in_time_is_sent_after_its_end() -> None:
    """Midnight passes between hand-over and verdict; what it hands over after its end is refused."""
    axis = Axis()
    late = axis.hand_over(A_DISTRICT, PROVINCE, A_COMMUNE, number=1, submitted=NIGHT, signed=AFTER)
    ended = axis.hand_over(A_DISTRICT, PROVINCE, number=2, submitted=AFTER)

    assert [PROVINCE, SUCCESSOR[A_COMMUNE]] == [each.recipient for each in sent(late)]
    assert ["SENDER_NOT_ALLOWED"] == [each.reason for each in ended if isinstance(each, DocumentRefused)]


def test_a_month_over_the_merger_loses_nothing() -> None:
    """1,500 documents and their statuses, by old codes and new ones: every one has its outcome, every status its delivery."""
    chance, axis = random.Random(20250701), Axis()
    now, number, open_ = at("06-15 08:00"), 0, list[DocumentDispatched]()
    while now < at("07-15 17:00"):
        number += 1
        merged = now >= at("07-01 00:00")
        living = [*NEW] if merged else [*DISTRICTS, *OLD]
        known = [*living, *OLD, *DISTRICTS] if merged else living
        sender = chance.choice([PROVINCE, *living])
        recipients = dict.fromkeys(code for code in chance.sample(known, 3) if code != sender)
        waits = timedelta(minutes=chance.choice([0, 0, 1, 600]))
        events = axis.hand_over(sender, *recipients, number=number, submitted=now, signed=now + waits)
        assert {each.addressed for each in events if isinstance(each, DocumentRefused)} == set()
        open_ += sent(events)
        for _ in range(chance.randrange(3)):
            if open_:
                about = open_.pop(chance.randrange(len(open_)))
                by = today(about.recipient, now)
                said = axis.say("03", chance.choice([by, about.recipient]), about, now, through=by)
                heard = [each.delivery_id for each in said if isinstance(each, DocumentAcknowledged)]
                assert about.delivery_id in heard  # a successor of two recipients speaks for both
        now += timedelta(minutes=29)

    assert 1_400 < number
    assert Findings() == axis.lawful()


def today(code: str, now: datetime) -> str:
    """Return who lives in the place of an agency."""
    return code if now < at("07-01 00:00") else {**SUCCESSOR, **SEAT}.get(code, code)
