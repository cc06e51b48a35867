"""Whom an update adds or drops (`ReceiverType`), and for whom a document is replaced (`OrganIdList`), as domain §2.3 says."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from processors.routing.plan import plan
from processors.routing.related import WAITS, related_row
from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAlert,
    DocumentDispatched,
    DocumentRefused,
    DocumentRelated,
    DocumentSigned,
    Event,
    Replaced,
    TimerFired,
)
from schemas.ids import delivery_id, document_key, event_id
from schemas.lifecycle import advance, empty, label
from tests.core.routing_cases import COMMUNE, DOCUMENT_ID, HEALTH, KEY, NOBODY, NOON, PROVINCE, WARD, Partition, signed
from tests.core.test_routing_related import NEWER, newer
from tests.reference_files import demo

OLDER = signed(HEALTH, COMMUNE)
ADDED, DROPPED = 1, 0


def update(*recipients: str, own_id: bool = False, **kinds: Any) -> DocumentSigned:
    """Return an update that lists receivers: `kinds` maps a code to its ReceiverType."""
    listed: dict[str, Any] = {"receivers": tuple(kinds["listed"]), "receiver_types": tuple(kinds["listed"].values())}
    if own_id:
        return signed(*recipients, sha256="9" * 64, business_type=2, related=(DOCUMENT_ID,), **listed)
    return newer(*recipients, kind=2, **listed)


def told(events: tuple[Event, ...]) -> list[DocumentRelated]:
    """Return what older documents' partitions are told."""
    return [each for each in events if isinstance(each, DocumentRelated) and each.older_id]


def sent(events: Any) -> list[tuple[str, str, Act]]:
    """Return the dispatches: document, recipient, act."""
    return [(each.document_key, each.recipient, each.act) for each in events if isinstance(each, DocumentDispatched)]


@pytest.mark.parametrize("own_id", [True, False])
def test_a_dropped_receiver_gets_no_newer_version_and_the_older_one_is_recalled(*, own_id: bool) -> None:
    """Also where `To` names it: the packet is sent to tell it, and the axis tells it by the recall."""
    router = Partition()
    events = [*router.take(OLDER), *router.take(update(HEALTH, COMMUNE, own_id=own_id, listed={COMMUNE: DROPPED}))]
    for asked in told(tuple(events)):
        events += router.take(asked)

    key = KEY if own_id else NEWER
    assert [(key, HEALTH, Act.UPDATE), (KEY, COMMUNE, Act.RECALL)] == sent(events)[2:]
    state = empty(delivery_id(KEY, COMMUNE))
    for each in events:
        state = advance(state, each) if getattr(each, "delivery_id", "") == state.delivery_id else state
    assert "recalled" == label(state)


def test_an_added_receiver_gets_the_packet_once() -> None:
    """Whether `To` names it or the list alone, and by whichever of its codes."""
    for listed in ({WARD: ADDED}, {"H53.40": ADDED, WARD: ADDED}):
        events = Partition().take(update(HEALTH, listed=listed))
        assert [(NEWER, HEALTH, Act.UPDATE), (NEWER, WARD, Act.UPDATE)] == sent(events)
    assert [(NEWER, WARD, Act.UPDATE)] == sent(Partition().take(update(WARD, listed={WARD: ADDED})))


def test_what_the_numbers_mean_is_data() -> None:
    """The other way round, the same packet adds whom it dropped; a number of neither kind does nothing."""
    reference = demo()
    assert reference.routes is not None
    turned = replace(reference, routes=replace(reference.routes, receiver_added=0, receiver_dropped=1))
    envelope = update(HEALTH, listed={WARD: 0, COMMUNE: 7}).envelope
    sender = reference.directory.agency(PROVINCE, NOON.date()) if reference.directory else None
    assert sender is not None
    for bundle, expected in ((reference, [HEALTH]), (turned, [HEALTH, WARD])):
        found = plan(envelope, sender, bundle, NOON.date())
        assert expected == [way.recipient for way in found.deliveries]


def test_the_one_who_is_dropped_by_another_of_its_codes() -> None:
    """It gets nothing newer either."""
    events = Partition().take(update(HEALTH, "H53.31.21", listed={COMMUNE: DROPPED}))

    assert [(NEWER, HEALTH, Act.UPDATE)] == sent(events)


def test_an_update_that_only_drops() -> None:
    """Nobody gets anything newer; the older delivery is recalled all the same, in whatever order the two are read, and once."""
    drop = update(COMMUNE, listed={COMMUNE: DROPPED})
    (asked,) = told(Partition().take(drop))
    assert (Act.RECALL, (COMMUNE,), KEY) == (asked.act, asked.recipients, asked.subject)
    for order in permutations((OLDER, asked)):
        router, events = Partition(), list[Event]()
        for each in (*order, *order):
            events += router.take(each)
        assert [COMMUNE] == [recipient for _, recipient, act in sent(events) if act is Act.RECALL]


