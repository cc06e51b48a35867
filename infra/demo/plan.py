"""The scripted week: which packet is handed over when, by whom, to whom, and what must become of it.

A plan is a value made from a seed and a Monday, so two runs of the same plan expect the same outcomes.
Moments fall on a grid (packets at :00 and :30, mailboxes looked into ten minutes later), which keeps the
number of moments a stepped clock has to visit small without changing what happens in them.
"""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_MONDAY = date(2026, 11, 16)
"""The week before the one that holds 24/11, a public holiday since 2026."""

DROPS = [(hour, minute) for hour in (8, 9, 10, 13, 14, 15) for minute in (0, 30)]
"""Local times at which packets are handed over, Monday to Friday."""

REPEAT_AFTER = timedelta(hours=1)


class Kind(StrEnum):
    """What is special about a packet; the first seven are kinds that `compose` makes."""

    GOOD = "good"
    TAMPERED = "tampered"
    EXPIRED = "expired"
    UNSIGNED = "unsigned"
    UNADDRESSED = "unaddressed"
    SECRET = "secret"  # noqa: S105 - a kind of packet
    WRONG_SIGNER = "wrong-signer"
    REPEATED = "repeated"
    """The very same bytes handed over again."""

    OTHER_BYTES = "other-bytes"
    """The id of a packet that was carried, on another packet."""

    REPLACEMENT = "replacement"
    """A newer document that takes the place of one that was carried, for the same recipients."""


class Habit(StrEnum):
    """How a recipient treats what lies in its inbox."""

    PROMPT = "prompt"
    SLOW = "slow"
    SILENT = "silent"
    REFUSES = "refuses"


ODD = (
    Kind.TAMPERED,
    Kind.EXPIRED,
    Kind.UNSIGNED,
    Kind.UNADDRESSED,
    Kind.REPEATED,
    Kind.SECRET,
    Kind.WRONG_SIGNER,
    Kind.OTHER_BYTES,
    Kind.REPLACEMENT,
)
"""What three packets in ten are, in turn."""

REASON = {
    Kind.TAMPERED: "HASH_FAILURE",
    Kind.EXPIRED: "OUT_OF_BOUNDS_NO_POE",
    Kind.UNSIGNED: "NO_SIGNATURE_FOUND",
    Kind.SECRET: "SECRET_FORBIDDEN",
    Kind.WRONG_SIGNER: "SIGNER_NOT_SENDER_AGENCY",
    Kind.OTHER_BYTES: "SAME_ID_OTHER_BYTES",
}
"""The deciding reason code of each kind that is refused as a whole."""

LABEL = {Habit.PROMPT: "06", Habit.SLOW: "03", Habit.SILENT: "offered", Habit.REFUSES: "refused"}
"""How a delivery stands when the week is over, by the recipient's habit."""

