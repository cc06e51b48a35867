"""One round: fetch every source, check what it gave, publish what is new as one snapshot.

The pack is stored before it is announced, and one event announces all of it: nobody ever decides by half of a round.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from connectors.trust.checks import Fault, Known, authorities_of, expired, outdated, read, unfit
from connectors.trust.keeping import in_force_together
from connectors.trust.sources import Fetched, NotFetched, fetch
from schemas.reference import Reference, RevocationLists

Publish = Callable[[Mapping[str, bytes]], object]
"""Puts a snapshot (path -> bytes) in force."""


class Became(StrEnum):
    """What became of a list."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    """The same source has a newer one; kept only if it says more."""

    REFUSED = "refused"
    NOT_FETCHED = "not_fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One list of one source."""

    source: str
    became: Became
    issuer: str = ""
    number: int | None = None
    next_update: datetime | None = None
    why: str = ""
    """A `Fault`, or what the source said."""


def round_of(sources: Sequence[str], reference: Reference, now: datetime, publish: Publish) -> list[Outcome]:
    """Do a round; what `publish` raises goes through, and then nothing was changed."""
    desk = _Desk(authorities=authorities_of(reference.trust), known=known_of(reference.crl), now=now)
    before = {each.der for each in desk.known}
    fetched = [(each, read(each.der) if isinstance(each, Fetched) else None) for each in fetch(sources)]
    outcomes = [desk.look(each, found, _newer(found, each.given, fetched)) for each, found in fetched]
    together = in_force_together(desk.known)
    if set(together.values()) != before:
        publish(together)
    return outcomes


def known_of(lists: RevocationLists | None) -> list[Known]:
    """Read the lists of a snapshot; one that cannot be read answers nothing, so nothing is lost with it."""
    return [known for each in (lists.lists if lists else ()) if (known := read(each.der)) is not None]


def _newer(found: Known | None, given: str, fetched: Iterable[tuple[Fetched | NotFetched, Known | None]]) -> bool:
    """Tell whether the same source has a newer list: a folder may hold the old ones as well."""
    return found is not None and any(
        other is not None
        and each.given == given
        and other.scope == found.scope
        and other.crl.last_update_utc > found.crl.last_update_utc
        for each, other in fetched
    )


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What a round goes by, and what it found so far."""

    authorities: list[x509.Certificate]
    known: list[Known]
    now: datetime

    def look(self, each: Fetched | NotFetched, found: Known | None, superseded: bool) -> Outcome:  # noqa: FBT001 - one caller
        """Decide on a list, and keep it if it is good."""
        if isinstance(each, NotFetched):
            return Outcome(source=each.source, became=Became.NOT_FETCHED, why=each.why)
        if found is None:
            return Outcome(source=each.source, became=Became.REFUSED, why=Fault.UNREADABLE)
        if any(other.der == found.der for other in self.known):
            return _outcome(each, found, Became.UNCHANGED)
        fault = unfit(found, self.authorities, self.now)
        if fault is None and not superseded:
            fault = outdated(found, self.known)
        if fault is not None:
            return _outcome(each, found, Became.REFUSED, fault)
        self.known.append(found)
        late = Fault.EXPIRED if expired(found, self.now) else ""
        return (
            _outcome(each, found, Became.SUPERSEDED, "")
            if superseded
            else _outcome(each, found, Became.PUBLISHED, late)
        )


def _outcome(each: Fetched, found: Known, became: Became, why: str = "") -> Outcome:
    return Outcome(
        source=each.source,
        became=became,
        issuer=found.crl.issuer.rfc4514_string(),
        number=found.number,
        next_update=found.crl.next_update_utc,
        why=why,
    )
