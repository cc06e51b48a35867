"""One packet to 3,500 recipients on the real broker: each has its outcome, and bad ones hold nobody up."""

import asyncio
from pathlib import Path

from infra.kafka.deciding import Deciding
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.settle import attempt
from infra.settings import Settings
from processors.routing.core import RoutingCore
from schemas.events import DocumentDispatched, DocumentRefused
from schemas.reference import Reference
from tests import axis
from tests.core.routing_cases import PROVINCE, signed
from tests.kafka.stages import caught_up, desk_of, running
from tests.reference_files import demo, demo_files, sound

UNITS = tuple(f"H53.X{number // 100:02d}.{number % 100:02d}" for number in range(3_500))
BAD = ("H53.SO.999", "000.00.01.W00")
"""Unknown, and a technical node."""


def wide() -> Reference:
    """Return the demo's reference data with 3,500 communes more."""
    names = ("levels.csv", "aliases.csv", "endpoints.csv", "successors.csv")
    more = "".join(f"{code},,Đơn vị {code},{PROVINCE},commune,2025-07-01,,,\n" for code in UNITS)
    files = {name: demo_files()[name] for name in names} | {
        "agencies.csv": demo_files()["agencies.csv"] + more.encode()
    }
    return demo().with_value("directory", sound("directory", files), "wide")


async def test_a_circular_reaches_everybody(settings: Settings, tmp_path: Path) -> None:
    """3,500 dispatches, each once, and a refusal for each bad code; written in one go and read again without more."""
    axis.open_axis(settings, kinds=[])
    event = signed(*UNITS[:1_000], BAD[0], *UNITS[1_000:], BAD[1])
    for _ in range(2):
        await asyncio.to_thread(axis.write, settings, [event])
        work = Deciding(
            desk=desk_of(settings, "router", tmp_path),
            core=RoutingCore(),
            epochs=Epochs(FixedReferences(wide())),
            attempt=attempt,
        )
        async with running(settings, work, "document.signed") as engine:
            await caught_up(settings, engine)
    sent = [each for each in axis.events(settings, "document.dispatched") if isinstance(each, DocumentDispatched)]
    refused = [each for each in axis.events(settings, "document.refused") if isinstance(each, DocumentRefused)]

    assert sorted(UNITS) == sorted(each.recipient for each in sent)
    assert {"H53.SO.999": "RECIPIENT_UNKNOWN", "000.00.01.W00": "RECIPIENT_CLOSED"} == {
        each.addressed: each.reason for each in refused
    }
