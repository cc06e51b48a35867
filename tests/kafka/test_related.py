"""Updates, replacements and the same files on the real broker: what lies in different partitions meets, once (ADR 0021, 0036)."""

import asyncio
from pathlib import Path
from typing import Any

from infra.kafka.deciding import Deciding
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.settle import attempt
from infra.settings import Settings
from processors.routing.core import RoutingCore
from schemas.events import Act, DeliverySuperseded, DocumentDispatched, DocumentRelated, Event
from tests import axis
from tests.core import test_filing as merger
from tests.core.routing_cases import COMMUNE, DOCUMENT_ID, HEALTH, KEY, WARD, signed
from tests.core.test_routing_contents import AGAIN, FILES, FIRST, SECOND_ID
from tests.core.test_routing_receivers import DROPPED, update
from tests.core.test_routing_related import NEWER, newer
from tests.kafka.stages import caught_up, desk_of, running
from tests.reference_files import demo

TOPICS = ("document.signed", "document.refused", "document.related", "status.submitted", "operator.acted")


def router(settings: Settings, folder: Path) -> Deciding:
    """Return the router's work, by the demo province's reference data."""
    return Deciding(
        desk=desk_of(settings, "router", folder),
        core=RoutingCore(),
        epochs=Epochs(FixedReferences(demo())),
        attempt=attempt,
    )


def superseded(settings: Settings) -> list[tuple[str, str, Act]]:
    """Return the deliveries that were taken hold of: document, recipient, act; repeats of one event once."""
    found: dict[str, Event] = {each.event_id: each for each in axis.events(settings, "document.superseded")}
    return sorted(
        (each.document_key, each.recipient, each.act) for each in found.values() if isinstance(each, DeliverySuperseded)
    )


async def test_the_two_meet_once_whichever_comes_first(settings: Settings, tmp_path: Path) -> None:
    """The replacement is read before the older document; the worker starts anew between them, and both are read again."""
    axis.open_axis(settings)
    older, later = signed(HEALTH, COMMUNE), newer(HEALTH)
    for events in ([later], [older], [later, older]):
        await asyncio.to_thread(axis.write, settings, events)
        async with running(settings, router(settings, tmp_path), *TOPICS) as engine:
            await caught_up(settings, engine)

    assert KEY != NEWER
    assert [(KEY, HEALTH, Act.REPLACE)] == superseded(settings)


async def test_whom_an_update_drops_from_that_the_older_one_is_recalled(settings: Settings, tmp_path: Path) -> None:
    """The update is read before the older document, the worker starts anew, and both are read again: one recall."""
    axis.open_axis(settings)
    older, later = signed(HEALTH, COMMUNE), update(HEALTH, COMMUNE, listed={COMMUNE: DROPPED})
    for events in ([later], [older], [later, older]):
        await asyncio.to_thread(axis.write, settings, events)
        async with running(settings, router(settings, tmp_path), *TOPICS) as engine:
            await caught_up(settings, engine)

    sent = {each.event_id: each for each in axis.events(settings, "document.dispatched")}
    assert {
        (KEY, HEALTH, Act.DELIVER),
        (KEY, COMMUNE, Act.DELIVER),
        (NEWER, HEALTH, Act.UPDATE),
        (KEY, COMMUNE, Act.RECALL),
    } == {
        (each.document_key, each.recipient, each.act) for each in sent.values() if isinstance(each, DocumentDispatched)
    }
    assert 4 == len(sent)
    assert [(KEY, HEALTH, Act.UPDATE)] == superseded(settings)


async def test_the_same_files_under_a_new_id_are_carried_and_linked(settings: Settings, tmp_path: Path) -> None:
    """Three partitions have a part in it. Everything is read twice, by a worker that starts anew: one link, to the first."""
    axis.open_axis(settings)
    for events in ([FIRST], [AGAIN], [FIRST, AGAIN], axis.events(settings, "document.related")):
        await asyncio.to_thread(axis.write, settings, events)
        async with running(settings, router(settings, tmp_path), *TOPICS) as engine:
            await caught_up(settings, engine)

    told = {each.event_id: each for each in axis.events(settings, "document.related")}
    found = [each for each in told.values() if isinstance(each, DocumentRelated)]
    assert 3 == len(found)
    assert {FILES} == {each.subject for each in found if not each.older_id}
    assert [(KEY, DOCUMENT_ID, SECOND_ID)] == [
        (each.subject, each.older_id, each.document_id) for each in found if each.older_id
    ]
    sent = [each for each in axis.events(settings, "document.dispatched") if isinstance(each, DocumentDispatched)]
    assert {DOCUMENT_ID, SECOND_ID} == {each.document_id for each in sent}


async def test_the_successor_acts_on_what_the_ended_agency_sent(settings: Settings, tmp_path: Path) -> None:
    """The ward replaces, by a document of its own number in another partition, and recalls, under the district's number; all is read twice."""
    axis.open_axis(settings)
    older = merger.sent(HEALTH, COMMUNE, sender=merger.DISTRICT)
    own: dict[str, Any] = {"sender": WARD, "submitted_by": "folder:h53-40", "document_id": f"{WARD},2026-11-25,1/UBND"}
    replacing = newer(HEALTH, related=(merger.DOCUMENT_ID,), **own)
    recall = merger.sent(COMMUNE, sha256="1" * 64, business_type=1, related=(merger.DOCUMENT_ID,))
    for events in ([replacing], [older], [recall], [older, recall, replacing]):
        await asyncio.to_thread(axis.write, settings, events)
        async with running(settings, router(settings, tmp_path), *TOPICS) as engine:
            await caught_up(settings, engine)

    assert [(merger.KEY, HEALTH, Act.REPLACE)] == superseded(settings)
    sent = {each.event_id: each for each in axis.events(settings, "document.dispatched")}
    assert [(HEALTH, Act.DELIVER), (COMMUNE, Act.DELIVER), (COMMUNE, Act.RECALL)] == sorted(
        (each.recipient, each.act)
        for each in sent.values()
        if isinstance(each, DocumentDispatched) and each.document_key == merger.KEY
    )
