"""The directory of agencies: who is meant by a code on a day, who is above, where a delivery goes; all in O(1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.ids import clean_code, code_form, expand_short
from schemas.reference.agencies import Agency, Endpoint, Level, Resolution, SuccessorRow

DAY = timedelta(days=1)
NOTES = {"alias": ("alias",), "short": ("short_form",)}


@dataclass(frozen=True, slots=True)
class Alias:
    """A code met in the field that the directory translates; two agencies make it ambiguous."""

    alias: str
    organ_id: str
    valid_from: date
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        """Tell whether the alias may be used on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A snapshot of the directory, indexed; made by `directory_files.parse_directory`."""

    periods: Mapping[str, tuple[Agency, ...]]
    """organ_id -> its periods, oldest first, disjoint."""

    by_qd20: Mapping[str, tuple[str, ...]]
    """qd20_id -> organ_ids that ever had it."""

    aliases: Mapping[str, tuple[Alias, ...]]
    levels: Mapping[str, Level]
    endpoints: Mapping[str, tuple[Endpoint, ...]]
    """organ_id -> its endpoints, disjoint in time."""

    endpoints_by_id: Mapping[str, tuple[Endpoint, ...]]

    splits: Mapping[tuple[str, date], tuple[SuccessorRow, ...]]
    """(organ_id, last day) -> successors.csv."""

    def agency(self, organ_id: str, on: date) -> Agency | None:
        """Return the agency with exactly this organ_id that is valid on the day."""
        for period in self.periods.get(organ_id, ()):
            if period.valid_from <= on and (period.valid_to is None or on <= period.valid_to):
                return period
        return None

    def last_known(self, organ_id: str, on: date) -> Agency | None:
        """Return the latest period that began on or before the day, ended or not (old registers show the old name)."""
        for period in reversed(self.periods.get(organ_id, ())):
            if period.valid_from <= on:
                return period
        return None

    def resolve(self, code: str, on: date) -> Resolution:
        """Say which agency is meant: exact, qd20, alias, short form; then the successors of an ended one."""
        wanted = clean_code(code)
        if (exact := self.agency(wanted, on)) is not None:
            return Resolution(agency=exact, matched_by="organ_id")
        named = list(self._named(wanted, on))
        for matched_by, organ_ids in named:
            living = [agency for organ_id in organ_ids if (agency := self.agency(organ_id, on))]
            if len(living) > 1:
                return _ambiguous(matched_by, living)
            if living:
                return Resolution(agency=living[0], matched_by=matched_by, notes=NOTES.get(matched_by, ()))
        for matched_by, organ_ids in named:
            ended = [period for organ_id in organ_ids if (period := self.last_known(organ_id, on))]
            if len(ended) > 1:
                return self._of_several(matched_by, ended, on)
            if ended:
                return self._successor(matched_by, ended[0], on)
        return Resolution(agency=None, code="RECIPIENT_UNKNOWN")

    def resolve_recipient(self, code: str, on: date) -> Resolution:
        """Resolve as `resolve`; an agency of a level that nobody may choose (a technical node) is RECIPIENT_CLOSED."""
        found = self.resolve(code, on)
        if found.agency and not self.selectable(found.agency):
            return Resolution(agency=None, code="RECIPIENT_CLOSED", matched_by=found.matched_by, chain=found.chain)
        return found

    def selectable(self, agency: Agency) -> bool:
        """Tell whether documents may be addressed to agencies of its level."""
        return agency.level not in self.levels or self.levels[agency.level].selectable

    def parents(self, organ_id: str, on: date) -> tuple[Agency, ...]:
        """Return the living agencies above, nearest first; an ended parent is skipped by going to *its* parent."""
        return tuple(
            period for period in self._upwards(organ_id, on) if period.organ_id != organ_id and period.valid_on(on)
        )

    def root(self, organ_id: str, on: date) -> Agency | None:
        """Return the topmost living agency above (itself, if it has no parent); None for an unknown code."""
        above = self.parents(organ_id, on)
        return above[-1] if above else self.last_known(organ_id, on)

    def endpoint_for(self, organ_id: str, on: date) -> Endpoint | None:
        """Return the agency's endpoint, or the nearest one above it; None: nobody above has one (see `Routes`)."""
        for period in self._upwards(organ_id, on):
            for endpoint in self.endpoints.get(period.organ_id, ()):
                if endpoint.valid_on(on):
                    return endpoint
        return None

    def endpoint(self, endpoint_id: str, on: date) -> Endpoint | None:
        """Return an endpoint by its id."""
        return next((each for each in self.endpoints_by_id.get(endpoint_id, ()) if each.valid_on(on)), None)

    def heirs(self, organ_id: str, on: date) -> tuple[str, ...]:
        """Return the organ_ids that answer for a code on the day: itself and the successors walked."""
        ended = self.last_known(organ_id, on)
        if ended is None or ended.valid_on(on):
            return (organ_id,)
        return (organ_id, *self._successor("organ_id", ended, on).chain)

    def succeeds(self, organ_id: str, predecessor: str, on: date) -> bool:
        """Tell whether an agency is the predecessor itself or came after it, directly or not."""
        return organ_id in self.heirs(predecessor, on)

    def _named(self, code: str, on: date) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "organ_id", (code,)
        yield "qd20_id", self.by_qd20.get(code, ())
        yield (
            "alias",
            tuple(dict.fromkeys(alias.organ_id for alias in self.aliases.get(code, ()) if alias.valid_on(on))),
        )
        if code_form(code) == "short" and (expanded := expand_short(code)):
            yield "short", (expanded,)

    def _upwards(self, organ_id: str, on: date) -> Iterator[Agency]:
        seen: set[str] = set()
        code = organ_id
        while code and code not in seen and (period := self.last_known(code, on)):
            seen.add(code)
            yield period
            code = period.parent

    def _of_several(self, matched_by: str, ended: list[Agency], on: date) -> Resolution:
        found = [self._successor(matched_by, period, on) for period in ended]
        living = {each.agency.organ_id: each for each in found if each.agency}
        if len(living) == 1:
            return next(iter(living.values()))
        return _ambiguous(matched_by, ended) if living else found[0]

    def _successor(self, matched_by: str, ended: Agency, on: date) -> Resolution:
        chain: list[str] = []
        period = ended
        seen = {(ended.organ_id, ended.valid_from)}
        while not period.valid_on(on):
            rows = self.splits.get((period.organ_id, period.valid_to or on), ())
            seat = next((row.successor for row in rows if row.rule == "seat"), "" if rows else period.successor)
            if rows and not seat:
                return Resolution(
                    agency=None,
                    code="RECIPIENT_AMBIGUOUS",
                    matched_by=matched_by,
                    chain=tuple(chain),
                    candidates=tuple(row.successor for row in rows),
                )
            following = self.last_known(seat, (period.valid_to or on) + DAY) if seat else None
            if following is None or (following.organ_id, following.valid_from) in seen:
                return Resolution(agency=None, code="RECIPIENT_CLOSED", matched_by=matched_by, chain=tuple(chain))
            seen.add((following.organ_id, following.valid_from))
            if following.organ_id != period.organ_id:
                chain.append(following.organ_id)
            period = following
        notes = (*NOTES.get(matched_by, ()), "rerouted")
        return Resolution(agency=period, matched_by=matched_by, chain=tuple(chain), notes=notes)


def _ambiguous(matched_by: str, among: list[Agency]) -> Resolution:
    return Resolution(
        agency=None,
        code="RECIPIENT_AMBIGUOUS",
        matched_by=matched_by,
        candidates=tuple(each.organ_id for each in among),
    )
