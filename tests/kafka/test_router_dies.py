"""The router dies between what it wrote to the broker and what it wrote to its state, again and again: each delivery is dispatched once."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from infra.kafka.ends import BrokerEnds
from infra.kafka.records import Where
from infra.settings import Settings
from infra.state import all_positions
from schemas.events import DocumentDispatched, DocumentSigned
from schemas.ids import document_key, event_id
from schemas.topics import BY_NAME
from tests import axis
from tests.core.routing_cases import COMMUNE, HEALTH, PROVINCE, signed

ROOT = Path(__file__).resolve().parents[2]
SAMPLE, FULL = 4, 50
AT_ONCE = 20
POINTS = ("confirmed:1", "emitted:2", "confirmed:2", "emitted:1")
"""The first visit after a death is the same piece of work again; at the second there was progress."""

SECONDS = 60.0


def documents(first: int) -> list[DocumentSigned]:
    """Return some documents that may be carried, each to two recipients."""
    found = []
    for number in range(first, first + AT_ONCE):
        named = f"{PROVINCE},2026-11-23,{number}/UBND"
        key, sha256 = document_key(PROVINCE, named), f"{number:064x}"
        own = {"event_id": event_id("signed", key), "document_key": key, "document_id": named, "sha256": sha256}
        found.append(signed(HEALTH, COMMUNE, **own))
    return found


def router(settings: Settings, crash_at: str) -> subprocess.Popen[bytes]:
    """Start the router's real process."""
    given = {**os.environ, **axis.environment(settings), "LIENTHONG_CRASH_AT": crash_at}
    with (settings.var / "router.log").open("ab") as out:
        return subprocess.Popen([sys.executable, "-m", "processors", "router"], cwd=ROOT, env=given, stderr=out)


def all_settled(settings: Settings) -> bool:
    """Tell whether the router's state is at the end of its topic."""
    wheres = [Where("document.signed", number) for number in range(BY_NAME["document.signed"].partitions)]
    positions = all_positions(settings)["router"]
    held = positions.read() or {}
    return all(held.get(where, -1) + 1 >= end for where, end in BrokerEnds(settings).latest(wheres).items())


@pytest.mark.parametrize("deaths", [SAMPLE, pytest.param(FULL, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])])
def test_each_delivery_is_dispatched_once(settings: Settings, deaths: int) -> None:
    """Killed between produce and state write, at the same piece of work and at new ones; then it may live."""
    axis.open_axis(settings)
    for number in range(deaths):
        axis.write(settings, documents(number * AT_ONCE))
        dying = router(settings, POINTS[number % len(POINTS)])
        assert -signal.SIGKILL == dying.wait(SECONDS)
    living = router(settings, "")
    try:
        axis.until(lambda: all_settled(settings), seconds=SECONDS)
    finally:
        living.terminate()
        assert 0 == living.wait(SECONDS)

    found: dict[str, set[str]] = defaultdict(set)
    written = axis.events(settings, "document.dispatched")
    for event in written:
        assert isinstance(event, DocumentDispatched)
        found[event.delivery_id].add(event.event_id)
    assert {1} == {len(each) for each in found.values()}
    assert deaths * AT_ONCE * 2 == len(found)
    assert len(written) > len(found)  # some were written by two lives, and are one event
