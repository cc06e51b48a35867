"""The law and the cores agree: whatever is handed over, judged, confirmed, taken back and repeated, in any order, breaks no law."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import event as reached
from hypothesis import given
from hypothesis import settings as trial
from hypothesis import strategies as st

from infra.audit.law import Findings, judge
from infra.audit.reading import enter_all
from processors.verification import waiting
from processors.verification.core import VerificationCore, to_judge
from processors.verification.verdict import Judgement
from schemas.events import (
    ContentRef,
    DocumentRefused,
    DocumentRelated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    TimerFired,
)
from schemas.ids import document_key
from schemas.reference import Reference
from schemas.step import Outcome
from tests.core.audit_life import on_the_log
from tests.core.routing_cases import (
    COMMUNE,
    DOCUMENT_ID,
    HEALTH,
    NOBODY,
    NOON,
    PROVINCE,
    WARD,
    Partition,
    signed,
    status,
)
from tests.core.test_verification_core import BROKEN, CRASHED, MISSING, PASSED, PROVISIONAL

NEWER: dict[str, Any] = {"document_id": f"{PROVINCE},2026-11-25,1251/UBND", "related": (DOCUMENT_ID,)}
CALL_BACK: dict[str, Any] = {"business_type": 1, "related": (DOCUMENT_ID,)}
DROPS: dict[str, Any] = {"receivers": (HEALTH, COMMUNE), "receiver_types": (0, 1)}
PACKETS = {
    "a" * 64: signed(HEALTH, NOBODY, contents_sha256="7" * 64).envelope,
    "b" * 64: signed(HEALTH, COMMUNE).envelope,
    "c" * 64: signed(HEALTH, **CALL_BACK).envelope,
    "d" * 64: signed(HEALTH, HEALTH).envelope,
    "e" * 64: signed(COMMUNE, HEALTH, business_type=2, related=(DOCUMENT_ID,), **DROPS).envelope,
    "f" * 64: signed(HEALTH, COMMUNE, business_type=3, **NEWER).envelope,
    "0" * 64: signed(
        HEALTH, NOBODY, business_type=2, **NEWER | {"document_id": f"{PROVINCE},2026-11-26,1/UBND"}
    ).envelope,
    "1" * 64: signed(
        HEALTH, WARD, business_type=2, **DROPS, **NEWER | {"document_id": f"{PROVINCE},2026-11-27,2/UBND"}
    ).envelope,
    "2" * 64: signed(COMMUNE, WARD, contents_sha256="7" * 64, document_id=f"{PROVINCE},2026-11-27,3/UBND").envelope,
}
"""Packets under one document id: first, other bytes, a recall, one that names a recipient twice, an update; and newer documents: a replacement, an update,
one that adds and drops, and one with the files of the first."""

KEYS = {sha256: document_key(PROVINCE, envelope.document_id) for sha256, envelope in PACKETS.items()}

JUDGEMENTS = (PASSED, MISSING, BROKEN, PROVISIONAL, CRASHED)
ACTS = ("submit", "submit", "again", "timer", "timer", "newer", "route", "route", "unsay", "tell", "status")
Act = tuple[str, int, int, bool]
"""What happens; which packet; what a judgement would say; whether the writer died before its position moved."""


@dataclass(frozen=True)
class Prepared:
    """The verifier's core, with the judgement that the pool made for the next step."""

    judgement: Judgement | None
    core: VerificationCore = field(default_factory=VerificationCore)

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows of the core."""
        return self.core.keys(event)

    def step(self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime) -> Outcome:
        """Decide, with the judgement."""
        return self.core.step(event, known, reference, now, self.judgement)


@dataclass
class Axis:
    """Verifier and router over one partition, with what they wrote and have not read yet."""

    log: list[Event] = field(default_factory=list)
    verifier: Partition = field(default_factory=lambda: Partition(reference=Reference()))
    router: Partition = field(default_factory=Partition)
    unread: dict[str, deque[Event]] = field(
        default_factory=lambda: {"signed": deque(), "refused": deque(), "related": deque()}
    )
    epoch: int = 0
    said: dict[tuple[str, int], Judgement] = field(default_factory=dict)
    """(packet, epoch) -> judgement: the same inputs give the same verdict."""

    @property
    def now(self) -> datetime:
        """Time goes on with the log."""
        return NOON + timedelta(seconds=len(self.log))

    def write(self, events: Sequence[Event], *, twice: bool) -> None:
        """Write what a step decided; again, if its position was not written."""
        for each in [*events, *(events if twice else ())]:
            self.log.append(replace(each, recorded_at=self.now))
            if isinstance(each, DocumentSigned):
                self.unread["signed"].append(self.log[-1])
            elif isinstance(each, DocumentRefused) and each.recalls:
                self.unread["refused"].append(self.log[-1])
            elif isinstance(each, DocumentRelated):
                self.unread["related"].append(self.log[-1])

    def submit(self, packet: int, says: int, *, twice: bool, by: str = "folder:h53") -> None:
        """Hand a packet over, and let the verifier take it."""
        sha256, envelope = list(PACKETS.items())[packet]
        came = DocumentSubmitted(
            event_id=f"submission {len(self.log)}", occurred_at=self.now, recorded_at=self.now, document_key=KEYS[sha256], envelope=envelope,
            content=ContentRef(sha256=sha256, size=9, media_type="x/y"), sender=PROVINCE, submitted_by=by, channel="folder",
        )  # fmt: skip
        self.log.append(came)
        self._verify(came, sha256, says, twice=twice)

    def look_again(self, packet: int, says: int, *, twice: bool) -> None:
        """Wake a packet that waits."""
        sha256 = list(PACKETS)[packet]
        row = waiting.held_row(KEYS[sha256], sha256)
        if row in self.verifier.rows:
            timer = TimerFired(event_id="t", occurred_at=self.now, recorded_at=self.now, row=row, due_at=self.now)
            self._verify(timer, sha256, says, twice=twice)

    def _verify(self, event: Event, sha256: str, says: int, *, twice: bool) -> None:
        self.verifier.reference = Reference(versions={"crl": str(self.epoch)}, epoch=str(self.epoch))
        asked = to_judge(event, self.verifier.rows, self.verifier.reference)
        judgement = self.said.setdefault((sha256, self.epoch), JUDGEMENTS[says]) if asked else None
        self.write(self._take(event, judgement), twice=twice)

    def _take(self, event: Event, judgement: Judgement | None) -> tuple[Event, ...]:
        self.verifier.core = Prepared(judgement)
        return self.verifier.take(event, self.now)

    def route(self, queue: str, *, twice: bool) -> None:
        """Let the router read on one of its topics."""
        if self.unread[queue]:
            self.write(self.router.take(self.unread[queue].popleft(), self.now), twice=twice)

    def speak(self, says: int, *, twice: bool) -> None:
        """Hand a status over, and let the router take it."""
        came = status(("01", "03", "13")[says % 3], (HEALTH, COMMUNE)[says % 2], event_id=f"status {len(self.log)}")
        self.log.append(replace(came, recorded_at=self.now))
        self.write(self.router.take(came, self.now), twice=twice)

    def do(self, act: Act) -> None:
        """Do what is drawn."""
        what, packet, says, twice = act
        match what:
            case "submit":
                self.submit(packet, says, twice=twice)
            case "again":
                self.submit(packet, says, twice=twice, by="folder:h53-17" if says == 1 else "folder:h53")
            case "timer":
                self.look_again(packet, says, twice=twice)
            case "newer":
                self.epoch += 1
            case "route":
                self.route("signed", twice=twice)
            case "unsay":
                self.route("refused", twice=twice)
            case "tell":
                self.route("related", twice=twice)
            case _:
                self.speak(says, twice=twice)

    def settle(self) -> None:
        """Read everything that is unread."""
        while unread := [queue for queue in self.unread if self.unread[queue]]:
            self.route(unread[0], twice=False)


ONE_ACT = st.tuples(
    st.sampled_from(ACTS), st.sampled_from((0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8)), st.sampled_from((0, 3, 0, 3, 1, 2, 4)), st.booleans()
)  # fmt: skip
"""Most of it concerns one packet that passes at first or in the end: the deep ways begin there."""


@trial(max_examples=150)
@given(st.lists(ONE_ACT, min_size=20, max_size=60))
def test_whatever_the_cores_do_is_lawful(acts: list[Act]) -> None:
    """Nothing lost, doubled or unexplained, whatever comes in which order and however often it is written."""
    axis = Axis()
    for act in acts:
        axis.do(act)
    axis.settle()
    for kind in {type(each).__name__ for each in axis.log}:
        reached(kind)

    assert Findings(lost=(), duplicate_effects=(), unexplained=()) == judge(enter_all(on_the_log(axis.log)))
