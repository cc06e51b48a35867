"""One letter to one official: a row of the state until it is sent, given up or without an object; then nothing of it is kept.

The row holds the alert, not the words: they are made when the letter is sent, by the reference data of that moment.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from connectors.notify import preferences, texts, words
from connectors.notify.missives import MAIL, About, Missive
from schemas.events import DocumentAlert, Told
from schemas.ids import event_id
from schemas.plain import plain_of
from schemas.reference import Reference

PREFIX = "mail:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be said to whom, because of which alert."""

    name: str
    """Made of the alert's event and the person's number."""

    alert: DocumentAlert
    person: Told
    box: str = ""
    """Of the person it was written to (`box_of`); stays when another one gets it."""

    channel: str = MAIL
    tries: int = 0
    """Failed tries so far."""

    instead_of: tuple[Told, ...] = ()
    """Who should have got it, and could not be reached."""

    @property
    def row(self) -> str:
        """Name of its row; alert and person are in it, by their ids, so that a timer knows their rows."""
        return f"{PREFIX}{self.alert.alert_id}/{self.box}/{self.name}"

    @property
    def about(self) -> About:
        """The alert it tells of."""
        return About(alert_id=self.alert.alert_id, alert_event_id=self.alert.event_id)

    def to(self, person: Told, reference: Reference, now: datetime) -> "Letter":
        """Return it to somebody else, because this one cannot be reached; another mail, and so another name."""
        passed = (*self.instead_of, self.person)
        return replace(
            self,
            name=f"{self.name.partition('-to-')[0]}-to-{len(passed)}",
            person=person,
            box=box_of(person),
            channel=preferences.of(person, reference, now).channel,
            tries=0,
            instead_of=passed,
        )

    def held_by(self, person: Told, reference: Reference, now: datetime) -> "Letter":
        """Return it for who holds the role by now."""
        if person == self.person:
            return self
        return replace(self, person=person, channel=preferences.of(person, reference, now).channel)

    def claims(self, reference: Reference) -> bool:
        """Tell whether it says that something is not done: it must not be sent any more once that is done."""
        return not texts.is_over(self.alert, reference)

    def missive(self, reference: Reference, now: datetime) -> Missive:
        """Return what is handed over."""
        wish = preferences.of(self.person, reference, now)
        tongue = words.TONGUES[wish.language]
        text = texts.text(self.alert, self.person, reference, now, tongue)
        text = replace(text, notes=(*texts.instead(self.instead_of, tongue), *text.notes))
        return Missive(
            name=self.name,
            about=(self.about,),
            person=self.person,
            text=text,
            channel=self.channel,
            target=wish.webhook,
            alert=self.alert,
        )


def named_in(row: str) -> tuple[str, str]:
    """Return the alert id and the person's box that are in the name of a letter's row."""
    alert_id, box, _name = row.removeprefix(PREFIX).rsplit("/", 2)
    return alert_id, box


def box_of(person: Told) -> str:
    """Return an id of a person, which names nobody."""
    return event_id("box", person.organ_id, person.role, person.mailbox)


def name_of(alert_event_id: str, number: int) -> str:
    """Name the letter to one of the people an alert tells, who are numbered from 0."""
    return f"{alert_event_id}.{number}"


_LETTER = TypeAdapter(Letter)


def dump(letter: Letter) -> bytes:
    """Return the row's value."""
    return json.dumps(plain_of(Letter)(letter), sort_keys=True).encode()


def load(value: bytes) -> Letter:
    """Read a row's value."""
    return _LETTER.validate_python(json.loads(value))
