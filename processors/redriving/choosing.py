"""What lies on the log of the documents that are meant: the verdicts that were acted on, and what became of each recipient."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from infra.kafka.tail import Record, read_all
from infra.settings import Settings
from processors.redriving.where import Where
from processors.routing.memory import Document, Try
from schemas.codec import DecodeError, decode
from schemas.events import (
    Act,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Stage,
)

OUTCOMES = ("document.dispatched", "document.refused")
VERDICTS = ("document.submitted", "document.signed", "document.held")

Packet = tuple[str, str]
"""(document key, digest)."""


@dataclass(slots=True)
class Story:
    """One document key: all that was decided about it."""

    verdicts: dict[str, DocumentSigned] = field(default_factory=dict)
    """Event id -> verdict, as it lies there first."""

    submissions: dict[str, DocumentSubmitted] = field(default_factory=dict)
    """Digest -> the first time these bytes were handed over."""

    judged: dict[str, DocumentSigned | DocumentHeld | DocumentRefused] = field(default_factory=dict)
    """Digest -> what the verifier said last."""

    dispatches: list[DocumentDispatched] = field(default_factory=list)
    refusals: list[DocumentRefused] = field(default_factory=list)

    def verdict(self, sha256: str) -> DocumentSigned | None:
        """Return the verdict on these bytes that the router acted on."""
        causes = [each.causation_id for each in (*self._sent(sha256), *self._refused(sha256))]
        return next((self.verdicts[each] for each in causes if each in self.verdicts), None)

    def refused(self, sha256: str) -> DocumentRefused | None:
        """Return the verifier's refusal of these bytes, if it stands; one that takes back what was sent is no such thing."""
        last = self.judged.get(sha256)
        return last if isinstance(last, DocumentRefused) and not self._sent(sha256) else None

    def document(self) -> Document:
        """Return what the router remembers of it, as far as deciding again needs it."""
        sent = sorted(
            (each for each in self.dispatches if each.act is not Act.RECALL), key=lambda each: each.occurred_at
        )
        digests = dict.fromkeys(each.content.sha256 for each in self.verdicts.values())
        tries = {sha256: self._try(sha256) for sha256 in digests}
        return Document(
            carried=sent[0].content.sha256 if sent else "",
            tries={sha256: tried for sha256, tried in tries.items() if tried is not None},
            recalled_from=tuple(each.recipient for each in self.dispatches if each.act is Act.RECALL),
        )

    def before(self, sha256: str) -> dict[str, DocumentDispatched | DocumentRefused]:
        """Return recipient code as addressed -> its outcome; an empty code: the refusal of the whole document."""
        refused = {each.addressed: each for each in self._refused(sha256)}
        sent = {code: each for each in self._sent(sha256) for code in each.addressed}
        return {**({} if sent else refused), **{code: each for code, each in refused.items() if code}, **sent}

    def _try(self, sha256: str) -> Try | None:
        if (verdict := self.verdict(sha256)) is None:
            return None
        sent = self._sent(sha256)
        whole = [each.reason for each in self._refused(sha256) if not each.addressed]
        return Try(
            verdict=verdict.event_id,
            refused=whole[-1] if whole and not sent else "",
            provisional=verdict.provisional
            and not any(each.confirms == verdict.event_id for each in self.verdicts.values()),
            recipients=tuple(dict.fromkeys(each.recipient for each in sent)),
        )

    def _sent(self, sha256: str) -> list[DocumentDispatched]:
        return [each for each in self.dispatches if each.act is not Act.RECALL and each.content.sha256 == sha256]

    def _refused(self, sha256: str) -> list[DocumentRefused]:
        return [each for each in self.refusals if each.sha256 == sha256]


@dataclass(slots=True)
class Chosen:
    """The packets that an expression means."""

    packets: list[Packet] = field(default_factory=list)
    stories: dict[str, Story] = field(default_factory=dict)


def choose(settings: Settings, where: Where) -> Chosen:
    """Read the log twice, so that only what is meant is kept in memory; raise `EnvironmentFaultError` without Kafka."""
    packets = dict.fromkeys(_packet(each) for each in events_in(read_all(settings, OUTCOMES)) if where.holds(each))
    chosen = Chosen(packets=sorted(packets), stories={key: Story() for key, _ in packets})
    if chosen.packets:
        for event in _distinct(events_in(read_all(settings, (*VERDICTS, *OUTCOMES)))):
            enter(chosen.stories, event)
    return chosen


def enter(stories: dict[str, Story], event: Event) -> None:
    """Put one event into the story that it belongs to, if that is wanted."""
    story = stories.get(getattr(event, "document_key", ""))
    match event:
        case DocumentSubmitted() if story is not None:
            known = story.submissions.setdefault(event.content.sha256, event)
            story.submissions[event.content.sha256] = min(known, event, key=lambda each: each.occurred_at)
        case DocumentSigned() if story is not None:
            story.verdicts.setdefault(event.event_id, event)
            _judged(story, event.content.sha256, event)
        case DocumentHeld() if story is not None:
            _judged(story, event.content.sha256, event)
        case DocumentRefused(stage=Stage.VERIFICATION) if story is not None:
            _judged(story, event.sha256, event)
        case DocumentDispatched() if story is not None:
            story.dispatches.append(event)
        case DocumentRefused(stage=Stage.ROUTING, about_status=False) if story is not None:
            story.refusals.append(event)


def _judged(story: Story, sha256: str, event: DocumentSigned | DocumentHeld | DocumentRefused) -> None:
    known = story.judged.get(sha256)
    if known is None or known.occurred_at <= event.occurred_at:
        story.judged[sha256] = event


def _packet(outcome: Event) -> Packet:
    if isinstance(outcome, DocumentDispatched):
        return outcome.document_key, outcome.content.sha256
    if isinstance(outcome, DocumentRefused):
        return outcome.document_key, outcome.sha256
    raise TypeError(type(outcome).__name__)


def events_in(records: Iterable[Record]) -> Iterator[Event]:
    """Yield what can be read; what cannot is a dead letter already."""
    for record in records:
        try:
            yield decode(record.topic, record.key, record.value, record.headers)
        except DecodeError:
            continue


def _distinct(events: Iterable[Event]) -> Iterator[Event]:
    seen: set[str] = set()
    for event in events:
        if event.event_id not in seen:
            seen.add(event.event_id)
            yield event
