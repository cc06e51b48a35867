"""Which week is played, and the clock it is played by.

The log never sees time go back: a week starts on the first Monday after everything that was ever recorded here,
so a second start on the same folder plays another week, with document numbers of its own.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from infra.clock import open_clock, set_clock
from infra.demo.plan import FIRST_MONDAY, HERE
from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

STARTS = time(7, 55)
"""Local time at which the Monday begins for people."""

Pace = float | Literal["real", "stepped"]
"""How time goes: so many times as fast as life, as in life, or from one due moment to the next."""


class TimeGoesBackError(EnvironmentFaultError):
    """The folder holds events recorded later than the clock that is asked for."""

    def __init__(self, last: datetime) -> None:
        super().__init__(
            f"events here are of simulated time, up to {last.astimezone(HERE):%d/%m/%Y %H:%M}; real time would go back",
            "start without --clock real, or set LIENTHONG_VAR to another folder",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of the demo province."""

    monday: date
    pace: Pace

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.monday, STARTS, HERE)


def next_week(settings: Settings, pace: Pace) -> Week:
    """Choose the week to be played; raise `TimeGoesBackError`."""
    last = last_moment(settings)
    if pace == "real":
        today = keep_real(settings).astimezone(HERE).date()
        return Week(monday=_monday_of(today + timedelta(days=2)), pace=pace)  # at the weekend: the next one
    if last is None:
        return Week(monday=FIRST_MONDAY, pace=pace)
    return Week(monday=_monday_of(last.astimezone(HERE).date()) + timedelta(days=7), pace=pace)


def keep_real(settings: Settings) -> datetime:
    """Turn simulated time off and return the time; raise `TimeGoesBackError` where later moments lie on the log."""
    last = last_moment(settings)
    set_clock(settings.clock_file, "real")
    now = open_clock(settings).now()
    if last is not None and last > now:
        set_clock(settings.clock_file, "stepped", at=last)
        raise TimeGoesBackError(last)
    return now


def hold(settings: Settings, week: Week) -> None:
    """Set a simulated clock to the week's beginning; it stands there until `let_go`."""
    if week.pace != "real":
        set_clock(settings.clock_file, "stepped", at=week.starts_at)


def let_go(settings: Settings, week: Week) -> None:
    """Let the clock run, where it runs by itself."""
    if isinstance(week.pace, float | int):
        set_clock(settings.clock_file, "rate", at=open_clock(settings).now(), rate=week.pace)


def remember(settings: Settings) -> None:
    """Note how far time is, for the next start here, whatever ends this one."""
    said = {"at": open_clock(settings).now().isoformat()}
    write_atomically(settings.run_folder / "last_moment.json", json.dumps(said).encode())


def freeze(settings: Settings) -> None:
    """Stop a simulated clock where it is: what is asked later (`owes`, `audit`) is answered as of that moment."""
    clock = open_clock(settings)
    if clock.simulated:
        set_clock(settings.clock_file, "stepped", at=clock.now())
    remember(settings)


def last_moment(settings: Settings) -> datetime | None:
    """Return the last moment an earlier start noted, None if there was none."""
    try:
        return datetime.fromisoformat(json.loads((settings.run_folder / "last_moment.json").read_bytes())["at"])
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
