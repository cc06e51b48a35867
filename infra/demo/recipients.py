"""The people of the demo: each endpoint's clerks look into their inbox at their hours and answer by status packets.

They know what a real document system knows: the files in their inbox and the delivery note beside each.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from infra.demo.plan import HERE, Habit

LOOK_AFTER = timedelta(minutes=10)
"""The clerks look ten minutes after each half hour, within the quarter hour a normal delivery may lie unwarned."""

LOOK_URGENT_AFTER = timedelta(minutes=1)
URGENT_ONLY = "urgent"
ALL = "all"
EVENING = "evening"
"""The slow ones look once a day."""

EVENING_LOOK = (16, 40)
STEPS = (("01", "03"), ("04",), ("06",))
"""What a prompt recipient says at each look, from the first on."""

WORDS = {
    "01": "Văn bản đã đến",
    "02": "Văn bản không thuộc thẩm quyền giải quyết của cơ quan",
    "03": "Đã tiếp nhận, vào sổ văn bản đến",
    "04": "Đã chuyển chuyên viên xử lý",
    "06": "Đã hoàn thành",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status somebody wants to say."""

    delivery_id: str
    recipient: str
    document_id: str
    sender: str
    code: str
    text: str
    endpoint: str


@dataclass(slots=True)
class _Case:
    note: Mapping[str, str]
    endpoint: str
    habit: Habit
    said: int = 0


@dataclass(slots=True)
class Recipients:
    """Every recipient with a folder endpoint, and the deliveries they have in hand."""

    endpoints: Mapping[str, Path]
    """Endpoint address -> its folder (inbox/ and outbox/ inside)."""

    habits: Mapping[str, Habit]
    taken: set[str] = field(default_factory=set)
    """Delivery ids whose file was taken out of an inbox."""

    _cases: dict[str, _Case] = field(default_factory=dict)

    def look(self, what: str) -> list[Answer]:
        """Take what is new and go one step on with what was taken before."""
        answers: list[Answer] = []
        for address, folder in self.endpoints.items():
            for packet in sorted((folder / "inbox").glob("*.edxml")):
                self._take(packet, address, what)
        for delivery_id, case in list(self._cases.items()):
            answers += self._answer(delivery_id, case, what)
        return answers

    def _take(self, packet: Path, address: str, what: str) -> None:
        try:
            note = json.loads(packet.with_suffix(".json").read_text())
        except OSError:
            return  # a status packet for a sender, or a note still on its way: the next look finds it
        habit = self.habits.get(note["recipient"], Habit.PROMPT)
        urgent = note.get("urgency", "normal") != "normal"
        wanted = {
            URGENT_ONLY: urgent and habit is not Habit.SLOW,
            ALL: habit in (Habit.PROMPT, Habit.REFUSES),
            EVENING: habit is Habit.SLOW,
        }
        if habit is Habit.SILENT or not wanted[what]:
            return
        packet.unlink()
        packet.with_suffix(".json").unlink()
        self.taken.add(note["delivery_id"])
        self._cases[note["delivery_id"]] = _Case(note, address, habit)

    def _answer(self, delivery_id: str, case: _Case, what: str) -> Iterator[Answer]:
        if case.habit is Habit.SLOW and what != EVENING:
            return
        steps = {Habit.REFUSES: (("02",),), Habit.SLOW: ((), ("01", "03"))}.get(case.habit, STEPS)
        if what == URGENT_ONLY and (case.said or case.note.get("urgency", "normal") == "normal"):
            return
        for code in steps[case.said]:
            yield Answer(
                delivery_id=delivery_id, recipient=case.note["recipient"], document_id=case.note["document_id"],
                sender=case.note["sender"], code=code, text=WORDS[code], endpoint=case.endpoint,
            )  # fmt: skip
        case.said += 1
        if case.said == len(steps):
            del self._cases[delivery_id]


def looks(monday: date) -> Iterator[tuple[datetime, str]]:
    """Yield when the clerks look into their inboxes in the week of `monday`, and for what."""
    for day in range(5):
        morning = datetime(monday.year, monday.month, monday.day, tzinfo=HERE) + timedelta(days=day)
        for hour in (8, 9, 10, 13, 14, 15, 16):
            for minute in (0, 30):
                yield morning + timedelta(hours=hour, minutes=minute) + LOOK_URGENT_AFTER, URGENT_ONLY
                yield morning + timedelta(hours=hour, minutes=minute) + LOOK_AFTER, ALL
        yield morning + timedelta(hours=EVENING_LOOK[0], minutes=EVENING_LOOK[1] + 1), EVENING
