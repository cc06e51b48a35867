"""What would become of a packet, said by the cores that would decide it; nothing is sent and nothing is remembered.

The one place that composes the three cores: `route` and `preflight` answer from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from processors.routing.entitlement import may_act_on, sender_fault
from processors.routing.plan import NotRouted, Plan, here, plan
from processors.sla.deadlines import Deadlines, moments
from processors.sla.pauses import moved, pauses_of, shift
from processors.sla.rulebook import Rulebook
from processors.verification.core import kind_of
from processors.verification.verdict import Judgement
from schemas.events import Envelope
from schemas.reference import Agency, Reference

CLOCKS = ("transport", "intake", "completion")
"""What the recipient of a new document owes, in its order; each is reckoned as if it began at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One clock of one delivery."""

    recipient: str
    due: Deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the axis would do with a document now."""

    verdict: str
    """`signed`, `provisional`, `held` or `refused`."""

    judgement: Judgement
    plan: Plan
    owed: tuple[Owed, ...]

    @property
    def passes(self) -> bool:
        """Tell whether it would go to everybody it is addressed to."""
        return self.verdict in ("signed", "provisional") and bool(self.plan.deliveries) and not self.plan.refusals


def forecast(envelope: Envelope, judgement: Judgement, reference: Reference, now: datetime, *, size: int) -> Forecast:
    """Say what would become of a document of `size` bytes that was judged so."""
    found = plan_of(envelope, reference, here(reference, now), size=size)
    owed = tuple(_owed(envelope, found, reference, now))
    return Forecast(verdict=kind_of(judgement, None), judgement=judgement, plan=found, owed=owed)


def plan_of(envelope: Envelope, reference: Reference, on: date, *, size: int = 0) -> Plan:
    """Return the router's plan for a packet of `size` bytes; every recipient is refused where the sender may not send this on that day.

    Which client system hands the packet over is not asked: there is none.
    """
    sender = sender_of(envelope, reference, on)
    fault = sender_fault(envelope.sender, sender.organ_id, envelope.document_id, reference, on)
    if not fault and not may_act_on(sender.organ_id, envelope.related, reference, on):
        fault = "SENDER_NOT_ALLOWED"
    if fault:
        return Plan(refusals=tuple(NotRouted(addressed=each, code=fault) for each in envelope.recipients))
    return plan(envelope, sender, reference, on, size=size).reachable()


def sender_of(envelope: Envelope, reference: Reference, on: date) -> Agency:
    """Return the agency that sends; a stranger of that code where the directory knows none."""
    found = reference.directory.resolve(envelope.sender, on).agency if reference.directory else None
    return found or Agency(organ_id=envelope.sender, name="", level="", valid_from=on)


def _owed(envelope: Envelope, found: Plan, reference: Reference, now: datetime) -> Iterator[Owed]:
    if reference.sla is None or reference.calendar is None or reference.directory is None:
        return
    rulebook = Rulebook.of(reference)
    sender = sender_of(envelope, reference, rulebook.day(now)).organ_id
    urgency = reference.sla.urgency.of(envelope.priority)
    for way in found.deliveries:
        for clock in (each for each in CLOCKS if each in reference.sla.clocks):
            due = moments(
                clock,
                now,
                urgency,
                agency=way.recipient,
                sender=sender,
                mode=way.mode,
                due=envelope.due_on,
                rulebook=rulebook,
                document_type=envelope.type_name,
            )
            if due.timed:
                away = pauses_of(due, {}, None, rulebook)
                yield Owed(recipient=way.recipient, due=moved(due, shift(due, away, rulebook)))
