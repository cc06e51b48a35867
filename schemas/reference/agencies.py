"""The rows of the directory: agencies, levels, endpoints, successors (QCVN 102:2016, QĐ 20/2020/QĐ-TTg)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One period of one agency: the same organ_id may have several with disjoint validity."""

    organ_id: str
    """Our directory id, its identity."""

    qd20_id: str = ""
    """Its second code (QĐ 20/2020), or empty."""

    name: str
    parent: str = ""
    """organ_id of the agency above; empty = a root."""

    level: str
    """A row of levels.csv."""

    valid_from: date
    valid_to: date | None = None
    """Inclusive; None = open."""

    successor: str = ""
    """Who takes over on the day after `valid_to`; perhaps the same code."""

    working_hours: str = ""
    """A pattern of the calendar; empty = its default."""

    accepts: tuple[str, ...] = ()
    """Names of document types that it takes; empty = all."""

    max_bytes: int | None = None
    """Largest packet that it takes; None = whatever the axis takes."""

    urgent_contact: str = ""
    """Role of contacts.csv that is told of urgent documents; empty = the same as of others."""

    def valid_on(self, day: date) -> bool:
        """Tell whether this period covers the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of administration: a row, not an enum (domain: districts were abolished on 01/07/2025)."""

    level: str
    rank: int
    """1 = top; only for sorting and reports."""

    name_vi: str
    valid_from: date
    valid_to: date | None = None
    selectable: bool = True
    """False: hidden when receivers are chosen; as a receiver RECIPIENT_CLOSED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the deliveries of an agency, and of those below it without their own, are handed over."""

    endpoint_id: str
    organ_id: str
    """Its owner."""

    kind: str
    """`folder` or `webhook`."""

    address: str
    """Folder name under the delivery root, or URL."""

    mode: str
    """`pull`: the recipient fetches; `push`: the axis brings. Says who owes the transport clock."""

    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Tell whether the endpoint is used on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorRow:
    """One of several successors of an agency that was split; these rows override the column `successor`."""

    organ_id: str
    ended_on: date
    """`valid_to` of the period that ended."""

    successor: str
    rule: str
    """`seat`: documents go here; `part`: took over a part, only named; `person`: somebody must choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Who is meant by a code on a day, or why nobody."""

    agency: Agency | None
    code: str = ""
    """Empty, or RECIPIENT_UNKNOWN, RECIPIENT_AMBIGUOUS, RECIPIENT_CLOSED."""

    matched_by: str = ""
    """`organ_id`, `qd20_id`, `alias` or `short`; empty if unknown."""

    chain: tuple[str, ...] = ()
    """organ_ids of the successors walked, the last one living (unless RECIPIENT_CLOSED)."""

    candidates: tuple[str, ...] = ()
    """organ_ids between which RECIPIENT_AMBIGUOUS cannot choose."""

    notes: tuple[str, ...] = ()
    """`rerouted` (an ended code), `alias`, `short_form`."""
