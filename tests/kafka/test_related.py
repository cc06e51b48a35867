"""A replacement on the real broker: its document and the older one lie in different partitions, and meet once (ADR 0021)."""

import asyncio
from pathlib import Path

from infra.kafka.deciding import Deciding
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.settle import attempt
from infra.settings import Settings
from processors.routing.core import RoutingCore
from schemas.events import Act, DeliverySuperseded, Event
from tests import axis
from tests.core.routing_cases import COMMUNE, HEALTH, KEY, signed
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
