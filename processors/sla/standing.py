"""`ObligationChanged`: who owes what by when, as it stands now."""

from datetime import UTC

from processors.sla.cases import About
from processors.sla.ladder import Rung
from processors.sla.obligations import Obligation
from processors.sla.rulebook import Rulebook
from schemas.events import ObligationChanged
from schemas.ids import event_id
from schemas.reference.outages import Interval


def digest_of(duty: Obligation, coming: Rung | None) -> str:
    """Return a digest of what makes a duty worth saying again."""
    return event_id(*(str(each) for each in duty.standing(coming)))


def changed(
    about: About, duty: Obligation, coming: Rung | None, rulebook: Rulebook, *, standing: str, cause: str
) -> ObligationChanged:
    """Say how one duty stands; the id is made of the content (`standing`), so the same standing is the same event."""
    due, is_open = duty.due, duty.closed_at is None
    step = coming if is_open else None
    obligation = obligation_id(about, duty)
    versions = (f"{kind}={version}" for kind, version in sorted(rulebook.versions.items()))
    return ObligationChanged(
        event_id=event_id("obligation", obligation, standing, *versions),
        occurred_at=duty.closed_at or due.since,
        correlation_id=about.document_key,
        causation_id=cause,
        obligation_id=obligation,
        subject=about.subject,
        document_key=about.document_key,
        clock=duty.clock.id,
        debtor=due.debtor,
        creditor=duty.creditor,
        since_at=due.since,
        target_at=due.target,
        warn_at=due.warn,
        breach_at=due.breach,
        next_step=step.step if step else None,
        next_step_at=step.at if step else None,
        open=is_open,
        closed_at=duty.closed_at,
        closed_by=duty.closed_by,
        working_minutes=duty.working_minutes(rulebook),
        provisional=due.provisional,
        rule=f"{duty.clock.id}/{due.urgency}/{duty.clock.basis}",
        versions=rulebook.versions,
        pauses=tuple(map(_interval, duty.pauses)),
    )


def obligation_id(about: About, duty: Obligation) -> str:
    """Name a duty: the delivery and the clock; of a document also the digest, for each is judged for itself."""
    if about.recipient:
        return f"{about.subject}:{duty.clock.id}"
    return f"{about.subject}:{about.sha256}:{duty.clock.id}"


def _interval(pause: Interval) -> str:
    starts, ends = pause
    return f"{starts.astimezone(UTC).isoformat()}/{'..' if ends is None else ends.astimezone(UTC).isoformat()}"
