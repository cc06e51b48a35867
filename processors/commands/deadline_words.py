"""How a deadline and its ladder came about, in words: the rule as sla.yaml writes it, what moved it, who is told and who is missing."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from processors.sla.deadlines import Deadlines, meant
from processors.sla.ladder import Rung
from processors.sla.rulebook import Rulebook
from schemas.reference.calendar import Calendar
from schemas.reference.moments import Due, Moment, Wall, Working, WorkingDay
from schemas.reference.outages import Interval
from schemas.reference.sla import LadderStep
from schemas.reference.working_time import moment_at, working_day_of

MAX_DAYS_OFF = 20
"""Days off that are named; a DueDate may lie years ahead."""

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
EDGES = {"open": "giờ mở cửa", "close": "giờ đóng cửa"}
NAMES = {"target": "mục tiêu", "warn": "nhắc", "breach": "quá hạn"}
_UNITS = ((86400, "ngày"), (3600, "giờ"), (60, "phút"), (1, "giây"))


def steps_of(bare: Deadlines, due: date | None, pauses: tuple[Interval, ...], rulebook: Rulebook) -> Iterator[str]:
    """Say step by step how the moments of a clock without pauses came about, and which pauses move them."""
    calendar = rulebook.calendar
    yield f"{bare.clock} ({bare.urgency}): {bare.debtor} phải làm ({bare.owes}), tính từ {said(bare.since, calendar)}"
    written, due = due, meant(due, bare.since.astimezone(calendar.zone).date())
    if written != due:
        yield f"  DueDate {written}: xa hơn 50 năm, coi như không ghi"
    rules = {name: getattr(bare.rule, name) for name in NAMES}
    if any(rule is not None and not isinstance(rule, Wall) for rule in rules.values()):
        yield from _hours(bare, calendar)
    for name, rule in rules.items():
        moment = getattr(bare, name)
        own = moment_at(calendar, bare.pattern, rule, start=bare.since, due_on=due)
        yield f"  {NAMES[name]}: {said(moment, calendar) if moment else 'không có'} ({_ruled(rule, due)}{_shifted(name, own, bare)})"
    if off := list(_days_off(bare, calendar)):
        yield f"  ngày nghỉ ở giữa: {', '.join(off)}"
    if bare.provisional:
        yield "  lịch có ngày chưa công bố chính thức: hạn còn có thể thay đổi"
    for starts, ends in pauses:
        until = f"đến {said(ends, calendar)}" if ends else "chưa biết đến khi nào"
        yield f"  đồng hồ tạm dừng từ {said(starts, calendar)} {until}: mốc nào sau đó lùi lại chừng ấy giờ làm việc"


def rungs_of(found: Deadlines, rulebook: Rulebook) -> Iterator[str]:
    """Say of each step of the ladder when it comes, by which rule, whom it tells, or why it is skipped."""
    taken = {rung.step: rung for rung in found.ladder}
    skipped = False
    for step in rulebook.sla.ladder_for(found.clock, found.owes, found.urgency):
        if (rung := taken.get(step.step)) is None:
            if found.breach is not None or (step.when == "warn" and found.warn is not None):
                skipped = True
                yield f"  bước {step.step} ({_step_ruled(step)}): bỏ qua, không có đầu mối nào"
            continue
        yield f"  bước {step.step}, {said(rung.at, rulebook.calendar)} ({_step_ruled(step)}{_heir(step, skipped=skipped)}): {_told(rung)}"
        for gap in rung.gaps:
            yield f"    thiếu đầu mối {gap.role} của {gap.organ_id}"
        skipped = False


def said(moment: datetime, calendar: Calendar) -> str:
    """Return a moment in the calendar's zone, with its weekday."""
    at = moment.astimezone(calendar.zone)
    return f"{WEEKDAYS[at.weekday()]} {at:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _told(rung: Rung) -> str:
    return ", ".join(f"{each.role} {each.organ_id or '?'} {each.name}".strip() for each in rung.to) or "không ai"


def _heir(step: LadderStep, *, skipped: bool) -> str:
    return "; thay bước bị bỏ qua trước nó, nên đến giờ của bước ấy" if skipped and step.when != "breach" else ""


def _step_ruled(step: LadderStep) -> str:
    match step.after_breach:
        case Working(span=span):
            return f"quá hạn và {_span(span)} làm việc"
        case Wall(span=span):
            return f"quá hạn và {_span(span)}"
        case _:
            return NAMES[step.when] if step.when else "?"


def _ruled(rule: Moment | None, due: date | None) -> str:
    """Say a rule as the comments of sla.yaml do."""
    match rule:
        case None:
            return "không đặt"
        case Wall(span=span):
            return f"{_span(span)} sau lúc bắt đầu, kể cả ngày đêm"
        case Working(span=span):
            return f"{_span(span)} làm việc sau lúc bắt đầu"
        case WorkingDay(day=day, at=at, minus=minus):
            return f"{_at(at)} của ngày làm việc thứ {day} kể từ ngày bắt đầu{_less(minus)}"
        case Due(otherwise=otherwise) if due is None:
            return f"không có DueDate: {_ruled(otherwise, None)}"
        case Due(at=at, minus=minus):
            return f"{_at(at)} của DueDate {due}, ngày nghỉ thì giờ đóng cửa của ngày làm việc sau đó{_less(minus)}"


def _shifted(name: str, own: datetime | None, bare: Deadlines) -> str:
    if own is None:
        return ""
    if own < bare.since:
        return "; đã qua trước lúc bắt đầu" if name == "breach" else "; sớm hơn lúc bắt đầu nên lấy lúc bắt đầu"
    late = name != "breach" and bare.breach is not None and own > max(bare.breach, bare.since)
    return "; muộn hơn quá hạn nên lấy lúc quá hạn" if late else ""


def _at(at: time | str) -> str:
    return EDGES[at] if isinstance(at, str) else f"{at:%H:%M}"


def _less(minus: timedelta) -> str:
    return f", trừ {_span(minus)} làm việc" if minus else ""


def _span(span: timedelta) -> str:
    left, words = int(span.total_seconds()), list[str]()
    for size, unit in _UNITS:
        if left >= size:
            words.append(f"{left // size} {unit}")
            left %= size
    return " ".join(words) or "0 phút"


def _hours(bare: Deadlines, calendar: Calendar) -> Iterator[str]:
    first, day = working_day_of(calendar, bare.pattern, bare.since), bare.since.astimezone(calendar.zone).date()
    if first != day:
        yield f"  ngoài giờ làm việc: tính sang ngày làm việc {first.isoformat()}"
    spans = ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in calendar.hours_on(bare.pattern, first))
    yield f"  giờ làm việc ({bare.pattern.name}) {first.isoformat()}: {spans}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days_off(found: Deadlines, calendar: Calendar) -> Iterator[str]:
    """Yield the days between start and breach on which nobody works, the first of them only."""
    if found.breach is None:
        return
    day, end = found.since.astimezone(calendar.zone).date(), found.breach.astimezone(calendar.zone).date()
    shown = 0
    while day < end and shown < MAX_DAYS_OFF:
        if not calendar.hours_on(found.pattern, day):
            shown += 1
            yield f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"
        day += timedelta(days=1)
