"""The watcher's alerts, with ids made of what they are about: delivery, clock, step, number."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from processors.sla.cases import About
from processors.sla.ladder import Climb, Rung
from processors.sla.obligations import Obligation
from processors.sla.parties import Gap, Parties
from processors.sla.rulebook import Rulebook
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from schemas.reference.sla import Party, RequiredWarning

INCOMING = "incoming"
CONTESTED = "contested"
DIRECTORY_GAP = "directory_gap"
LATE_LEVEL = 1
"""A clock that was over before anybody knew of it speaks once, with the level of a breach."""

IN_TIME = "received_in_time"
"""The stopping fact lay before the deadline and only reached the log later (decision 12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Speaks about one case, at one step, under the rules in force."""

    about: About
    rulebook: Rulebook
    cause: str
    """Event id of the event that led to it; empty for a timer."""

    now: datetime

    def raised(self, duty: Obligation, rung: Rung, climb: Climb) -> DocumentAlert:
        """Raise one step of the ladder; `climb` has it already taken."""
        return self._of_duty(duty, AlertState.FIRING, climb, at=rung.at, to=rung.to, why=duty.clock.starts)

    def resolved(self, duty: Obligation, climb: Climb) -> DocumentAlert:
        """End the alert, to everyone who was told, with the fact that ended it."""
        done, step_at = duty.closed_at, climb.at
        in_time = done is not None and step_at is not None and done <= min(step_at, duty.due.breach or step_at)
        why = IN_TIME if in_time else duty.closed_by
        return self._of_duty(duty, AlertState.RESOLVED, climb, at=self.now, to=climb.told, why=why)

    def late(self, duty: Obligation) -> tuple[DocumentAlert, ...]:
        """Say once that a duty was done too late: it is over, so the alert ends as it fires. Never a refusal."""
        ladder = self.rulebook.sla.ladder_for(duty.clock.id, duty.due.owes, duty.due.urgency)
        wanted = next((step.to for step in ladder if step.when == "breach"), ())
        parties = Parties(debtor=duty.due.debtor, sender=self.about.sender)
        to, gaps = parties.officials(wanted, self.rulebook, self.rulebook.day(self.now))
        own = tuple(each for each in to if each.organ_id == duty.due.debtor)
        once = Climb(step=LATE_LEVEL, number=1)
        return (
            self._of_duty(duty, AlertState.FIRING, once, at=self.now, to=own, why=duty.closed_by),
            self._of_duty(duty, AlertState.RESOLVED, once, at=self.now, to=(), why=duty.closed_by),
            *(self.gap(each, self.now) for each in gaps if each.organ_id == duty.due.debtor),
        )

    def incoming(self, at: datetime) -> tuple[DocumentAlert, ...]:
        """Tell the recipient's clerk that a document is on its way (CV 2887, first warning); mails are gathered later."""
        warning = self.rulebook.sla.warnings.get(INCOMING)
        if warning is None:
            return ()
        parties = Parties(debtor=self.about.recipient, sender=self.about.sender, recipient=self.about.recipient)
        to, gaps = parties.officials(self._told_of(warning, at), self.rulebook, self.rulebook.day(at))
        alert = self._of_case(INCOMING, AlertState.FIRING, at=at, to=to, why=warning.on)
        return (alert, *(self.gap(each, at) for each in gaps))

    def _told_of(self, warning: RequiredWarning, at: datetime) -> tuple[Party, ...]:
        """Return whom the warning names and, of an urgent document, the recipient's urgent contact as well."""
        agency = self.rulebook.directory.last_known(self.about.recipient, self.rulebook.day(at))
        if agency is None or not agency.urgent_contact or self.about.urgency == self.rulebook.sla.urgency.classes[0]:
            return warning.to
        return (*warning.to, Party(of="recipient", role=agency.urgent_contact))

    def arrived(self, why: str) -> DocumentAlert:
        """End the incoming warning; nobody is told, for who was warned has the document."""
        return self._of_case(INCOMING, AlertState.RESOLVED, at=self.now, to=(), why=why)

    def contested(self, at: datetime) -> DocumentAlert:
        """Tell the axis operator that a delivery's statuses contradict each other: only a person can say which holds."""
        desk = self.rulebook.sla.axis
        to = self.rulebook.officials(desk.agency, desk.role, self.rulebook.day(at))
        return self._of_case(CONTESTED, AlertState.FIRING, at=at, to=to, why=CONTESTED)

    def gap(self, missing: Gap, at: datetime) -> DocumentAlert:
        """Report a fault of the directory to the axis operator: once a day, agency, role and version.

        Nothing in it depends on the delivery that brought it to light: every partition writes the same bytes.
        """
        day = self.rulebook.day(at)
        versions: dict[str, str] = {
            kind: version for kind, version in self.rulebook.versions.items() if kind in ("contacts", "sla")
        }
        alert = event_id("alert", DIRECTORY_GAP, missing.organ_id, missing.role, day.isoformat(), *versions.values())
        desk = self.rulebook.sla.axis
        return DocumentAlert(
            event_id=event_id(alert, AlertState.FIRING),
            occurred_at=datetime.combine(day, time(), self.rulebook.calendar.zone).astimezone(UTC),
            alert_id=alert,
            about=missing.organ_id,
            kind=DIRECTORY_GAP,
            state=AlertState.FIRING,
            debtor=missing.organ_id,
            to=self.rulebook.officials(desk.agency, desk.role, day),
            why=missing.role,
            recipient=missing.organ_id,
            versions=versions,
        )

    def _of_duty(
        self, duty: Obligation, state: AlertState, climb: Climb, *, at: datetime, to: tuple[Told, ...], why: str
    ) -> DocumentAlert:
        alert = event_id("alert", self.about.subject, self.about.sha256, duty.clock.id)
        return DocumentAlert(
            event_id=event_id(alert, state, str(climb.step), str(climb.number)),
            occurred_at=at,
            correlation_id=self.about.document_key,
            causation_id=self.cause,
            alert_id=alert,
            about=self.about.subject,
            document_key=self.about.document_key,
            document_id=self.about.document_id,
            delivery_id=self.about.subject if self.about.recipient else "",
            kind=duty.clock.alert,
            state=state,
            level=climb.step,
            number=climb.number,
            clock=duty.clock.id,
            debtor=duty.due.debtor,
            to=to,
            why=why,
            deadline_at=duty.due.breach,
            urgency=self.about.urgency,
            sender=self.about.sender,
            recipient=self.about.recipient,
            subject=self.about.title,
            versions=self.rulebook.versions,
        )

    def _of_case(self, kind: str, state: AlertState, *, at: datetime, to: tuple[Told, ...], why: str) -> DocumentAlert:
        alert = event_id("alert", self.about.subject, kind)
        return DocumentAlert(
            event_id=event_id(alert, state),
            occurred_at=at,
            correlation_id=self.about.document_key,
            causation_id=self.cause,
            alert_id=alert,
            about=self.about.subject,
            document_key=self.about.document_key,
            document_id=self.about.document_id,
            delivery_id=self.about.subject,
            kind=kind,
            state=state,
            to=to,
            why=why,
            urgency=self.about.urgency,
            sender=self.about.sender,
            recipient=self.about.recipient,
            subject=self.about.title,
            versions=self.rulebook.versions,
        )
