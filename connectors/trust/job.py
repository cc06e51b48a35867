"""One round: fetch every source, check what it gave, publish what is new as one snapshot.

The pack is stored before it is announced, and one event announces all of it: nobody ever decides by half of a round.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from connectors.trust.checks import Fault, Known, authorities_of, expired, outdated, read, unfit
from connectors.trust.keeping import in_force_together, newest_of_each
from connectors.trust.sources import Fetched, NotFetched, fetch
from infra.pki.series import in_words
from schemas.reference import Reference

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
    ENDED = "ended"
    """The newest list of its series in force, and past its next update: no source has given its successor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One list of one source, or one in force."""

    source: str
    """Empty: in force."""

    became: Became
    issuer: str = ""
    series: str = ""
    """What tells it from other lists of the issuer: key, distribution points, kinds of certificates."""

    number: int | None = None
    next_update: datetime | None = None
    why: str = ""
    """A `Fault`, or what the source said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What became of a round."""

    outcomes: tuple[Outcome, ...]
    """Of each list that was fetched."""

    ended: tuple[Outcome, ...]
    """Each series whose newest list is too old now."""


def round_of(sources: Sequence[str], reference: Reference, now: datetime, publish: Publish) -> Round:
    """Do a round; what `publish` raises goes through, and then nothing was changed."""
    authorities = authorities_of(reference.trust)
    desk = _Desk(authorities=authorities, known=known_of(reference), now=now)
    before = {each.der for each in desk.known}
    fetched = [(each, read(each.der, authorities) if isinstance(each, Fetched) else None) for each in fetch(sources)]
    outcomes = [desk.look(each, found, _newer(found, each.given, fetched)) for each, found in fetched]
    together = in_force_together(desk.known)
    if set(together.values()) != before:
        publish(together)
    ended = [each for each in newest_of_each(desk.known) if expired(each, now)]
    return Round(outcomes=tuple(outcomes), ended=tuple(_outcome("", each, Became.ENDED) for each in ended))


def known_of(reference: Reference) -> list[Known]:
    """Read the lists in force; one that cannot be read answers nothing, so nothing is lost with it."""
    authorities, lists = authorities_of(reference.trust), reference.crl.lists if reference.crl else ()
    return [known for each in lists if (known := read(each.der, authorities)) is not None]


def _newer(found: Known | None, given: str, fetched: Iterable[tuple[Fetched | NotFetched, Known | None]]) -> bool:
    """Tell whether the same source has a newer list: a folder may hold the old ones as well."""
    return found is not None and any(
        other is not None
        and each.given == given
        and other.series == found.series
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
            return _outcome(each.source, found, Became.UNCHANGED)
        fault = unfit(found, self.authorities, self.now)
        if fault is None and not superseded:
            fault = outdated(found, self.known)
        if fault is not None:
            return _outcome(each.source, found, Became.REFUSED, fault)
        self.known.append(found)
        late = Fault.EXPIRED if expired(found, self.now) else ""
        return (
            _outcome(each.source, found, Became.SUPERSEDED, "")
            if superseded
            else _outcome(each.source, found, Became.PUBLISHED, late)
        )


def _outcome(source: str, found: Known, became: Became, why: str = "") -> Outcome:
    return Outcome(
        source=source,
        became=became,
        issuer=found.crl.issuer.rfc4514_string(),
        series=in_words(found.crl),
        number=found.number,
        next_update=found.crl.next_update_utc,
        why=why,
    )
