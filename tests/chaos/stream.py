"""Writes submissions straight onto the log, as intake would, without end: `python -m tests.chaos.stream RATE SEED`.

For the act with many documents: nothing is composed, signed or stored but one packet that all share. SIGUSR1 ends it.
"""

import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from infra.clock import Clock, open_clock
from infra.content import open_content
from infra.demo.plan import HERE
from infra.kafka import clients
from infra.kafka.outbox import NotConfirmedError, Outbox
from infra.kafka.sealing import seal
from infra.settings import Settings
from schemas.events import ContentRef, DocumentSubmitted
from schemas.ids import document_key, event_id
from tests.bench.events import PROVINCE, envelope
from tests.bench.stub import EVIDENCE
from tests.chaos.feeder import OTHER_BYTES, REPEATED
from tests.chaos.journal import Handed, Journal, JournalReader

PACKETS = (b"one packet for all", b"the other bytes under the same id")
URGENT_SHARE, AGAIN_SHARE, REMEMBERED = 0.05, 0.02, 1_000
TURN_SECONDS = 0.05
AT_ONCE = 200


def submissions(
    clock: Clock, contents: tuple[ContentRef, ...], chance: random.Random, first: int
) -> Iterator[tuple[DocumentSubmitted, str]]:
    """Yield submissions and their kind: most are new, some are said again, with the same bytes or with others."""
    number = first
    while True:
        again = number > first + 1 and chance.random() < AGAIN_SHARE
        kind = "good" if not again else chance.choice((REPEATED, OTHER_BYTES))
        number += not again
        which = number if not again else chance.randrange(max(first + 1, number - REMEMBERED), number)
        yield _submission(clock, which, contents[kind == OTHER_BYTES], kind, chance), kind


def _submission(clock: Clock, number: int, content: ContentRef, kind: str, chance: random.Random) -> DocumentSubmitted:
    now = clock.now()
    named = f"{PROVINCE},2026-11-16,{number}/UBND-KSTT"
    key, own = document_key(PROVINCE, named), random.Random(number)
    written = envelope(number, own.choice((1, 1, 1, 2, 3)))
    return DocumentSubmitted(
        event_id=event_id("submitted", key, content.sha256, kind if kind == "good" else str(chance.random())),
        occurred_at=now,
        correlation_id=key,
        document_key=key,
        content=content,
        envelope=replace(
            written,
            document_id=named,
            promulgated_on=now.astimezone(HERE).date(),
            priority=2 if own.random() < URGENT_SHARE else 0,
        ),
        sender=PROVINCE,
        submitted_by="folder:h53",
        channel="folder",
    )


def main(rate: float, seed: int) -> None:
    """Write at a rate until told to end; what was journalled is written however often the broker must be asked."""
    settings = Settings.load()
    clock, store = open_clock(settings), open_content(settings)
    store.put([EVIDENCE], "application/json")
    contents = tuple(store.put([packet], "application/octet-stream") for packet in PACKETS)
    earlier = JournalReader(settings.var / "journal.jsonl")
    earlier.look()  # after a start anew: no number is given twice
    journal = Journal(settings.var / "journal.jsonl")
    outbox = Outbox(clients.producer(settings), app="intake", prefix=settings.topic_prefix)
    coming = submissions(clock, contents, random.Random(seed), len(earlier.handed))
    feeding, running = [True], [True]
    signal.signal(signal.SIGUSR1, lambda *_: feeding.clear())
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    written_at = time.monotonic()
    while running:
        count = int((time.monotonic() - written_at) * rate) if feeding else 0
        chosen = [next(coming) for _ in range(min(count, AT_ONCE))]
        if chosen:
            written_at += len(chosen) / rate  # what an outage held up is handed over after it
            at = time.time()
            for event, kind in chosen:
                journal.add(Handed(at=at, key=event.document_key, sha256=event.content.sha256, kind=kind))
            _write(outbox, [event for event, _ in chosen], clock)
        time.sleep(TURN_SECONDS)  # the pace of the trial


def _write(outbox: Outbox, events: list[DocumentSubmitted], clock: Clock) -> None:
    sealed = [seal(event, app="intake", clock=clock) for event in events]
    while True:
        try:
            outbox.write(sealed)
        except NotConfirmedError:
            continue  # the broker is away; the same bytes again are the same events
        return


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(float(sys.argv[1]), int(sys.argv[2]))