UNKNOWN_RECIPIENT = "000.99.99.H53"
SUBJECTS = (
    "V/v rà soát danh mục mã định danh điện tử", "Kế hoạch phòng chống lụt bão năm 2026", "V/v báo cáo tình hình dạy và học",
    "Thông báo lịch họp giao ban", "Hướng dẫn thực hiện chế độ báo cáo", "V/v triển khai dịch vụ công trực tuyến",
    "Giấy mời dự hội nghị tổng kết", "V/v kiểm tra an toàn thực phẩm dịp cuối năm",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One packet of the week."""

    name: str
    """File name without suffix; unique in the plan."""

    at: datetime
    kind: Kind
    sender: str
    recipients: tuple[str, ...]
    number: int
    subject: str
    priority: int = 0
    due_on: date | None = None
    like: str = ""
    """REPEATED, OTHER_BYTES, REPLACEMENT: the earlier packet's name."""

    expected: str
    """What the result must say, in the words of `outcomes.describe`."""

    habits: Mapping[str, Habit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays: organ_ids that have a client system, and how recipients behave."""

    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    habits: Mapping[str, Habit]
    abroad: frozenset[str] = frozenset()
    """Codes on the other side of the national axis: they do not write to each other here."""

    def may_write_to(self, sender: str) -> list[str]:
        """Return the recipients that a sender writes to."""
        return [code for code in self.recipients if code != sender and not {code, sender} <= self.abroad]


def moments(monday: date) -> Iterator[datetime]:
    """Yield the drop moments of the week that starts on `monday`."""
    for day in range(5):
        for hour, minute in DROPS:
            yield datetime(monday.year, monday.month, monday.day, hour, minute, tzinfo=HERE) + timedelta(days=day)


def week_end(monday: date) -> datetime:
    """Return the moment at which the week is judged: Saturday noon, long after the last answer."""
    return datetime(monday.year, monday.month, monday.day, 12, tzinfo=HERE) + timedelta(days=5)


def make_plan(cast: Cast, *, monday: date, packets: int, seed: int = 2026) -> list[Planned]:
    """Spread `packets` packets over the week: seven in ten are good, the rest show each refusal in turn."""
    chance = random.Random(seed)  # noqa: S311 - a script, not a secret
    grid = list(moments(monday))
    fresh = [moment for moment in grid if moment.hour < 15 and moment.weekday() < 4]  # noqa: PLR2004 - so that all are answered by Saturday
    odd = itertools.cycle(ODD)
    plan: list[Planned] = []
    for number in range(1, packets + 1):
        kind = next(odd) if number % 10 in (4, 7, 9) else Kind.GOOD
        at = fresh[(number - 1) * len(fresh) // packets]
        models = [each for each in plan if each.kind is Kind.GOOD and each.at <= at - REPEAT_AFTER]
        if kind in (Kind.REPEATED, Kind.OTHER_BYTES, Kind.REPLACEMENT):
            if not models:
                kind = Kind.TAMPERED
            elif kind is Kind.REPLACEMENT:
                model = chance.choice(models)
                plan[plan.index(model)] = replace(model, expected=_replaced(model))
                plan.append(_replacing(model, number=number, at=at, monday=monday))
                continue
            else:
                plan.append(_again(kind, chance.choice(models), number=number, at=at, monday=monday))
                continue
        plan.append(_fresh(kind, cast, chance, number=number, at=at, monday=monday))
    return plan


def _name(monday: date, number: int, kind: Kind) -> str:
    return f"{monday:%Y%m%d}-{number:05d}-{kind}"


def _again(kind: Kind, model: Planned, *, number: int, at: datetime, monday: date) -> Planned:
    expected = "repeated" if kind is Kind.REPEATED else f"refused {REASON[kind]}"
    return Planned(
        name=_name(monday, number, kind), at=at, kind=kind, sender=model.sender, recipients=model.recipients, number=model.number,
        subject=f"{model.subject} (lần hai)", priority=model.priority, due_on=model.due_on, like=model.name, expected=expected,
    )  # fmt: skip


def _replacing(model: Planned, *, number: int, at: datetime, monday: date) -> Planned:
    """Return a document that replaces a carried one, and is answered as any other."""
    return Planned(
        name=_name(monday, number, Kind.REPLACEMENT), at=at, kind=Kind.REPLACEMENT, sender=model.sender, recipients=model.recipients,
        number=number, subject=f"{model.subject} (thay thế)", like=model.name, habits=model.habits,
        expected=_expected(Kind.REPLACEMENT, model.recipients, model.habits),
    )  # fmt: skip


def _replaced(model: Planned) -> str:
    """Say how a replaced document ends: replaced, whatever was said of it, unless its recipient refused it."""
    ends = {code: LABEL[model.habits[code]] for code in model.recipients}
    return describe_deliveries({code: end if end == "refused" else "replaced" for code, end in ends.items()})


def _fresh(kind: Kind, cast: Cast, chance: random.Random, *, number: int, at: datetime, monday: date) -> Planned:
    sender = chance.choice(cast.senders)
    others = cast.may_write_to(sender)
    recipients = tuple(chance.sample(others, k=min(len(others), chance.choice((1, 1, 2, 3, 5)))))
    # Urgent ones go to those who answer the same day: an urgent document that lies for days is said again day and night.
    quick = all(cast.habits[code] in (Habit.PROMPT, Habit.REFUSES) for code in recipients)
    if kind is Kind.UNADDRESSED:
        recipients = (*recipients[:1], UNKNOWN_RECIPIENT)
    return Planned(
        name=_name(monday, number, kind), at=at, kind=kind, sender=sender, recipients=recipients, number=number,
        subject=chance.choice(SUBJECTS), priority=chance.choice((0, 0, 0, 0, 1, 2)) if quick else 0,
        due_on=at.date() + timedelta(days=chance.choice((7, 14))) if chance.random() < 0.3 else None,  # noqa: PLR2004 - three in ten
        expected=_expected(kind, recipients, cast.habits), habits={code: cast.habits[code] for code in recipients if code in cast.habits},
    )  # fmt: skip


def _expected(kind: Kind, recipients: Sequence[str], habits: Mapping[str, Habit]) -> str:
    if kind in REASON:
        return f"refused {REASON[kind]}"
    ends = {code: "RECIPIENT_UNKNOWN" if code == UNKNOWN_RECIPIENT else LABEL[habits[code]] for code in recipients}
    return describe_deliveries(ends)


def describe_deliveries(ends: Mapping[str, str]) -> str:
    """Say how a carried packet ended, recipient by recipient: `carried 000.00.05.H53=06 000.21.31.H53=refused`."""
    return " ".join(["carried", *(f"{code}={end}" for code, end in sorted(ends.items()))])
