"""The SLA rules as values: clocks, pauses, ladder, warnings, overrides (what sla.yaml says; NĐ 30/2020, CV 2887)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from schemas.reference.moments import Moment

DEFAULT_MODE = "pull"
"""Transport is owed by the recipient where nothing says push."""

OUTAGE = ("outage_began", "outage_ended")
"""What a pause is from and to that stands for the debtor's own announced outages (`outages` of calendar.yaml)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The three moments of a clock; None = there is no such moment."""

    target: Moment | None
    warn: Moment | None
    breach: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One duty that is timed."""

    id: str
    starts: str
    """The fact that starts it: `submitted`, `signed_at`, `dispatched`, `received`, `take_back_asked`, a status code."""

    stops: tuple[str, ...]
    owes: Mapping[str, str]
    """Delivery mode (`push`, `pull`) -> `axis`, `sender` or `recipient`."""

    alert: str
    """The kind of the alert it raises."""

    basis: str
    """`law` or `choice`."""

    moments: Mapping[str, Moments]
    """Urgency class -> moments."""

    def owed_by(self, mode: str = "") -> str:
        """Return who owes: `axis`, `sender` or `recipient`."""
        return self.owes.get(mode) or self.owes[DEFAULT_MODE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A clock stands still from one fact to another."""

    clock: str
    starts: str
    stops: tuple[str, ...]
    at_most: Moment | None = None
    """So long (`Wall` or `Working`) at most, answered or not; None = until it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who is told, relative to the agency that owes."""

    of: str
    """`self`, `parent`, `sender`, `recipient` or `axis`."""

    role: str
    """A role of contacts.csv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One step of the escalation."""

    step: int
    when: str = ""
    """`warn` or `breach`; empty: `after_breach` says when."""

    after_breach: Moment | None = None
    to: tuple[Party, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderException:
    """Another ladder for a clock that a certain side owes."""

    clock: str
    owes: str
    ladder: tuple[LadderStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredWarning:
    """One of the three warnings that CV 2887/VPCP-KSTT demands."""

    name: str
    on: str = ""
    """The fact that raises it; empty: the clocks' ladder does."""

    clocks: tuple[str, ...] = ()
    to: tuple[Party, ...] = ()
    digest: Mapping[str, timedelta] = field(default_factory=dict)
    """Urgency class -> mails are gathered for so long; zero = at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Other moments for some agency, level, document type or urgency; empty = any."""

    clock: str
    agency: str = ""
    level: str = ""
    document_type: str = ""
    """A TypeName, compared without case."""

    urgency: str = ""
    moments: Mapping[str, Moment | None]
    """`target`, `warn`, `breach`: only those it changes."""

    def matches(self, clock: str, urgency: str, agency: str, level: str, document_type: str) -> bool:
        """Tell whether it speaks of such a delivery."""
        asked = (urgency, agency, level, document_type.casefold())
        mine = (self.urgency, self.agency, self.level, self.document_type.casefold())
        return self.clock == clock and all(want in ("", have) for want, have in zip(mine, asked, strict=True))

    @property
    def weight(self) -> tuple[int, bool, bool, bool]:
        """How specific it is: the number of conditions, then agency before document type before level."""
        return (
            sum(map(bool, (self.agency, self.level, self.document_type, self.urgency))),
            bool(self.agency),
            bool(self.document_type),
            bool(self.level),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """edXML's Priority and the urgency classes."""

    classes: tuple[str, ...]
    """From the least urgent."""

    by_priority: Mapping[int, str]
    absent: str
    lanes: Mapping[str, int]
    """Class -> lane; a higher one is served first."""

    def of(self, priority: int | None) -> str:
        """Return the class of a Priority; that of an absent one where it is unknown."""
        return self.absent if priority is None else self.by_priority.get(priority, self.absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisDesk:
    """The agency and role that stand for the axis."""

    agency: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRules:
    """A snapshot of the SLA rules."""

    label: str
    urgency: Urgency
    clocks: Mapping[str, Clock]
    pauses: tuple[Pause, ...]
    ladder: Mapping[str, tuple[LadderStep, ...]]
    """Urgency class -> steps in order."""

    exceptions: tuple[LadderException, ...]
    warnings: Mapping[str, RequiredWarning]
    repeat: Mapping[str, Moment]
    """Urgency class -> how long after the last step it is raised again (`Wall` or `Working`)."""

    quiet: Mapping[str, str]
    """Urgency class -> `outside_working_hours` or `never`."""

    axis: AxisDesk
    overrides: tuple[Override, ...] = ()

    def moments_for(
        self, clock: str, urgency: str, *, agency: str = "", level: str = "", document_type: str = ""
    ) -> Moments:
        """Return a clock's moments; of the overrides that match the most specific wins, moment by moment."""
        moments = self.clocks[clock].moments[urgency]
        fitting = [each for each in self.overrides if each.matches(clock, urgency, agency, level, document_type)]
        for override in sorted(fitting, key=lambda each: each.weight):
            moments = replace(moments, **override.moments)
        return moments

    def ladder_for(self, clock: str, owes: str, urgency: str) -> tuple[LadderStep, ...]:
        """Return the steps for a clock that `owes` (axis, sender, recipient) owes."""
        special = (each.ladder for each in self.exceptions if each.clock == clock and each.owes == owes)
        return next(special, self.ladder[urgency])

    def pauses_of(self, clock: str) -> tuple[Pause, ...]:
        """Return what makes a clock stand still."""
        return tuple(pause for pause in self.pauses if pause.clock == clock)
