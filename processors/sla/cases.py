"""What the watcher remembers: one row per delivery, and one per handed-over document, as facts that only ever grow.

A fact keeps its earliest moment, so any order of arrival and any repeats leave the same case.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from processors.sla.ladder import Climb
from schemas.events import Act, Told
from schemas.plain import plain_of

DELIVERIES, VERIFICATIONS = "delivery:", "verification:"
"""What the rows' names begin with."""


def delivery_row(delivery_id: str) -> str:
    """Name the row of a delivery."""
    return f"{DELIVERIES}{delivery_id}"


def verification_row(document_key: str, sha256: str) -> str:
    """Name the row of one handed-over document; each digest under a key is judged for itself."""
    return f"{VERIFICATIONS}{document_key}:{sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a case is about, from the event that opened it."""

    subject: str
    """Delivery id or document key."""

    document_key: str
    document_id: str
    sender: str
    recipient: str = ""
    """Empty for a document's own case."""

    sha256: str = ""
    """A document's digest; empty for a delivery."""

    urgency: str
    mode: str = ""
    due_on: date | None = None
    type_name: str = ""
    title: str = ""
    """The document's subject line."""

    act: Act = Act.DELIVER
    event_id: str
    """The opening event's id; the least one wins, so order does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row."""

    about: About | None = None
    """None until the opening event is read: facts may come first."""

    facts: Mapping[str, datetime] = field(default_factory=dict)
    """Fact -> its earliest moment."""

    climbs: Mapping[str, Climb] = field(default_factory=dict)
    """Clock (or `incoming`, `contested`) -> how far its ladder was climbed."""

    said: Mapping[str, str] = field(default_factory=dict)
    """Clock -> how it stood when `ObligationChanged` was last written, as a digest."""

    def with_fact(self, name: str, at: datetime) -> "Case":
        """Return the case with a fact; the earlier moment stays."""
        facts = {**self.facts, name: min(at, self.facts.get(name, at))}
        return Case(about=self.about, facts=facts, climbs=self.climbs, said=self.said)

    def opened(self, about: About) -> "Case":
        """Return the case with what it is about; a delivery is known by its first dispatch, not by its recall."""
        known = self.about
        if known is None or (about.act is not Act.DELIVER, about.event_id) < (
            known.act is not Act.DELIVER,
            known.event_id,
        ):
            return Case(about=about, facts=self.facts, climbs=self.climbs, said=self.said)
        return self

    def climbed(self, clock: str, climb: Climb) -> "Case":
        """Return the case with a new height on a clock's ladder."""
        return Case(about=self.about, facts=self.facts, climbs={**self.climbs, clock: climb}, said=self.said)

    def climb(self, clock: str) -> Climb:
        """Return how far a clock's ladder was climbed."""
        return self.climbs.get(clock, Climb())


def load_case(row: bytes | None) -> Case:
    """Read a row; an empty case where there is none."""
    if row is None:
        return Case()
    fields = json.loads(row)
    about = fields["about"]
    return Case(
        about=None if about is None else About(**{**about, "due_on": _day(about["due_on"]), "act": Act(about["act"])}),
        facts={name: datetime.fromisoformat(at) for name, at in fields["facts"].items()},
        climbs={clock: _climb(each) for clock, each in fields["climbs"].items()},
        said=fields["said"],
    )


def dump_case(case: Case) -> bytes:
    """Write a row; sorted, so that the same case is the same bytes."""
    return _ENCODER.encode(plain_of(Case)(case)).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _climb(fields: dict[str, Any]) -> Climb:
    at = datetime.fromisoformat(fields["at"]) if fields["at"] else None
    return Climb(**{**fields, "at": at, "told": tuple(Told(**each) for each in fields["told"])})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
