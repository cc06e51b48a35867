"""When a person may be disturbed: `quiet` in `sla.yaml`, by the calendar and the hours of the person's own agency. Tries that come later keep to it too."""

from datetime import datetime

from schemas.events import Told
from schemas.reference import Reference
from schemas.reference.working_time import next_working_moment

OUTSIDE_WORKING_HOURS = "outside_working_hours"


def may_be_told(urgency: str, person: Told, reference: Reference, at: datetime) -> datetime:
    """Return when a person may be told: at the moment wanted, or at the next working moment of the own agency."""
    sla, calendar = reference.sla, reference.calendar
    if sla is None or calendar is None or sla.quiet.get(urgency or "normal") != OUTSIDE_WORKING_HOURS:
        return at
    day = at.astimezone(calendar.zone).date()
    agency = reference.directory.last_known(person.organ_id, day) if reference.directory else None
    return next_working_moment(calendar, calendar.pattern(agency.working_hours if agency else ""), at)
