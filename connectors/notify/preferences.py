"""How an official wants to be told, by the own entry in the contacts; nobody is asked more than that entry says."""

from datetime import datetime

from connectors.notify.words import HERE
from schemas.events import DocumentAlert, Told
from schemas.reference import Reference
from schemas.reference.contacts import Contact

NOT_ONLY_OWN = 2
"""From this step of the ladder on others than the clerk must know; nobody can be left out by an own wish."""


def of(person: Told, reference: Reference, now: datetime) -> Contact:
    """Return the person's entry of the day; one without any wish where the contacts name nobody such."""
    day = now.astimezone(HERE).date()
    found = reference.contacts.find(person.organ_id, person.role, day) if reference.contacts else ()
    for each in found:
        if each.mailbox == person.mailbox:
            return each
    return Contact(organ_id=person.organ_id, role=person.role, name=person.name, mailbox=person.mailbox)


def left_out(person: Told, alert: DocumentAlert, reference: Reference, now: datetime) -> bool:
    """Tell whether the person asked not to be told of so low a step."""
    return alert.level < NOT_ONLY_OWN and of(person, reference, now).unsubscribed
