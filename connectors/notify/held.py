"""Letters above a mailbox's rate, gathered into one mail that goes out when the hour allows it.

Only what is not urgent and below step 2 is held. One row a person of the partition, whose name is in the names of the person's
letters, so that a letter finds it when it is due, and the end of an alert, which names everybody told, finds it too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from connectors.notify import letters, preferences, texts, words
from connectors.notify.letters import Letter
from connectors.notify.missives import MAIL, Missive
from schemas.events import Told
from schemas.ids import event_id
from schemas.plain import plain_of
from schemas.reference import Reference
from schemas.step import Change, Forget, Put, Wake

PREFIX = "held:"
MOST = 100
"""Letters of one mail; what comes after them waits for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one person will be told at once."""

    due_at: datetime
    person: Told
    tries: int = 0
    waiting: tuple[Letter, ...] = ()

    def missive(self, reference: Reference, now: datetime) -> Missive:
        """Return what is handed over; other alerts make another name, and so another Message-ID."""
        tongue = words.TONGUES[preferences.of(self.person, reference, now).language]
        parts = [texts.text(each.alert, self.person, reference, now, tongue) for each in self.waiting]
        return Missive(
            name=event_id("held", self.person.mailbox, *(each.alert.event_id for each in self.waiting)),
            about=tuple(each.about for each in self.waiting),
            person=self.person,
            text=texts.Text(
                tongue=tongue,
                title=tongue.held_title.format(count=len(parts)),
                greeting=texts.greeting(self.person, reference, now, tongue),
                notes=(tongue.held_note,),
                items=tuple(f"{words.plain(each.title)} — {each.to_do}" for each in parts),
                to_do=tongue.held_to_do,
                why=texts.reason_to_write(self.person, "", tongue),
            ),
        )

    def without(self, alert_id: str) -> "Held":
        """Return it without an alert that is over."""
        return replace(self, waiting=tuple(each for each in self.waiting if each.alert.alert_id != alert_id))


def row_of(person: Told) -> str:
    """Name a person's row; no name of the person is in it."""
    return PREFIX + letters.box_of(person)


def may_wait(letter: Letter) -> bool:
    """Tell whether a letter may be gathered; one that was meant for somebody else, or whose reader changed, may not."""
    alert = letter.alert
    ordinary = alert.urgency in ("", "normal") and alert.level < preferences.NOT_ONLY_OWN
    return ordinary and letter.channel == MAIL and letter.box == letters.box_of(letter.person) and not letter.instead_of


def kept(row: str, held: Held) -> Iterator[Change]:
    """Yield the changes that keep it until it is due; nothing is left where nothing waits."""
    if not held.waiting:
        yield Forget(row)
        return
    yield Put(row, json.dumps(plain_of(Held)(held), sort_keys=True).encode())
    yield Wake(row, held.due_at)


_HELD = TypeAdapter(Held)


def load(value: bytes) -> Held:
    """Read a row's value."""
    return _HELD.validate_python(json.loads(value))