def test_a_recall_and_a_drop_take_back_once() -> None:
    """Whichever comes first: one dispatch with act RECALL."""
    recall = signed(COMMUNE, sha256="d" * 64, business_type=1, related=(DOCUMENT_ID,))
    (asked,) = told(Partition().take(update(COMMUNE, listed={COMMUNE: DROPPED})))
    for order in permutations((recall, asked)):
        router = Partition()
        router.take(OLDER)
        events = [said for event in order for said in router.take(event)]
        assert [(KEY, COMMUNE, Act.RECALL)] == sent(events)


def test_what_is_provisional_drops_nobody_before_it_is_confirmed() -> None:
    """A verdict that may still be taken back recalls nothing."""
    router, drop = Partition(), update(HEALTH, listed={COMMUNE: DROPPED})
    provisional = replace(drop, provisional=True)
    assert [] == told(router.take(provisional))
    confirmed = replace(drop, event_id=event_id("confirmed"), confirms=provisional.event_id)

    assert [Act.UPDATE, Act.RECALL] == [each.act for each in told(router.take(confirmed))]


def test_who_waits_for_the_older_one_is_told_once() -> None:
    """An update and its drop wait for the same document: one alert."""
    router = Partition()
    for each in told(Partition().take(update(HEALTH, listed={COMMUNE: DROPPED}))):
        assert () == router.take(each)
    timer = TimerFired(event_id="t", occurred_at=NOON + WAITS, row=related_row(KEY), due_at=NOON + WAITS)

    assert [DocumentAlert] == [type(each) for each in router.take(timer, NOON + WAITS)]


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        ((), [HEALTH]),  # nobody is named: whoever gets the newer one
        ((COMMUNE,), [COMMUNE]),  # it is replaced for one who gets nothing newer
        (("H53.31.21", HEALTH), [HEALTH, COMMUNE]),  # by another of its codes
        ((WARD,), []),
    ],
)
def test_the_list_decides_for_whom_it_is_replaced(codes: tuple[str, ...], meant: list[str]) -> None:
    """`OrganIdList` of each older document; `To` decides who gets the newer one."""
    replaced = (Replaced(document_id=DOCUMENT_ID, organ_ids=codes),)
    events = Partition().take(newer(HEALTH, replaced=replaced))
    assert [(NEWER, HEALTH, Act.REPLACE)] == sent(events)
    (asked,) = told(events)
    older = Partition()
    older.take(OLDER)

    assert meant == [each.recipient for each in older.take(asked) if isinstance(each, DeliverySuperseded)]


def test_each_older_document_has_a_list_of_its_own() -> None:
    """Two older documents, replaced for different recipients."""
    second = f"{PROVINCE},2026-11-24,1240/UBND"
    lists = (
        Replaced(document_id=DOCUMENT_ID, organ_ids=(HEALTH,)),
        Replaced(document_id=second, organ_ids=(COMMUNE,)),
    )
    asked = told(Partition().take(newer(HEALTH, COMMUNE, related=(DOCUMENT_ID, second), replaced=lists)))

    assert {KEY: (HEALTH,), document_key(PROVINCE, second): (COMMUNE,)} == {
        each.subject: each.recipients for each in asked
    }


def test_a_confirmation_of_what_was_refused_tells_nobody() -> None:
    """A provisional update of a document that was not there yet is refused as a whole; what confirms it changes nothing."""
    router, drop = Partition(), update(HEALTH, own_id=True, listed={COMMUNE: DROPPED})
    provisional = replace(drop, provisional=True)
    router.take(provisional)
    router.take(OLDER)
    confirmed = replace(drop, event_id=event_id("confirmed"), confirms=provisional.event_id)

    assert () == router.take(confirmed)


def test_who_is_added_after_it_was_dropped_keeps_it() -> None:
    """A drop takes hold of what was sent before it, not of what a later update sends."""
    router = Partition()
    router.take(signed(HEALTH))
    for asked in told(router.take(update(HEALTH, own_id=True, listed={COMMUNE: DROPPED}))):
        assert () == router.take(asked)
    added = replace(
        signed(HEALTH, COMMUNE, sha256="8" * 64, business_type=2, related=(DOCUMENT_ID,)),
        causation_id=event_id("added"),
    )

    assert [(KEY, HEALTH, Act.UPDATE), (KEY, COMMUNE, Act.UPDATE)] == sent(router.take(added))


def test_a_dropped_code_that_nobody_knows_is_no_recipient() -> None:
    """Neither a delivery nor a refusal: the packet itself says that it gets nothing."""
    events = Partition().take(update(HEALTH, NOBODY, listed={NOBODY: DROPPED}))

    assert [(NEWER, HEALTH, Act.UPDATE)] == sent(events)
    assert [] == [each for each in events if isinstance(each, DocumentRefused)]
