"""When an official cannot be told: who is told instead, and the alert about the contact itself."""

from datetime import UTC, datetime, time

from connectors.notify.words import HERE
from schemas.events import AlertState, DocumentAlert, Told
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.reference.contacts import Contact

CONTACT_BOUNCING = "contact_bouncing"
ROLES = ("clerk", "head_of_office")
"""Who is asked first at an agency whose own role has nobody else; others follow in the file's order."""


def holder(person: Told, reference: Reference, now: datetime) -> Told:
    """Return who holds the person's role by now, where the contacts say that the person's own time has ended; else the person.

    A mailbox that they do not know at all stays: the alert may know newer contacts than we do.
    """
    if reference.contacts is None:
        return person
    found = reference.contacts.find(person.organ_id, person.role, now.astimezone(HERE).date())
    ever = reference.contacts.by_role.get((person.organ_id, person.role), ())
    still, once = (any(each.mailbox == person.mailbox for each in group) for group in (found, ever))
    return _told(found[0]) if found and once and not still else person


def next_contact(person: Told, passed: tuple[Told, ...], reference: Reference, now: datetime) -> Told | None:
    """Return who is told instead: the same role at the agency, then its clerk, its head of office, anybody else there; nobody twice."""
    if reference.contacts is None:
        return None
    gone = {each.mailbox for each in (person, *passed)}
    there = reference.contacts.of_agency(person.organ_id, now.astimezone(HERE).date())
    left = [each for each in there if each.mailbox not in gone]
    return _told(min(left, key=lambda each: _rank(each, person))) if left else None


def bounced(person: Told, reference: Reference, now: datetime) -> tuple[DocumentAlert, ...]:
    """Report a mailbox that takes no mail to the axis operator: once a day, agency, role and version of the contacts.

    Nothing in it depends on the letter that brought it to light: every partition writes the same bytes. It names no person
    and no mailbox; agency and role lead to the entry.
    """
    if reference.sla is None or reference.contacts is None:
        return ()
    day, desk = now.astimezone(HERE).date(), reference.sla.axis
    versions: dict[str, str] = {
        kind: reference.versions[kind] for kind in ("contacts", "sla") if kind in reference.versions
    }
    alert = event_id("alert", CONTACT_BOUNCING, person.organ_id, person.role, day.isoformat(), *versions.values())
    report = DocumentAlert(
        event_id=event_id(alert, AlertState.FIRING),
        occurred_at=datetime.combine(day, time(), HERE).astimezone(UTC),
        alert_id=alert,
        about=person.organ_id,
        kind=CONTACT_BOUNCING,
        state=AlertState.FIRING,
        debtor=person.organ_id,
        to=tuple(map(_told, reference.contacts.find(desk.agency, desk.role, day))),
        why=person.role,
        recipient=person.organ_id,
        versions=versions,
    )
    return (report,)


def _rank(each: Contact, person: Told) -> tuple[bool, int]:
    return each.role != person.role, ROLES.index(each.role) if each.role in ROLES else len(ROLES)


def _told(each: Contact) -> Told:
    return Told(organ_id=each.organ_id, role=each.role, name=each.name, mailbox=each.mailbox, mobile=each.mobile)
