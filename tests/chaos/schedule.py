"""Which faults are played, on which stage, in which order: the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.fault import FAULTS, Fault
from tests.chaos.faults import broker, calm, database, disks, messages, network, outside, processes
from tests.chaos.surroundings import ACTS

MODULES = (calm, processes, broker, messages, outside, disks, network, database)
"""Imported for the faults they declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One act and its faults, in their order."""

    act: str
    faults: tuple[Fault, ...]


def planned(*, seed: int, short: bool, only: Sequence[str] = ()) -> list[Planned]:
    """Return the acts; each begins calm, the rest is shuffled. Raise `KeyError` for a fault that does not exist."""
    wanted = [FAULTS[name] for name in only] or [each for each in FAULTS.values() if each.short or not short]
    acts = []
    for act in ACTS:
        mine = [each for each in wanted if each.act == act and each.name != "calm"]
        random.Random(seed).shuffle(mine)
        if mine or ("calm" in only and act == FAULTS["calm"].act):
            acts.append(Planned(act=act, faults=(FAULTS["calm"], *mine)))
    return acts
