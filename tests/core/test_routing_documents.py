"""What becomes of a document that may be carried: one outcome per recipient, repeats, other bytes, entitlement."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.events import DocumentAlert, DocumentDispatched, DocumentRefused, DocumentRepeated, DocumentSigned
from schemas.ids import delivery_id
from tests.core.routing_cases import (
    COMMUNE,
    HEALTH,
    KEY,
    MINISTRY,
    NOBODY,
    NOON,
    PROVINCE,
    TECHNICAL,
    WARD,
    Partition,
    named,
    signed,
)


def test_each_recipient_gets_one_delivery() -> None:
    """Two recipients -> two deliveries, with endpoint, path, rule and the versions that decided."""
    router = Partition()

    first, second = router.take(signed(HEALTH, "001.01.17.H53"))

    assert isinstance(first, DocumentDispatched)
    assert isinstance(second, DocumentDispatched)
    assert (delivery_id(KEY, HEALTH), "h53-17", "pull", "within-province") == (
        first.delivery_id,
        first.endpoint,
        first.mode,
        first.rule,
    )
    assert (PROVINCE, HEALTH) == first.hops
    assert ("h53-17", HEALTH, (PROVINCE, HEALTH, "000.01.17.H53", "001.01.17.H53")) == (
        second.endpoint,
        second.endpoint_owner,
        second.hops,
    )
    assert {"directory", "routes", "identities", "sla", "document_types"} == set(first.versions)


def test_one_bad_recipient_refuses_one_delivery() -> None:
    """Nobody, a technical node and a good one: two refusals under their own keys, one delivery."""
    events = Partition().take(signed(NOBODY, HEALTH, TECHNICAL))

    assert ["DocumentDispatched", "DocumentRefused", "DocumentRefused"] == named(events)
    refused = [event for event in events if isinstance(event, DocumentRefused)]
    assert [
        ("RECIPIENT_UNKNOWN", NOBODY, f"{KEY}-{NOBODY}"),
        ("RECIPIENT_CLOSED", TECHNICAL, f"{KEY}-{TECHNICAL}"),
    ] == [(event.reason, event.addressed, event.key) for event in refused]
    assert all(event.sentence_vi for event in refused)


def test_codes_that_end_at_one_agency_make_one_delivery() -> None:
    """A ward in two forms, and the town it took over: one delivery that lists all three codes, with the notes."""
    (event,) = Partition().take(signed(WARD, "H53.PH.001", "000.00.30.H53"))

    assert isinstance(event, DocumentDispatched)
    assert (WARD, (WARD, "H53.PH.001", "000.00.30.H53")) == (event.recipient, event.addressed)
    assert ("rerouted:000.00.30.H53",) == event.notes


def test_a_ministry_is_reached_by_the_national_axis() -> None:
    """Known to the directory or not, a foreign level 1 leads to the national endpoint."""
    known, unknown = Partition().take(signed(MINISTRY, "000.00.77.G06"))

    assert isinstance(known, DocumentDispatched)
    assert isinstance(unknown, DocumentDispatched)
    assert ("national", (PROVINCE, TECHNICAL, MINISTRY)) == (known.endpoint, known.hops)
    assert ("000.00.77.G06", "national", ("not_in_directory:000.00.77.G06",)) == (
        unknown.recipient,
        unknown.endpoint,
        unknown.notes,
    )


def test_the_dispatch_day_is_a_vietnamese_day() -> None:
    """18:00 UTC on 30/06/2025 is 01/07 at home: the town has ended, its ward takes the document."""
    first_day = NOON.replace(year=2025, month=6, day=30, hour=18)

    (event,) = Partition().take(signed("000.00.30.H53"), now=first_day)
    (before,) = Partition().take(signed("000.00.30.H53"), now=first_day - timedelta(hours=2))

    assert isinstance(event, DocumentDispatched)
    assert isinstance(before, DocumentDispatched)
    assert [WARD, "000.00.30.H53"] == [event.recipient, before.recipient]


def test_urgency_due_date_and_paper_travel_with_the_delivery() -> None:
    """Priority 2, a DueDate, paper for a type that needs none."""
    (event,) = Partition().take(signed(HEALTH, priority=2, due_on=date(2026, 12, 1), paper=True, type_name="Công văn"))

    assert isinstance(event, DocumentDispatched)
    assert ("thuong_khan", date(2026, 12, 1), ("paper_not_needed",)) == (event.urgency, event.due_on, event.notes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"submitted_by": "folder:h53-17"}, "SENDER_NOT_ALLOWED"),
        ({"submitted_by": "folder:nobody"}, "SENDER_NOT_ALLOWED"),
        ({"sender": NOBODY, "submitted_by": "folder:h53"}, "SENDER_NOT_ALLOWED"),
        ({"document_id": f"{HEALTH},2026-11-23,1/SYT"}, "SENDER_NOT_ALLOWED"),
        ({"envelope_sender": NOBODY}, "SENDER_UNKNOWN"),
        ({"envelope_sender": "000.00.04.H53"}, "SENDER_NOT_ALLOWED"),
        ({"business_type": 2, "related": (f"{HEALTH},2026-01-02,7/SYT",)}, "SENDER_NOT_ALLOWED"),
        ({"business_type": 3, "related": ()}, "RELATED_DOCUMENT_UNKNOWN"),
    ],
)
def test_nobody_speaks_for_another(changes: dict[str, Any], reason: str) -> None:
    """Another's folder, another's number, an unknown and an ended sender, another's document: refused as a whole."""
    event = signed(HEALTH)
    for name, value in changes.items():
        event = {
            "envelope_sender": lambda event, value: replace(event, envelope=replace(event.envelope, sender=value)),
            "sender": lambda event, value: replace(
                event, sender=value, envelope=replace(event.envelope, sender=value if value != NOBODY else PROVINCE)
            ),
        }.get(name, lambda event, value, name=name: _with(event, name, value))(event, value)

    (refusal,) = Partition().take(event)

    assert isinstance(refusal, DocumentRefused)
    assert (reason, KEY, "") == (refusal.reason, refusal.key, refusal.addressed)


