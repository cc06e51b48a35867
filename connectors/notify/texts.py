"""What an alert says to one official, in parts that a mail shows as text and as a page. No contents of documents, only number and subject."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from connectors.notify import words
from connectors.notify.tongues import Tongue
from schemas.events import AlertState, DocumentAlert, Told
from schemas.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A mail's words; every part is one line."""

    tongue: Tongue
    title: str
    greeting: str
    notes: tuple[str, ...]
    """What happened."""

    facts: tuple[tuple[str, str], ...] = ()
    """Label and value."""

    items: tuple[str, ...] = ()
    """One document each."""

    to_do: str
    why: str
    """Why this official gets it."""

    @property
    def subject(self) -> str:
        """The mail's subject."""
        return self.tongue.subject.format(title=words.plain(self.title))

    @property
    def body(self) -> str:
        """All of it as plain text."""
        parts: tuple[Iterable[str], ...] = (
            (self.greeting,),
            *((note,) for note in self.notes),
            [f"- {name}: {value}" for name, value in self.facts],
            [f"{number}. {item}" for number, item in enumerate(self.items, 1)],
            (self.to_do,),
            (self.why, self.tongue.signature),
        )
        return "\n\n".join("\n".join(part) for part in map(tuple, parts) if part) + "\n"


def text(alert: DocumentAlert, person: Told, reference: Reference, now: datetime, tongue: Tongue) -> Text:
    """Return what an official is told of an alert."""
    title = _kind(alert, tongue)[0]
    urgent = tongue.urgencies.get(alert.urgency, "").capitalize() if alert.urgency != "normal" else ""
    mark = tongue.over if alert.state is AlertState.RESOLVED else urgent
    return Text(
        tongue=tongue,
        title=f"{f'{mark}: ' if mark else ''}{title} — {alert.document_id or alert.about}",
        greeting=greeting(person, reference, now, tongue),
        notes=(_happened(alert, reference, tongue),),
        facts=tuple(_facts(alert, reference, now, tongue)),
        to_do=_to_do(alert, reference, now, tongue),
        why=reason_to_write(person, _side(alert, person.organ_id, reference, now), tongue),
    )


def greeting(person: Told, reference: Reference, now: datetime, tongue: Tongue) -> str:
    """Address an official by name, role and agency."""
    who = ", ".join(each for each in (words.plain(person.name), role_of(person, tongue)) if each)
    return tongue.greeting.format(who=who, agency=words.plain(words.agency(person.organ_id, reference, now)))


def reason_to_write(person: Told, side: str, tongue: Tongue) -> str:
    """Say why it is this official who gets the mail; `side` is one of the tongue's sides, or empty."""
    if side:
        return tongue.reason_of_side.format(role=role_of(person, tongue), side=tongue.sides[side])
    return tongue.reason.format(role=role_of(person, tongue))


def role_of(person: Told, tongue: Tongue) -> str:
    """Name an official's role."""
    return tongue.roles.get(person.role, words.plain(person.role))


def instead(others: Iterable[Told], tongue: Tongue) -> tuple[str, ...]:
    """Say to whom it was meant, where that is somebody else than who gets it."""
    said = "; ".join(
        f"{words.plain(each.name)} ({role_of(each, tongue)}, {words.plain(each.mailbox)})" for each in others
    )
    return (tongue.instead.format(others=said),) if said else ()


def is_over(alert: DocumentAlert, reference: Reference) -> bool:
    """Tell whether nothing is left to do: an alert of a duty that was done late names, firing, the fact that ended it."""
    clock = reference.sla.clocks.get(alert.clock) if reference.sla else None
    return alert.state is AlertState.RESOLVED or (clock is not None and alert.why in clock.stops)


def _kind(alert: DocumentAlert, tongue: Tongue) -> tuple[str, str]:
    return tongue.kinds.get(alert.kind, (words.plain(alert.kind), tongue.other))


def _happened(alert: DocumentAlert, reference: Reference, tongue: Tongue) -> str:
    title, happened = _kind(alert, tongue)
    if alert.state is AlertState.RESOLVED:
        return tongue.ended.format(title=title)
    return tongue.done_late if is_over(alert, reference) else happened


def _facts(alert: DocumentAlert, reference: Reference, now: datetime, tongue: Tongue) -> list[tuple[str, str]]:
    said = {
        "document": alert.document_id,
        "subject": alert.subject,
        "urgency": tongue.urgencies.get(alert.urgency, alert.urgency),
        "sender": words.agency(alert.sender, reference, now),
        "recipient": words.agency(alert.recipient, reference, now),
        "debtor": words.agency(alert.debtor, reference, now) if alert.clock else "",
        "deadline": words.moment(alert.deadline_at) if alert.clock else "",
        "step": words.step(alert.level, alert.number, tongue) if alert.clock else "",
        "why": words.why(alert.why, tongue),
        "delivery": alert.delivery_id,
    }
    return [(tongue.labels[name], words.plain(value)) for name, value in said.items() if value]


def _to_do(alert: DocumentAlert, reference: Reference, now: datetime, tongue: Tongue) -> str:
    """Say who must do what by when; nothing once it is over."""
    if is_over(alert, reference):
        return tongue.nothing_to_do
    duty = tongue.duties.get(alert.clock)
    if duty is None:
        return tongue.to_do_kind.format(what=tongue.to_do.get(alert.kind, tongue.to_do_else))
    late = alert.deadline_at is not None and alert.deadline_at <= now
    return tongue.to_do_duty.format(
        who=words.plain(words.agency(alert.debtor, reference, now) or tongue.in_charge),
        duty=duty,
        at_once=tongue.at_once if late else "",
        by=tongue.by.format(moment=words.moment(alert.deadline_at)) if alert.deadline_at else "",
    )


def _side(alert: DocumentAlert, organ_id: str, reference: Reference, now: datetime) -> str:
    """Say on which side of the matter an agency is; empty where it is on none."""
    sides = {alert.recipient: "recipient", alert.sender: "sender", alert.debtor if alert.clock else "": "debtor"}
    if organ_id in sides:
        return sides[organ_id]
    if reference.sla and organ_id == reference.sla.axis.agency:
        return "axis"
    day = now.astimezone(words.HERE).date()
    above = reference.directory.parents(alert.debtor, day) if reference.directory and alert.debtor else ()
    return "parent" if organ_id in {each.organ_id for each in above} else ""
