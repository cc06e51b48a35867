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
    _notes: dict[Path, Mapping[str, str]] = field(default_factory=dict)
    """Delivery notes of what lies in the inboxes, read once."""

    def look(self, what: str) -> list[Answer]:
        """Take what is new and go one step on with what was taken before."""
        answers: list[Answer] = []
        for packet, address, note in self._wanted(what):
            self._take(packet, address, note)
        for delivery_id, case in list(self._cases.items()):
            if _moves(case, what):
                answers += self._answer(delivery_id, case)
        return answers

    def idle(self, what: str) -> bool:
        """Tell whether such a look, now, would find nothing to do."""
        return not any(_moves(case, what) for case in self._cases.values()) and next(self._wanted(what), None) is None

    def _wanted(self, what: str) -> Iterator[tuple[Path, str, Mapping[str, str]]]:
        """Yield packet, address and note of what somebody takes at such a look."""
        for address, folder in self.endpoints.items():
            for packet in sorted((folder / "inbox").glob("*.edxml")):
                note = self._note(packet)
                if note is not None and _takes(self.habits.get(note["recipient"], Habit.PROMPT), note, what):
                    yield packet, address, note

    def _note(self, packet: Path) -> Mapping[str, str] | None:
        """Return a packet's delivery note; None for a status packet, or where the note is still on its way."""
        try:
            if packet not in self._notes:
                self._notes[packet] = json.loads(packet.with_suffix(".json").read_text())
        except OSError:
            return None
        return self._notes[packet]

    def _take(self, packet: Path, address: str, note: Mapping[str, str]) -> None:
        packet.unlink()
        packet.with_suffix(".json").unlink()
        del self._notes[packet]
        self.taken.add(note["delivery_id"])
        self._cases[note["delivery_id"]] = _Case(note, address, self.habits.get(note["recipient"], Habit.PROMPT))

    def _answer(self, delivery_id: str, case: _Case) -> Iterator[Answer]:
        steps = {Habit.REFUSES: (("02",),), Habit.SLOW: ((), ("01", "03"))}.get(case.habit, STEPS)
        for code in steps[case.said]:
            yield Answer(
                delivery_id=delivery_id, recipient=case.note["recipient"], document_id=case.note["document_id"],
                sender=case.note["sender"], code=code, text=WORDS[code], endpoint=case.endpoint,
            )  # fmt: skip
        case.said += 1
        if case.said == len(steps):
            del self._cases[delivery_id]


def _urgent(note: Mapping[str, str]) -> bool:
    return note.get("urgency", "normal") != "normal"


def _takes(habit: Habit, note: Mapping[str, str], what: str) -> bool:
    """Tell whether somebody of this habit takes a packet at such a look."""
    wanted = {
        URGENT_ONLY: _urgent(note) and habit in (Habit.PROMPT, Habit.REFUSES),
        ALL: habit in (Habit.PROMPT, Habit.REFUSES),
        EVENING: habit is Habit.SLOW,
    }
    return wanted[what]


def _moves(case: _Case, what: str) -> bool:
    """Tell whether such a look brings a delivery in hand one step on."""
    if case.habit is Habit.SLOW:
        return what == EVENING
    return what != URGENT_ONLY or (not case.said and _urgent(case.note))


def looks(monday: date) -> Iterator[tuple[datetime, str]]:
    """Yield when the clerks look into their inboxes in the week of `monday`, and for what."""
    for day in range(5):
        morning = datetime(monday.year, monday.month, monday.day, tzinfo=HERE) + timedelta(days=day)
        for hour in (8, 9, 10, 13, 14, 15, 16):
            for minute in (0, 30):
                yield morning + timedelta(hours=hour, minutes=minute) + LOOK_URGENT_AFTER, URGENT_ONLY
                yield morning + timedelta(hours=hour, minutes=minute) + LOOK_AFTER, ALL
        yield morning + timedelta(hours=EVENING_LOOK[0], minutes=EVENING_LOOK[1] + 1), EVENING