def _with(event: DocumentSigned, name: str, value: Any) -> DocumentSigned:
    if name in type(event.envelope).__dataclass_fields__:
        return replace(event, envelope=replace(event.envelope, **{name: value}))
    return replace(event, **{name: value})


def test_a_predecessors_number_may_be_used() -> None:
    """The ward sends under a number of the town it took over."""
    event = signed(
        HEALTH, sender=WARD, submitted_by="folder:h53-40", document_id="000.00.30.H53,2025-06-30,9/UBND", related=()
    )

    assert ["DocumentDispatched"] == named(Partition().take(event))


def test_the_same_bytes_again_are_answered_with_the_first_outcome() -> None:
    """Same verdict, another submission: `DocumentRepeated` with the deliveries; nothing is sent twice."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE))

    (again,) = router.take(signed(HEALTH, COMMUNE, cause="another submission"), now=NOON + timedelta(hours=1))

    assert isinstance(again, DocumentRepeated)
    assert (delivery_id(KEY, HEALTH), delivery_id(KEY, COMMUNE)) == again.deliveries
    assert signed(HEALTH).event_id == again.first_event_id


def test_a_duplicate_of_the_log_changes_nothing() -> None:
    """The verifier wrote the same record twice, before or after a repeat: its outcome is already there."""
    router = Partition()
    router.take(signed(HEALTH))
    router.take(signed(HEALTH, cause="again"))
    rows = dict(router.rows)

    assert ((), ()) == (router.take(signed(HEALTH)), router.take(signed(HEALTH, cause="again")))
    assert rows == router.rows


def test_a_batch_that_is_run_again_decides_the_same() -> None:
    """A worker that died before its transaction: the same events, ids and rows come out."""
    router = Partition()

    assert router.look(signed(HEALTH, NOBODY)) == router.look(signed(HEALTH, NOBODY))


def test_other_bytes_under_a_carried_id_are_refused_and_told() -> None:
    """Refusal of the whole, and an alert to the sender's clerk and the axis operator, once."""
    router = Partition()
    router.take(signed(HEALTH))

    refusal, alert = router.take(signed(HEALTH, sha256="b" * 64))
    again = router.take(signed(HEALTH, sha256="b" * 64, cause="again"))

    assert isinstance(refusal, DocumentRefused)
    assert "SAME_ID_OTHER_BYTES" == refusal.reason
    assert isinstance(alert, DocumentAlert)
    assert [(PROVINCE, "clerk"), ("H53.SO.001", "axis_operator")] == [(each.organ_id, each.role) for each in alert.to]
    assert all(each.name and each.mailbox for each in alert.to)
    assert ["DocumentRepeated"] == named(again)


def test_a_try_that_reached_nobody_blocks_nothing() -> None:
    """Addressed to nobody first, then mended under the same id: the second try goes."""
    router = Partition()

    assert ["DocumentRefused"] == named(router.take(signed(NOBODY)))
    assert ["DocumentDispatched"] == named(router.take(signed(HEALTH, sha256="b" * 64)))
    assert ["DocumentRefused", "DocumentAlert"] == named(router.take(signed(HEALTH, sha256="c" * 64)))


def test_an_outsider_cannot_occupy_a_number() -> None:
    """The health department hands over the province's packet first: refused; the province's own submission goes."""
    router = Partition()
    stolen = signed(HEALTH, submitted_by="folder:h53-17", event_id="verdict on the stolen one", cause="theft")

    assert ["DocumentRefused"] == named(router.take(stolen))
    assert ["DocumentDispatched"] == named(router.take(signed(HEALTH)))


def test_a_confirmed_verdict_sends_nothing_again() -> None:
    """Provisional, then confirmed: one delivery, marked provisional."""
    router = Partition()

    (event,) = router.take(signed(HEALTH, provisional=True))

    assert isinstance(event, DocumentDispatched)
    assert event.provisional
    assert () == router.take(signed(HEALTH, event_id="confirmed", confirms=signed(HEALTH).event_id))


def test_a_repeat_after_the_confirmation_is_answered() -> None:
    """Provisional, confirmed, then the same bytes again: the repeated verdict confirms too, and its sender gets the first outcome."""
    router = Partition()
    router.take(signed(HEALTH, provisional=True))
    confirmed = signed(HEALTH, event_id="confirmed", confirms=signed(HEALTH).event_id, cause="timer")
    router.take(confirmed)

    assert () == router.take(confirmed)
    assert ["DocumentRepeated"] == named(router.take(replace(confirmed, causation_id="again")))


def test_a_repeat_after_the_confirmation_of_a_refused_one_is_decided_again() -> None:
    """Refused as a whole while provisional: the confirmation changes nothing, the next try is the sender's new chance."""
    router = Partition()
    assert ["DocumentRefused"] == named(router.take(signed(HEALTH, HEALTH, provisional=True)))
    confirmed = signed(HEALTH, HEALTH, event_id="confirmed", confirms=signed(HEALTH).event_id, cause="timer")

    assert () == router.take(confirmed)
    assert ["DocumentRefused"] == named(router.take(replace(confirmed, causation_id="again")))
