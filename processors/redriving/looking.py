"""What would change if a packet were decided again now: the router's own steps, run on what the log says; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processors.redriving.choosing import Packet, Story
from processors.routing import answers
from processors.routing.documents import dispatch, fault_of, on_signed
from processors.routing.memory import Document
from processors.routing.recalls import on_recall_packet
from processors.routing.redrive import on_redrive, why_not
from processors.verification import decisions
from processors.verification.core import kind_of
from processors.verification.verdict import Judgement
from schemas.events import DocumentDispatched, DocumentRefused, DocumentSigned, DocumentSubmitted, Event
from schemas.reasons import sentence_vi
from schemas.reference import Reference

DRY = "dry-run"
"""Stands for the act's id where nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One packet: how it stands, how today's reference data decide, and what would be sent."""

    verdict: DocumentSigned | None
    document_key: str
    sha256: str
    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]
    would_send: tuple[DocumentDispatched, ...] = ()
    why_not: str = ""
    """Why nothing can be decided again; empty: it can."""

    submitted: DocumentSubmitted | None = None
    """What the verifier refused, and is to be judged again; None where the router decides again."""

    becomes: str = ""
    """What the verifier would say now: signed, provisional, held or refused."""

    @property
    def packet(self) -> Packet:
        """Name the packet."""
        return self.document_key, self.sha256

    @property
    def changes(self) -> bool:
        """Tell whether asking the router is worth it."""
        return bool(self.would_send) or self.becomes in ("signed", "provisional", "held")


def look(story: Story, document_key: str, sha256: str, reference: Reference, now: datetime) -> Look:
    """Decide again without writing anything."""
    verdict, before = story.verdict(sha256), story.before(sha256)
    stands = tuple(outcome(code, each) for code, each in sorted(before.items()))
    known = story.document()
    if verdict is None or (why := why_not(verdict, known)):
        said = "no verdict that the router acted on" if verdict is None else why
        return Look(
            verdict=verdict, document_key=document_key, sha256=sha256, before=stands, after=stands, why_not=said
        )
    again = on_redrive(DRY, verdict, known, reference, now)
    would_send = tuple(each for each in (again.events if again else ()) if isinstance(each, DocumentDispatched))
    today = _decided(verdict, reference, now)
    return Look(
        verdict=verdict,
        document_key=document_key,
        sha256=sha256,
        before=stands,
        after=tuple(outcome(code, each) for code, each in sorted(today.items())),
        would_send=would_send,
    )


def look_at_refused(
    refusal: DocumentRefused,
    submitted: DocumentSubmitted,
    judgement: Judgement,
    story: Story,
    reference: Reference,
    *,
    now: datetime,
) -> Look:
    """Say what would become of a packet that the verifier refused, if it were judged so now."""
    kind = kind_of(judgement, None)
    decision = decisions.decide(
        submitted, judgement, kind=kind, now=now, epoch=reference.epoch, versions=dict(reference.versions),
        causation_id=refusal.event_id, supersedes=refusal.event_id,
    )  # fmt: skip
    said, verdict = decisions.event_of(decision, submitted), None
    after: tuple[Mapping[str, Any], ...] = ()
    would_send: tuple[DocumentDispatched, ...] = ()
    if isinstance(said, DocumentSigned):
        verdict, ways = said, tuple(story.dispatches)
        decided = on_signed(
            said, story.document(), reference, now, recall=lambda event, known, at: on_recall_packet(event, known, ways, reference, at)
        )  # fmt: skip
        would_send = tuple(each for each in decided.events if isinstance(each, DocumentDispatched))
        after = tuple(outcome(code, each) for code, each in sorted(_by_code(decided.events).items()))
    else:
        code = judgement.reason
        after = ({**outcome("", refusal), "code": code, "sentence_vi": sentence_vi(code, element=judgement.element)},)
    return Look(
        verdict=verdict,
        document_key=submitted.document_key,
        sha256=submitted.content.sha256,
        before=(outcome("", refusal),),
        after=after,
        would_send=would_send,
        submitted=submitted,
        becomes=kind,
    )


def outcome(code: str, event: DocumentDispatched | DocumentRefused) -> dict[str, Any]:
    """Return what is said of one recipient's outcome; the code is empty where the whole document is refused."""
    if isinstance(event, DocumentDispatched):
        said = {"delivery_id": event.delivery_id, "organ_id": event.recipient, "endpoint": event.endpoint}
        said |= {"rule": event.rule, "code": "", "sentence_vi": ""}
    else:
        said = {"delivery_id": "", "organ_id": "", "endpoint": "", "rule": "", "code": event.reason}
        said |= {"sentence_vi": event.sentence_vi}
    return {"addressed": code, **said, "directory_version": event.versions.get("directory", "")}


def _decided(
    verdict: DocumentSigned, reference: Reference, now: datetime
) -> dict[str, DocumentDispatched | DocumentRefused]:
    """Return what today's reference data decide about every recipient, as if nothing had been sent."""
    if fault := fault_of(verdict, reference, now):
        return {"": answers.refused(verdict, fault, reference, now)}
    return _by_code(dispatch(verdict, Document(), reference, now).events)


def _by_code(events: Iterable[Event]) -> dict[str, DocumentDispatched | DocumentRefused]:
    found: dict[str, DocumentDispatched | DocumentRefused] = {}
    for event in events:
        match event:
            case DocumentDispatched(addressed=codes):
                found |= dict.fromkeys(codes, event)
            case DocumentRefused(addressed=code):
                found[code] = event
            case _:
                pass
    return found
