"""A slow second answer to `lienthong deadline`, from the comments of sla.yaml and calendar.yaml and the readings of decisions alone.

It knows nothing of the code: the files are read by PyYAML and the csv module, and time is walked minute by minute.
"""

import csv
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Row = Mapping[str, Any]
THREE = ("target", "warn", "breach")


def duration(text: str) -> timedelta:
    """Read PT1H30M."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    assert found
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def minute_of(text: str) -> int:
    """Read 07:30."""
    return int(text[:2]) * 60 + int(text[3:])


class Hours:
    """The working minutes of one pattern."""

    def __init__(self, calendar: Row, pattern: str) -> None:
        self.zone = ZoneInfo(calendar["time_zone"])
        self.pattern = calendar["patterns"][pattern or calendar["default_pattern"]]
        self.rows = {row["date"]: row for row in calendar["days"]}
        self.observed = self.pattern["holidays"] == "observed"

    def of(self, day: date) -> list[tuple[int, int]]:
        """Return the spans of a day."""
        spans, row = self.pattern["week"][WEEK[day.weekday()]], self.rows.get(day)
        if row is not None and self.observed:
            spans = row.get("hours", self.pattern["hours"] if row["kind"] == "swap_work" else [])
        return [(minute_of(opens), minute_of(closes)) for opens, closes in spans]

    def works(self, moment: datetime) -> bool:
        """Tell whether the minute that begins here is worked."""
        here = moment.astimezone(self.zone)
        return any(a <= here.hour * 60 + here.minute < b for a, b in self.of(here.date()))

    def walk(self, moment: datetime, left: timedelta, way: int) -> datetime:
        """Go so much working time forwards (1) or backwards (-1)."""
        while left > timedelta(0):
            cell = moment.replace(second=0, microsecond=0)
            if way < 0 and cell == moment:
                cell -= MINUTE
            edge = cell + MINUTE if way > 0 else cell
            if self.works(cell):
                if abs(edge - moment) >= left:
                    return moment + way * left
                left -= abs(edge - moment)
            moment = edge
        return moment

    def point(self, day: date, at: str) -> datetime:
        """Return `at` of a day."""
        minute = {"open": lambda: self.of(day)[0][0], "close": lambda: self.of(day)[-1][1]}.get(
            at, lambda: minute_of(at)
        )()
        midnight = datetime.combine(day + DAY * (minute // 1440), time(), self.zone)
        return (midnight + timedelta(minutes=minute % 1440)).astimezone(UTC)

    def working_day(self, day: date) -> date:
        """Return the day or, if it is off, the next one that is not."""
        while not self.of(day):
            day += DAY
        return day

    def day_of(self, start: datetime) -> date:
        """Return the working day that a start belongs to."""
        day = start.astimezone(self.zone).date()
        over = bool(self.of(day)) and start >= self.point(day, "close")
        return self.working_day(day + DAY if over else day)

    def unsure(self, first: datetime, last: datetime) -> bool:
        """Tell whether a day between may still change."""
        day, end = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        years = {each.year for each in self.rows}
        days = [day + DAY * n for n in range((end - day).days + 1)]
        return self.observed and any(d.year not in years or self.rows.get(d, {}).get("provisional") for d in days)


class Oracle:
    """Answers from a reference folder."""

    def __init__(self, folder: Path) -> None:
        self.sla = yaml.safe_load((folder / "sla.yaml").read_text("utf-8"))
        self.calendar = yaml.safe_load((folder / "calendar.yaml").read_text("utf-8"))
        self.zone = ZoneInfo(self.calendar["time_zone"])
        self.agencies = {row["organ_id"]: row for row in _rows(folder / "agencies.csv")}
        self.contacts = _rows(folder / "contacts.csv")

    def answer(self, ask: Row) -> dict[str, Any]:
        """Return target, warn, breach, provisional and ladder [(step, at, {(organ_id, role, name)})]."""
        start: datetime = ask["start"].astimezone(UTC)
        clock = next(each for each in self.sla["clocks"] if each["id"] == ask["clock"])
        owes = clock["owes"] if isinstance(clock["owes"], str) else clock["owes"][ask.get("mode", "pull")]
        sender = ask.get("sender") or (ask["agency"] if owes == "sender" else "")
        debtor = {"axis": self.sla["axis"]["agency"], "sender": sender, "recipient": ask["agency"]}[owes]
        hours = Hours(self.calendar, self.agencies[debtor]["working_hours"])
        rule = self._rule(clock, ask, self.agencies[debtor])
        found = {name: self._moment(rule[name], start, hours, ask.get("due")) for name in THREE}
        latest = max(found["breach"], start) if found["breach"] else None
        for name in ("target", "warn"):
            if (own := found[name]) is not None:
                found[name] = min(max(own, start), latest or datetime.max.replace(tzinfo=UTC))
        reads = any(rule[name] != "none" and "wall" not in rule[name] for name in THREE)
        parties = {"self": debtor, "sender": sender, "recipient": ask["agency"], "axis": self.sla["axis"]["agency"]}
        parties["parent"] = self.agencies[debtor]["parent"]
        exception = (
            each["ladder"]
            for each in self.sla["ladder"]["exceptions"]
            if (each["clock"], each["owes"]) == (clock["id"], owes)
        )
        steps = next(exception, self.sla["ladder"][ask["urgency"]])
        ladder = list(self._climbed(steps, found["warn"], latest, hours, parties))
        return found | {"ladder": ladder, "provisional": bool(latest and reads and hours.unsure(start, latest))}

    def _rule(self, clock: Row, ask: Row, debtor: Row) -> dict[str, Any]:
        rule = dict(clock.get(ask["urgency"]) or clock["all"])
        have = {
            "agency": debtor["organ_id"],
            "document_type": ask.get("type"),
            "level": debtor["level"],
            "urgency": ask["urgency"],
        }
        fits = [
            each
            for each in self.sla.get("overrides", [])
            if each["clock"] == clock["id"] and all(have[k] == each.get(k, have[k]) for k in have)
        ]
        for each in sorted(fits, key=lambda one: (sum(k in one for k in have), *(k in one for k in have))):
            rule |= {name: each[name] for name in THREE if name in each}
        return rule

    def _moment(self, rule: Any, start: datetime, hours: Hours, due: date | None) -> datetime | None:
        if rule == "none":
            return None
        if "wall" in rule:
            return start + duration(rule["wall"])
        if "working" in rule:
            return hours.walk(start, duration(rule["working"]), 1)
        if "due" in rule and due is None:
            return self._moment(rule["otherwise"], start, hours, None)
        if "due" in rule:
            day = hours.working_day(due or date.min)
            moment = hours.point(day, rule["at"] if day == due else "close")
        else:
            day = hours.day_of(start)
            for _ in range(rule["day"]):
                day = hours.working_day(day + DAY)
            moment = hours.point(day, rule["at"])
        return hours.walk(moment, duration(rule.get("minus", "PT0S")), -1)

    def _climbed(
        self, steps: list[Row], warn: datetime | None, breach: datetime | None, hours: Hours, parties: Row
    ) -> Any:
        moved: datetime | None = None
        for step in steps:
            at = {"warn": warn, "breach": breach}.get(step.get("when", ""))
            if "after_breach" in step and breach is not None:
                at = self._moment(step["after_breach"], breach, hours, None)
            if at is None:
                continue
            at = min(at, moved) if moved and step.get("when") != "breach" else at
            on = at.astimezone(self.zone).date()
            told = {each for party in step["to"] for each in self._officials(party, parties, on)}
            moved = None if told else at
            if told:
                yield step["step"], at, told
            # nobody at all: what the product reports then is its own choice, and not asked here

    def _officials(self, party: Row, parties: Row, on: date) -> list[tuple[str, str, str]]:
        organ_id, role, day = parties[party["of"]], party["role"], on.isoformat()
        if not organ_id and party["of"] == "sender":
            return [("", role, "")]
        people = (each for each in self.contacts if (each["organ_id"], each["role"]) == (organ_id, role))
        return [(organ_id, role, p["name"]) for p in people if p["valid_from"] <= day <= (p["valid_to"] or "9999")]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
