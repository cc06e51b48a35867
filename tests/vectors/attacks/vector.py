"""What an attack is: a function that makes a file with the one thing that is wrong, or without it, and the verdict it must get."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from processors.verification.asked import Asked
from processors.verification.document import judge_document
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement
from schemas.reference import Reference
from tests.vectors.scene import NOON, Scene

PASSED = "TOTAL_PASSED"


@cache
def plain_reference() -> Reference:
    """Return trust, lists and policy of the plain scene; making them costs more than judging."""
    return Scene().reference()


@dataclass(frozen=True, kw_only=True)
class File:
    """A document, and by what it is judged."""

    content: bytes = field(repr=False)
    reference: Reference = field(default_factory=plain_reference, repr=False)
    sender: str | None = None
    """None: a bare PDF, every signature decides; or what the packet says."""

    receipt: datetime = NOON

    def asked(self, folder: Path) -> Asked:
        """Write the file and ask about it."""
        path = folder / "document"
        path.write_bytes(self.content)
        return Asked(path=path, receipt=self.receipt, sender=self.sender)

    def judge(self, folder: Path) -> Judgement:
        """Judge it here."""
        return judge_document(self.asked(folder), self.reference, TrustStore(self.reference))


class Make(Protocol):
    """Makes the attack, or without the one thing its honest twin."""

    __name__: str
    __module__: str

    def __call__(self, *, forged: bool) -> File:
        """Make the file."""


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One attack."""

    kind: str
    """Its class in the catalogue."""

    verdict: str
    """Indication and sub-indication of the whole document."""

    codes: tuple[str, ...]
    """Every reason that its honest twin has not: the deciding one first."""

    make: Make
    alone: str = ""
    """What the verifier of envelopes says by itself, where the reader of packets refuses first."""

    slow: bool = False
    """Costs a judge its life: run by `make test-slow`."""

    @property
    def name(self) -> str:
        """The function's."""
        return self.make.__name__

    @property
    def where(self) -> str:
        """The module's last name."""
        return self.make.__module__.rpartition(".")[2]


VECTORS: list[Vector] = []


def attack(kind: str, verdict: str, *codes: str, alone: str = "", slow: bool = False) -> Callable[[Make], Make]:
    """Register an attack under its class, with the verdict that it must get."""

    def register(make: Make) -> Make:
        VECTORS.append(Vector(kind=kind, verdict=verdict, codes=codes, make=make, alone=alone, slow=slow))
        return make

    return register


def verdict_of(judgement: Judgement) -> str:
    """Return indication and sub-indication as one word."""
    return "/".join(filter(None, (judgement.indication.value, judgement.sub_indication)))
