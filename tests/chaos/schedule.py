"""Which faults are played, on which stage, in which order: the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.fault import FAULTS, Fault
from tests.chaos.faults import broker, bucket, calm, database, disks, messages, network, outside, processes
from tests.chaos.surroundings import ACTS, MANY

MODULES = (calm, processes, broker, messages, outside, disks, network, database, bucket)
"""Imported for the faults they declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One act and its faults, in their order."""

    act: str
    faults: tuple[Fault, ...]


def planned(*, seed: int, short: bool, only: Sequence[str] = (), many: bool = False) -> list[Planned]:
    """Return the acts, or with `many` that act alone; each begins calm, the rest is shuffled. Raise `KeyError` for a fault that does not exist."""
    wanted = [FAULTS[name] for name in only] or [each for each in FAULTS.values() if each.short or not short]
    acts = []
    for act in (MANY,) if many else (each for each in ACTS if each != MANY):
        mine = [each for each in wanted if act in each.acts and each.name != "calm"]
        random.Random(seed).shuffle(mine)
        if mine or ("calm" in only and act in FAULTS["calm"].acts):
            acts.append(Planned(act=act, faults=(FAULTS["calm"], *mine)))
    return acts
