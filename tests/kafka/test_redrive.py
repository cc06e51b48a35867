"""`lienthong redrive` on the real broker: who got nothing gets it, nobody gets a second copy, and the audit agrees."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.kafka.deciding import Deciding
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.settle import attempt
from infra.settings import Settings
from processors.routing.core import RoutingCore
from schemas.events import DocumentDispatched, DocumentSubmitted
from schemas.reference import Reference
from tests import axis
from tests.core.routing_cases import DOCUMENT_ID, signed
from tests.core.test_routing_redrive import AFTER, BEFORE, LATE, OTHER
from tests.core.test_routing_ways import AGENCIES, ENDPOINTS, LEVELS
from tests.kafka.stages import caught_up, desk_of, lienthong, running
from tests.reference_files import directory_files

TOPICS = ("document.signed", "document.refused", "document.related", "status.submitted", "operator.acted")
WHERE = ("redrive", "--where", "reason=RECIPIENT_NO_ENDPOINT and document=" + DOCUMENT_ID, "--json")
WHO = ("--by", "Nguyễn Văn A", "--why", "đã thêm điểm kết nối")


def router(settings: Settings, folder: Path, reference: Reference) -> Deciding:
    """Return the router's work by these reference data."""
    desk = desk_of(settings, "router", folder)
    return Deciding(desk=desk, core=RoutingCore(), epochs=Epochs(FixedReferences(reference)), attempt=attempt)


def axis_command(settings: Settings, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """Run a command in a process of its own; return its exit code and what it printed."""
    command, environment = [sys.executable, "-m", "infra", *words], os.environ | axis.environment(settings)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


async def test_a_refused_recipient_gets_it_after_all(settings: Settings, tmp_path: Path) -> None:
    """Looked at first, then done, then nothing is left to do; the act read again sends nothing."""
    axis.open_axis(settings, kinds=["routes", "identities", "document_types", "sla", "calendar", "contacts"])
    mended = ENDPOINTS + "b,000.00.06.H53,folder,b,pull,2020-01-01,\n"
    axis.publish_files(settings, {"directory": directory_files(AGENCIES, levels=LEVELS, endpoints=mended)})
    verdict = signed(OTHER, LATE)
    fields = {
        name: getattr(verdict, name)
        for name in ("occurred_at", "document_key", "content", "envelope", "sender", "submitted_by")
    }
    came = DocumentSubmitted(event_id=verdict.causation_id, channel="folder", **fields)
    await asyncio.to_thread(axis.write, settings, [came, verdict])
    async with running(settings, router(settings, tmp_path, BEFORE), *TOPICS) as engine:
        await caught_up(settings, engine)

    async with running(settings, router(settings, tmp_path, AFTER), *TOPICS) as engine:
        await caught_up(settings, engine)
        _, [looked] = await asyncio.to_thread(axis_command, settings, *WHERE, "--dry-run")
        code, [done] = await asyncio.to_thread(axis_command, settings, *WHERE, *WHO)
        code_again, [again] = await asyncio.to_thread(axis_command, settings, *WHERE, *WHO)
        acts = axis.events(settings, "operator.acted")
        await asyncio.to_thread(axis.write, settings, acts)
        await caught_up(settings, engine)

    assert [("", OTHER), ("RECIPIENT_NO_ENDPOINT", "")] == [
        (each["code"], each["organ_id"]) for each in looked["before"]
    ]
    assert [OTHER, LATE] == [each["organ_id"] for each in looked["after"]]
    assert [LATE] == [each["organ_id"] for each in looked["would_send"]]
    assert (0, 0) == (code, code_again)
    assert [LATE] == [each["organ_id"] for each in done["sent"]]
    assert ([], []) == (again["would_send"], again["sent"])
    assert 1 == len(acts)
    sent = {each.event_id: each for each in axis.events(settings, "document.dispatched")}
    assert sorted([OTHER, LATE]) == sorted(
        each.recipient for each in sent.values() if isinstance(each, DocumentDispatched)
    )
    _, [audited] = await asyncio.to_thread(axis_command, settings, "audit", "--json")
    lost = [each for each in audited["lost"] if not each.startswith("content ")]  # no packet was ever stored here
    assert ([], []) == (audited["duplicate_effects"], lost)


def test_what_cannot_be_read_is_said(settings: Settings) -> None:
    """A wrong name, no offset, no word between: exit 2 with what may stand there; without a name no act."""
    for where, says in (
        ("colour=red", "names are reason"),
        ("at>2026-11-23", "2026-11-23T08:00:00+07:00"),
        ("rule=a reason=b", "joined by `and`"),
        ("rule>=a", "only at has an order"),
        ("", "a term is NAME=VALUE"),
    ):
        result = lienthong(settings, "redrive", "--where", where, "--dry-run")
        assert 2 == result.exit_code
        assert says in result.stderr
    assert 2 == lienthong(settings, "redrive", "--where", "rule=a").exit_code
