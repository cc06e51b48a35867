"""The router and the lattice beside a model of sixty lines: whatever people do, both know the same of every delivery."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.events import Act, DocumentRefused, DocumentRelated, DocumentSigned, Event, Stage
from schemas.ids import delivery_id, document_key, event_id
from schemas.lifecycle import PROGRESS, DeliveryState, advance, empty, label
from tests.core.routing_cases import (
    COMMUNE,
    DOCUMENT_ID,
    HEALTH,
    KEY,
    NOBODY,
    NOON,
    PROVINCE,
    WARD,
    Partition,
    signed,
    status,
)
from tests.core.routing_model import Model

BOTH = (HEALTH, COMMUNE)
RECIPIENTS = st.lists(st.sampled_from((*BOTH, NOBODY)), min_size=1, max_size=3, unique=True)
SOME = st.lists(st.sampled_from(BOTH), min_size=1, max_size=2, unique=True)
FILES = {"a" * 64: "7" * 64, "b" * 64: ""}
"""What the packets under the one id hold."""

SAID = st.sampled_from(("01", "02", "03", "04", "05", "06", "15", "16"))


class Delivering(RuleBasedStateMachine):
    """One document id, a minute between two things that happen."""

    def __init__(self) -> None:
        super().__init__()
        self.router, self.model = Partition(), Model()
        self.known: dict[str, DeliveryState] = {}
        self.links: set[tuple[str, str]] = set()
        self.met: list[Event] = []
        self.now, self.number = NOON, 0
        self.provisional: DocumentSigned | None = None

    def take(self, event: Event) -> tuple[Event, ...]:
        """Let the router read an event, and everybody what it says."""
        self.met.append(event)
        events = self.router.take(event, self.now)
        for said in events:
            name = getattr(said, "delivery_id", "")
            if name.startswith(KEY) and not isinstance(said, DocumentRefused):
                before = self.known.get(name, empty(name))
                self.known[name] = advance(before, said)
                assert PROGRESS.index(before.progress) <= PROGRESS.index(self.known[name].progress)
            if isinstance(said, DocumentRelated):
                self.links |= (
                    {(said.older_id, said.document_id)} if said.older_id and said.act is Act.DELIVER else set()
                )
                self.take(said)
        return events

    def next(self) -> str:
        """Let a minute pass; return a name for what happens now."""
        self.now += timedelta(minutes=1)
        self.number += 1
        return event_id("model", str(self.number))

    @initialize(sent=st.sampled_from((True, True, True, False)))
    def begin(self, *, sent: bool) -> None:
        """Most documents are sent before anything else happens to them."""
        if sent:
            self.hand_over("a" * 64, [*BOTH], provisional=False)

    @rule(sha256=st.sampled_from(("a" * 64, "b" * 64)), recipients=RECIPIENTS, provisional=st.booleans())
    def hand_over(self, sha256: str, recipients: list[str], *, provisional: bool) -> None:
        """Hand a document over, or other bytes, or the same again; what a packet holds is the same whenever it comes."""
        own = next((each for each in self.met if _bytes(each) == sha256), None)
        cause, codes = self.next(), own.envelope.recipients if isinstance(own, DocumentSigned) else tuple(recipients)
        fresh = signed(*codes, sha256=sha256, provisional=provisional, contents_sha256=FILES[sha256])
        verdict = own if isinstance(own, DocumentSigned) else fresh
        event = replace(verdict, causation_id=cause, submitted_at=self.now)
        if not self.model.carried and own is None and provisional and set(codes) - {NOBODY}:
            self.provisional = event
        if self.model.hand_over(sha256, [each for each in codes if each != NOBODY]) and FILES[sha256]:
            self.model.hold(FILES[sha256], DOCUMENT_ID)
        events = self.take(event)
        assert not (own and sha256 == self.model.carried and any(isinstance(each, DocumentRefused) for each in events))

    @precondition(lambda self: self.provisional is not None)
    @rule(good=st.booleans())
    def end_of_provisional(self, *, good: bool) -> None:
        """Confirm the provisional verdict, or take it back and with it every delivery."""
        cause, first = self.next(), self.provisional
        assert first is not None
        self.provisional = None
        if good:
            self.take(
                replace(first, event_id=cause, causation_id=first.event_id, provisional=False, confirms=first.event_id)
            )
            return
        self.model.recall([each for each in BOTH if each not in self.model.updated])
        self.take(
            DocumentRefused(
                event_id=cause, occurred_at=self.now, subject=KEY, document_key=KEY, document_id=DOCUMENT_ID,
                sha256=first.content.sha256, sender=PROVINCE, stage=Stage.VERIFICATION, reason="REVOKED",
                sentence_vi="-", recalls=first.event_id,
            )
        )  # fmt: skip

    @rule(recipients=SOME, answer=st.sampled_from(("", "15", "16")), again=st.booleans())
    def recall(self, recipients: list[str], answer: str, *, again: bool) -> None:
        """Recall it formally, once or twice; who is asked may answer in between."""
        self.recall_once(recipients)
        if answer:
            self.status(answer, recipients[0], PROVINCE)
        if again:
            self.recall_once(recipients)

    def recall_once(self, recipients: list[str]) -> None:
        """Hand a recall over."""
        cause = self.next()
        if self.model.carried:
            self.model.recall(recipients)
        recall = signed(*recipients, sha256=f"{self.number:064x}", business_type=1, related=(DOCUMENT_ID,))
        self.take(replace(recall, causation_id=cause, submitted_at=self.now))

    @rule(gets=RECIPIENTS, added=st.booleans(), dropped=st.lists(st.sampled_from(BOTH), max_size=2, unique=True))
    def update(self, gets: list[str], dropped: list[str], *, added: bool) -> None:
        """Update it under its own id; the list adds the ward, or drops some, whom `To` may name as well."""
        cause, listed = self.next(), dict.fromkeys(dropped, 0) | ({WARD: 1} if added else {})
        reached = [each for each in gets if each != NOBODY and each not in dropped] + ([WARD] if added else [])
        self.model.update(reached, dropped)
        update = signed(
            *gets, sha256=f"{self.number:064x}", business_type=2, related=(DOCUMENT_ID,), receivers=tuple(listed),
            receiver_types=tuple(listed.values()),
        )  # fmt: skip
        self.take(replace(update, causation_id=cause, submitted_at=self.now))

    @rule(number=st.integers(0, 3))
    def another_id(self, number: int) -> None:
        """Carry files under another document id, perhaps those of the first; later the same bytes again."""
        cause, other = self.next(), f"{PROVINCE},2026-11-24,{number}/UBND"
        files, key = ("7" * 64, "8" * 64)[number % 2], document_key(PROVINCE, other)
        self.model.hold(files, other)
        carried = signed(
            HEALTH, sha256=f"{number}{files[1:]}", document_id=other, document_key=key, contents_sha256=files
        )
        self.take(replace(carried, causation_id=cause, submitted_at=self.now))

    @rule(code=SAID, by=st.sampled_from(BOTH))
    def say(self, code: str, by: str) -> None:
        """Say a status; what comes before the document waits for it."""
        self.status(code, by, PROVINCE)

    @rule(about=st.sampled_from(BOTH), answers=st.lists(st.sampled_from(("13", "15", "16")), max_size=3))
    def ask_back(self, about: str, answers: list[str]) -> None:
        """Ask it back, as the sender; it may be answered, asked again, and answered otherwise."""
        for code in ("13", *answers):
            self.status(code, PROVINCE if code == "13" else about, about if code == "13" else PROVINCE)

    def status(self, code: str, by: str, to: str) -> None:
        """Hand a status over."""
        name, about = self.next(), to if code == "13" else by
        if about in self.model.sent:
            self.model.sent[about].said(code)
            said = status(code, by, addressed_to=to)
            self.take(replace(said, event_id=name, occurred_at=self.now, said_at=self.now))

    @precondition(lambda self: self.met)
    @rule(chance=st.integers(0, 10_000))
    def again(self, chance: int) -> None:
        """Read a record once more, as after a crash."""
        self.take(self.met[chance % len(self.met)])

    @invariant()
    def both_know_the_same(self) -> None:
        """Deliveries, how far they are, and what people see."""
        wanted = {delivery_id(KEY, each): (sent.progress, sent.label) for each, sent in self.model.sent.items()}
        assert wanted == {name: (state.progress, label(state)) for name, state in self.known.items()}
        assert self.model.links == self.links


def _bytes(event: Event) -> str:
    return event.content.sha256 if isinstance(event, DocumentSigned) and not event.confirms else ""


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
