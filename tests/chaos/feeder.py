"""Hands signed packets over without end, and answers for the recipients: `python -m tests.chaos.feeder RATE SEED`.

A process of its own, so that its work is not the driver's. It ends by SIGTERM; SIGUSR1 ends the packets and leaves the answers.
"""

import itertools
import json
import random
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from infra.clock import Clock, open_clock
from infra.demo import province
from infra.demo.compose import Composed, Composer, PacketKind
from infra.demo.frame import Draft
from infra.demo.packets import status_of
from infra.demo.plan import HERE, Habit
from infra.demo.recipients import WORDS, Answer
from infra.durable import write_atomically
from infra.folders import SUFFIX, endpoint_door, hand_door, inbox
from infra.settings import Settings
from schemas.ids import document_key
from tests.chaos.journal import Handed, Journal

ODD = (
    PacketKind.TAMPERED,
    PacketKind.UNSIGNED,
    PacketKind.UNADDRESSED,
    PacketKind.SECRET,
    PacketKind.WRONG_SIGNER,
)
REPEATED, OTHER_BYTES = "repeated", "other-bytes"
ODD_SHARE, AGAIN_SHARE = 0.10, 0.05
REMEMBERED = 200
"""Packets from which the next one to be said again is drawn."""

PAUSE_SECONDS = 0.02
ANSWERS = {Habit.PROMPT: ("01", "03", "06"), Habit.REFUSES: ("02",), Habit.SLOW: ("03", "01")}
"""What a recipient says at once, in this order: statuses that overtake each other are part of the trial. The silent say nothing."""


@dataclass(slots=True)
class Feeder:
    """One seeded stream of packets."""

    settings: Settings
    clock: Clock
    chance: random.Random
    journal: Journal
    number: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    earlier: deque[tuple[Draft, Composed]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _composers: dict[date, Composer] = field(default_factory=dict)
    _answers: Iterator[int] = field(default_factory=itertools.count)

    def hand_over(self) -> None:
        """Drop one packet into its sender's outbox."""
        now = self.clock.now()
        draft, composed, kind = self._next(now)
        handed = Handed(
            at=time.time(), key=document_key(draft.sender, composed.document_id), sha256=composed.sha256, kind=kind
        )
        self.journal.add(handed)
        name = f"{next(self._answers):08d}-{kind}{SUFFIX}"
        write_atomically(
            endpoint_door(self.settings, province.addresses()[draft.sender]).folder / name, composed.packet
        )

    def _next(self, now: datetime) -> tuple[Draft, Composed, str]:
        luck = self.chance.random()
        if luck < AGAIN_SHARE and self.earlier:
            draft, composed = self.chance.choice(self.earlier)
            if luck < AGAIN_SHARE / 2:
                return draft, composed, REPEATED
            other = Draft(
                sender=draft.sender, recipients=draft.recipients, number=draft.number, subject="Khác", at=draft.at
            )
            return other, self._composer(draft.at).make(other), OTHER_BYTES
        kind = self.chance.choice(ODD) if luck > 1 - ODD_SHARE else PacketKind.GOOD
        cast = province.cast()
        sender = self.chance.choice(cast.senders)
        others = cast.may_write_to(sender)
        recipients = tuple(self.chance.sample(others, k=min(len(others), self.chance.choice((1, 1, 1, 2, 3)))))
        draft = Draft(
            sender=sender,
            recipients=recipients,
            number=next(self.number),
            at=now,
            priority=self.chance.choice((0, 0, 0, 1, 2)),
        )
        composed = self._composer(now).make(draft, kind)
        if kind is PacketKind.GOOD:
            self.earlier.append((draft, composed))
        return draft, composed, str(kind)

    def _composer(self, at: datetime) -> Composer:
        """Return a day's composer; yesterday's PDF would be dispatched late."""
        day = at.astimezone(HERE).date()
        if day not in self._composers:
            self._composers = {day: Composer(province.open_pki(self.settings, at))}
        return self._composers[day]

    def answer(self) -> None:
        """Let every recipient take what lies in its inbox and say its statuses."""
        habits = province.cast().habits
        for address in province.folder_addresses():
            for note_file in inbox(self.settings, address).glob("*.json"):
                packet = note_file.with_suffix(SUFFIX)
                note = json.loads(note_file.read_bytes())
                habit = habits.get(note["recipient"], Habit.PROMPT)
                if habit is Habit.SILENT or not packet.exists():
                    continue
                packet.unlink()
                note_file.unlink()
                for code in ANSWERS[habit]:
                    self._say(address, note, code)

    def _say(self, address: str, note: dict[str, str], code: str) -> None:
        answer = Answer(
            delivery_id=note["delivery_id"], recipient=note["recipient"], document_id=note["document_id"],
            sender=note["sender"], code=code, text=WORDS[code], endpoint=address,
        )  # fmt: skip
        status = status_of(answer, self.clock.now())
        name = f"status-{next(self._answers):08d}{SUFFIX}"
        write_atomically(endpoint_door(self.settings, address).folder / name, status)


def make_folders(settings: Settings) -> None:
    """Make every door and inbox, as the document systems of the province would."""
    for door in (hand_door(settings), *(endpoint_door(settings, each) for each in province.folder_addresses())):
        door.folder.mkdir(parents=True, exist_ok=True)
    for address in province.folder_addresses():
        inbox(settings, address).mkdir(parents=True, exist_ok=True)


def main(rate: float, seed: int) -> None:
    """Feed until told to end."""
    settings = Settings.load()
    make_folders(settings)
    journal = Journal(settings.var / "journal.jsonl")
    feeder = Feeder(settings, open_clock(settings), random.Random(seed), journal)
    feeding, running = [True], [True]
    signal.signal(signal.SIGUSR1, lambda *_: feeding.clear())
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    next_at = time.monotonic()
    while running:
        while feeding and running and time.monotonic() >= next_at:
            feeder.hand_over()
            next_at += 1 / rate
            next_at = max(next_at, time.monotonic() - 1.0)  # a feeder that was slowed down does not make up for it
        feeder.answer()
        time.sleep(PAUSE_SECONDS)  # the pace of the trial


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(float(sys.argv[1]), int(sys.argv[2]))
