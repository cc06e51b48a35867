"""Asking the router to decide again, and seeing what it did."""

import time
from collections.abc import Mapping, Sequence

from infra.kafka.acting import Acts
from infra.kafka.tail import Tail
from infra.settings import Settings
from processors.redriving.choosing import OUTCOMES, events_in
from processors.redriving.looking import Look
from schemas import redriving
from schemas.events import DocumentDispatched, OperatorActed
from schemas.ids import event_id

AT_ONCE = 200
"""Acts written between two confirmations."""

UNSURE = "run the same command with --dry-run: what was done shows no change any more; saying it twice does no harm"


def ask(settings: Settings, looks: Sequence[Look], *, by: str, why: str) -> Mapping[str, Look]:
    """Write one act a packet, to the router or to the verifier; return act's event id -> packet. Raise `ActNotConfirmedError`."""
    acts, asked = Acts(settings), dict[str, Look]()
    for at in range(0, len(looks), AT_ONCE):
        now, some = acts.now(), looks[at : at + AT_ONCE]
        events = []
        for each in some:
            action, detail = _asked(each)
            act = OperatorActed(
                event_id=event_id(action, each.document_key, each.sha256, by, now.isoformat()),
                occurred_at=now,
                correlation_id=each.document_key,
                subject=each.document_key,
                action=action,
                by=by,
                reason=why,
                detail=detail,
            )
            events.append(act)
            asked[act.event_id] = each
        acts.write(events, now=now, unsure=UNSURE)
    return asked


def sent(settings: Settings, asked: Mapping[str, Look], *, seconds: float) -> Mapping[str, list[DocumentDispatched]]:
    """Return act -> the deliveries that go back to it, as soon as all expected ones are there, or after so many seconds.

    What was judged again is sent by its new verdict; before that nothing of these bytes was.
    """
    again = {each.packet: act for act, each in asked.items() if each.submitted is not None}
    wanted = {(act, each.recipient) for act, looked in asked.items() for each in looked.would_send}
    found: dict[tuple[str, str], DocumentDispatched] = {}
    tail, until = Tail(settings, OUTCOMES[:1]), time.monotonic() + seconds
    try:
        while wanted - found.keys() and time.monotonic() < until:
            for event in events_in(tail.poll()):
                if not isinstance(event, DocumentDispatched):
                    continue
                act = again.get((event.document_key, event.content.sha256)) or _act(event)
                if act in asked:
                    found[act, event.recipient] = event
    finally:
        tail.close()
    return {act: [event for (name, _), event in sorted(found.items()) if name == act] for act in asked}


def _asked(each: Look) -> tuple[str, str]:
    """Return the act's name and what it carries."""
    if each.submitted is not None:
        return redriving.REJUDGE, redriving.detail_to_judge(each.submitted)
    if each.verdict is None:
        raise ValueError(each.document_key)
    return redriving.ACTION, redriving.detail(each.verdict)


def _act(event: DocumentDispatched) -> str:
    marks = (note.removeprefix(redriving.NOTE) for note in event.notes if note.startswith(redriving.NOTE))
    return next(marks, "")
