"""The reference data that deadlines are made of, together, and the small look-ups on it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schemas.events import Told
from schemas.reference import Reference
from schemas.reference.calendar import Calendar, Pattern
from schemas.reference.contacts import Contacts
from schemas.reference.directory import Directory
from schemas.reference.made_once import MadeOnce
from schemas.reference.sla import SlaRules

KINDS = ("sla", "calendar", "directory", "contacts")
MAX_TOLD = 20_000
"""Look-ups kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Rules, calendar, agencies and officials in force."""

    sla: SlaRules
    calendar: Calendar
    directory: Directory
    contacts: Contacts | None
    versions: dict[str, str]

    told: dict[tuple[str, str, date], tuple[Told, ...]] = field(
        default_factory=dict, compare=False, repr=False, init=False
    )
    """Officials that were looked up: few agencies and days, asked for again and again."""

    parties: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False, init=False)
    """The same for whole steps of a ladder; kept by `Parties`."""

    @staticmethod
    def of(reference: Reference) -> "Rulebook":
        """Take what deadlines need; LookupError names what was never published."""
        return _MADE.of(reference)

    @classmethod
    def made(cls, reference: Reference) -> "Rulebook":
        """Make a rulebook of a bundle."""
        missing = [kind for kind in ("sla", "calendar", "directory") if getattr(reference, kind) is None]
        if reference.sla is None or reference.calendar is None or reference.directory is None:
            raise LookupError(f"no deadline without {', '.join(missing)}: publish it first")
        return cls(
            sla=reference.sla,
            calendar=reference.calendar,
            directory=reference.directory,
            contacts=reference.contacts,
            versions={kind: reference.versions[kind] for kind in KINDS if kind in reference.versions},
        )

    def day(self, at: datetime) -> date:
        """Return the local calendar day of a moment."""
        return at.astimezone(self.calendar.zone).date()

    def pattern(self, organ_id: str, at: datetime) -> Pattern:
        """Return the working hours of an agency; the calendar's default for an unknown one."""
        agency = self.directory.last_known(organ_id, self.day(at))
        return self.calendar.pattern(agency.working_hours if agency else "")

    def living(self, organ_id: str, on: date) -> str:
        """Return the agency itself or, if it ended, who took its place; itself where nobody did."""
        return self.directory.heirs(organ_id, on)[-1]

    def parent(self, organ_id: str, on: date) -> str:
        """Return the nearest living agency above; empty at a root."""
        above = self.directory.parents(organ_id, on)
        return above[0].organ_id if above else ""

    def officials(self, organ_id: str, role: str, on: date) -> tuple[Told, ...]:
        """Return who holds a role at an agency; nobody where contacts name none."""
        asked = (organ_id, role, on)
        if (known := self.told.get(asked)) is not None:
            return known
        found = self.contacts.find(organ_id, role, on) if self.contacts else ()
        if len(self.told) > MAX_TOLD:
            self.told.clear()
        told = self.told[asked] = tuple(
            Told(organ_id=each.organ_id, role=each.role, name=each.name, mailbox=each.mailbox, mobile=each.mobile)
            for each in found
        )
        return told


_MADE = MadeOnce(Rulebook.made)
