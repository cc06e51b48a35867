"""When which step of which ladder is due, worked out the slow way: minute by minute, from the files as they are written.

It shares nothing with the product but the files. Deliveries that nobody asks back; moments in whole minutes since the new year's first.
"""

import csv
import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

import yaml

from tests.reference_files import demo_files

FIRST, DAYS = date(2026, 1, 1), 500
DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLA = yaml.safe_load(demo_files()["sla.yaml"])
CALENDAR = yaml.safe_load(demo_files()["calendar.yaml"])
AGENCIES = {row["organ_id"]: row for row in csv.DictReader(io.StringIO(demo_files()["agencies.csv"].decode()))}
ROLES = {(row["organ_id"], row["role"]) for row in csv.DictReader(io.StringIO(demo_files()["contacts.csv"].decode()))}
Step = tuple[str, int, int, int]
"""(clock, step, number, minute)."""


@dataclass(frozen=True)
class Lived:
    """One delivery and everything that happened to it."""

    recipient: str
    sender: str
    urgency: str
    mode: str
    due: date | None
    facts: Mapping[str, int] = field(default_factory=dict)
    """Fact -> minute; `dispatched` is always there."""


def minutes(text: str) -> int:
    """Read `PT1H30M`, `07:30`."""
    if ":" in text:
        hours, rest = text.split(":")
        return int(hours) * 60 + int(rest)
    total, number = 0, ""
    for letter in text.removeprefix("PT"):
        if letter.isdigit():
            number += letter
        else:
            total, number = total + int(number) * {"H": 60, "M": 1, "S": 0}[letter], ""
    return total


class Hours:
    """One byte a minute of a pattern: it works, or not."""

    def __init__(self, name: str) -> None:
        """Fill in the days."""
        pattern = CALENDAR["patterns"][name]
        special = {row["date"]: row for row in CALENDAR["days"]} if pattern["holidays"] == "observed" else {}
        self.works = bytearray()
        for ahead in range(DAYS):
            day = FIRST + timedelta(days=ahead)
            hours = pattern["week"][WEEKDAYS[day.weekday()]]
            if row := special.get(day):
                hours = row.get("hours") or (pattern["hours"] if row["kind"] == "swap_work" else [])
            today = bytearray(DAY)
            for opens, closes in hours:
                for minute in range(minutes(opens), minutes(closes)):
                    today[minute] = 1
            self.works += today
        self.before = list(accumulate(self.works, initial=0))

    def add(self, start: int, span: int) -> int:
        """Return the minute at which so many worked."""
        return bisect_left(self.before, self.before[start] + span, lo=start) if span else start

    def back(self, end: int, span: int) -> int:
        """Return the last minute from which so many work until the end."""
        return bisect_right(self.before, self.before[end] - span, hi=end + 1) - 1 if span else end

    def day_of(self, at: int) -> int:
        """Return the working day a minute belongs to."""
        return self.works.index(1, at) // DAY

    def at(self, day: int, when: str) -> int:
        """Return a time of a day."""
        begin, end = day * DAY, (day + 1) * DAY
        if when == "close":
            return self.works.rindex(1, begin, end) + 1
        return self.works.index(1, begin, end) if when == "open" else begin + minutes(when)


@cache
def hours_of(organ_id: str) -> Hours:
    """Return the hours of an agency."""
    return _hours(AGENCIES[organ_id]["working_hours"] or CALENDAR["default_pattern"])


_hours = cache(Hours)


def moment(rule: Any, start: int, due: date | None, hours: Hours) -> int | None:
    """Work one moment of sla.yaml out."""
    if rule is None or rule == "none":
        return None
    if "wall" in rule:
        return start + minutes(rule["wall"])
    if "working" in rule:
        return hours.add(start, minutes(rule["working"]))
    if "day" in rule:
        day = hours.day_of(start)
        for _ in range(rule["day"]):
            day = hours.day_of((day + 1) * DAY)
        return hours.back(hours.at(day, rule["at"]), minutes(rule.get("minus", "PT0M")))
    if due is None:
        return moment(rule.get("otherwise"), start, due, hours)
    day = (due - FIRST).days
    working = hours.day_of(day * DAY)
    at = hours.at(working, "close" if working != day else rule["at"])
    return hours.back(at, minutes(rule.get("minus", "PT0M")))


def someone(step: Mapping[str, Any], debtor: str, lived: Lived) -> bool:
    """Tell whether a step has anybody to tell."""
    axis = SLA["axis"]["agency"]
    parent = AGENCIES[debtor]["parent"]
    agencies = {"self": debtor, "parent": parent, "sender": lived.sender, "recipient": lived.recipient, "axis": axis}
    return any((agencies[each["of"]], each["role"]) in ROLES for each in step["to"])


def ladder(clock: str, owes: str, urgency: str) -> list[dict[str, Any]]:
    """Return the steps of a clock."""
    for each in SLA["ladder"]["exceptions"]:
        if (each["clock"], each["owes"]) == (clock, owes):
            return list(each["ladder"])
    return list(SLA["ladder"][urgency])


def due_steps(lived: Lived, until: int) -> Iterator[Step]:
    """Yield every step that must be raised by `until`."""
    for clock in SLA["clocks"]:
        start = lived.facts.get(clock["starts"])
        if start is None or clock["starts"] in ("submitted", "signed_at"):
            continue
        end = min((lived.facts[stop] for stop in clock["stops"] if stop in lived.facts), default=None)
        end = until + 1 if end is None else max(end, start)
        owes = clock["owes"] if isinstance(clock["owes"], str) else clock["owes"][lived.mode]
        debtor = {"axis": SLA["axis"]["agency"], "recipient": lived.recipient}[owes]
        rules, hours = clock.get("all") or clock[lived.urgency], hours_of(debtor)
        breach = moment(rules["breach"], start, lived.due, hours)
        warn = moment(rules["warn"], start, lived.due, hours)
        if breach is not None:
            breach = max(breach, start)
        if warn is not None:
            warn = max(warn, start) if breach is None else min(max(warn, start), breach)
        climbed = _climbed(ladder(clock["id"], owes, lived.urgency), warn, breach, debtor, lived)
        yield from _raised(clock["id"], climbed, lived.urgency, hours, min(end, until + 1))


def _climbed(
    steps: list[dict[str, Any]], warn: int | None, breach: int | None, debtor: str, lived: Lived
) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting: int | None = None
    for step in steps:
        if step.get("when") == "warn":
            at = warn
        elif breach is None:
            at = None
        else:
            at = (
                breach if step.get("when") == "breach" else moment(step["after_breach"], breach, None, hours_of(debtor))
            )
        if at is None:
            continue
        if waiting is not None and step.get("when") != "breach":
            at = min(at, waiting)
        if someone(step, debtor, lived):
            found.append((step["step"], at))
            waiting = None
        else:
            waiting = at
    return found


def _raised(clock: str, climbed: list[tuple[int, int]], urgency: str, hours: Hours, before: int) -> Iterator[Step]:
    for step, at in climbed:
        if at >= before:
            return
        yield clock, step, 1, at
    if not climbed:
        return
    step, at = climbed[-1]
    number, again = 1, SLA["repeat"][urgency]
    while (at := moment(again, at, None, hours) or before) < before:
        number += 1
        yield clock, step, number, at
