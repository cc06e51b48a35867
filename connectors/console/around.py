"""What reference data add to a row: names of agencies, how much working time a duty is late, whom the next step would tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.console.rights import Right
from connectors.console.texts import Texts
from schemas.events import OperatorActed
from schemas.reference import Reference
from schemas.reference.contacts import Contact
from schemas.reference.sla import LadderStep
from schemas.reference.working_time import working_between

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_LOOK = timedelta(days=400)
"""Working time is counted day by day; what is later than this is late enough to be said in whole days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The reference data in force and the axis' time, as one page sees them."""

    reference: Reference
    now: datetime

    def name(self, organ_id: str) -> str:
        """Return an agency's name, or its code where the directory does not know it."""
        if not organ_id or self.reference.directory is None:
            return organ_id
        found = self.reference.directory.last_known(organ_id, self._today)
        return found.name if found else organ_id

    def late(self, breach_at: datetime, debtor: str) -> timedelta | None:
        """Return the working time since a deadline, by the hours of who owes; None where no calendar says, or it is too long ago."""
        calendar, directory = self.reference.calendar, self.reference.directory
        if calendar is None or self.now - breach_at > LONGEST_LOOK:
            return None
        agency = directory.last_known(debtor, self._today) if directory else None
        return working_between(calendar, calendar.pattern(agency.working_hours if agency else ""), breach_at, self.now)

    def next_told(self, duty: Mapping[str, Any], *, urgency: str, sender: str, recipient: str) -> list[dict[str, Any]]:
        """Return whom the next step of a duty's ladder speaks to if nobody acts: agency, role and today's officials."""
        step = self._step(duty, urgency, sender)
        found = []
        for party in step.to if step else ():
            organ_id = self._agency(party.of, str(duty["debtor"]), sender, recipient)
            if organ_id:
                found.append(
                    {"organ_id": organ_id, "role": party.role, "people": self._officials(organ_id, party.role)}
                )
        return found

    def who(self, t: Texts, row: Mapping[str, Any], rights: Collection[str]) -> str:
        """Say who did what a line of a timeline tells: an agency, a client system, a part of the axis, an operator by name if that may be seen."""
        said = str(row["who"])
        if row["type"] == OperatorActed.__name__:
            return said if Right.TRAIL in rights else t("role.operator")
        kind, colon, rest = said.partition(":")
        if kind == "axis":
            return t.word("who", rest) if colon else t("who.axis")
        if kind == "folder" and colon:
            return t("who.folder", system=rest)
        return self.name(said)

    def contacts(self, organ_id: str) -> tuple[Contact, ...]:
        """Return an agency's officials of today."""
        return self.reference.contacts.of_agency(organ_id, self._today) if self.reference.contacts else ()

    @property
    def _today(self) -> Any:
        return self.now.astimezone(HERE).date()

    def _step(self, duty: Mapping[str, Any], urgency: str, sender: str) -> LadderStep | None:
        sla, number = self.reference.sla, duty["next_step"]
        if sla is None or number is None or duty["clock"] not in sla.clocks:
            return None
        chosen = urgency if urgency in sla.ladder else sla.urgency.absent
        owes = "axis" if duty["debtor"] == sla.axis.agency else "sender" if duty["debtor"] == sender else "recipient"
        steps = sla.ladder_for(duty["clock"], owes, chosen)
        return next((step for step in steps if step.step == number), None)

    def _agency(self, of: str, debtor: str, sender: str, recipient: str) -> str:
        match of:
            case "self":
                return debtor
            case "parent":
                return self._parent(debtor)
            case "axis":
                return self.reference.sla.axis.agency if self.reference.sla else ""
            case _:
                return sender if of == "sender" else recipient

    def _parent(self, organ_id: str) -> str:
        directory = self.reference.directory
        above = directory.parents(organ_id, self._today) if directory else ()
        return above[0].organ_id if above else ""

    def _officials(self, organ_id: str, role: str) -> list[dict[str, str]]:
        contacts = self.reference.contacts
        found = contacts.find(organ_id, role, self._today) if contacts else ()
        return [{"name": each.name, "mailbox": each.mailbox, "mobile": each.mobile} for each in found]
