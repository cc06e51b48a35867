"""Where a document goes, recipient by recipient: resolve, gather, allow, find the endpoint and the path (domain §6.1).

Pure: the router and the command `route` both call `plan`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from processors.routing.capabilities import not_taken
from processors.routing.paper import paper_of
from processors.routing.receivers import codes_of, dropped_of
from schemas.events import Envelope
from schemas.ids import clean_code, expand_short
from schemas.reference import Agency, Directory, Reference, Routes
from schemas.reference.made_once import MadeOnce

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days are Vietnamese days where no calendar says otherwise."""

MAX_WAYS = 50_000
"""Ways kept of one bundle; codes that nobody knows must not fill the memory."""

TO_ROOT = "handed_to_root:"
"""Note on a delivery that the root takes for a code nobody knows."""


def here(reference: Reference, now: datetime) -> date:
    """Return the local day of a moment: the dispatch day, on which codes are resolved."""
    return now.astimezone(reference.calendar.zone if reference.calendar else HERE).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One recipient that gets the document."""

    recipient: str
    """organ_id as resolved."""

    addressed: tuple[str, ...]
    """The code or codes of the packet that mean it."""

    endpoint: str
    """Endpoint id; empty: nobody up to the root has one."""

    endpoint_owner: str = ""
    mode: str = "pull"
    hops: tuple[str, ...]
    rule: str
    notes: tuple[str, ...] = ()

    @property
    def handed_to_root(self) -> tuple[str, ...]:
        """Return the unknown codes for which the root takes the document."""
        return tuple(note.removeprefix(TO_ROOT) for note in self.notes if note.startswith(TO_ROOT))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRouted:
    """One recipient code that leads nowhere."""

    addressed: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of every recipient code of a packet: each is in exactly one delivery or refusal."""

    deliveries: tuple[Delivery, ...] = ()
    refusals: tuple[NotRouted, ...] = ()

    def reachable(self) -> "Plan":
        """Return the plan with every delivery that has no endpoint refused."""
        lost = (way.addressed for way in self.deliveries if not way.endpoint)
        refusals = (NotRouted(addressed=code, code="RECIPIENT_NO_ENDPOINT") for codes in lost for code in codes)
        ways = tuple(way for way in self.deliveries if way.endpoint)
        return Plan(deliveries=ways, refusals=(*self.refusals, *refusals))


@dataclass(frozen=True, slots=True)
class _Meant:
    agency: Agency | None
    code: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """What every document of one sender to one code has in common on a day."""

    delivery: Delivery | NotRouted
    agency: Agency | None = None

    def for_packet(self, envelope: Envelope, size: int, reference: Reference) -> Delivery | NotRouted:
        """Return the way, or why this packet may not go it."""
        if self.agency is None or isinstance(self.delivery, NotRouted):
            return self.delivery
        why = not_taken(self.agency, envelope, size, reference)
        return NotRouted(addressed=self.delivery.addressed[0], code=why) if why else self.delivery


def _nothing(_reference: Reference) -> dict[tuple[str, str, date, date], _Way]:
    return {}


_WAYS = MadeOnce(_nothing)
"""Ways by the bundle asked about last: a day's documents go to few agencies."""


def plan(envelope: Envelope, sender: Agency, reference: Reference, on: date, *, size: int = 0) -> Plan:
    """Decide for every recipient of a packet of `size` bytes; two codes of one agency make one delivery that lists both."""
    directory, routes = reference.directory, reference.routes
    if directory is None or routes is None:  # fail closed: nothing that was never published allows anything
        return Plan(refusals=tuple(NotRouted(addressed=code, code="ROUTE_NOT_ALLOWED") for code in envelope.recipients))
    paper, ways = _paper_note(envelope, reference), _WAYS.of(reference)
    if len(ways) > MAX_WAYS:
        ways.clear()
    found: dict[str, Delivery] = {}
    refusals: list[NotRouted] = []
    dropped = dropped_of(envelope, reference, on) if envelope.receivers else ()
    for code in dict.fromkeys(codes_of(envelope, reference)):
        asked = (code, sender.organ_id, sender.valid_from, on)
        if (known_way := ways.get(asked)) is None:
            known_way = ways[asked] = _way_or_why(code, sender, directory, routes, on)
        way = known_way.for_packet(envelope, size, reference)
        if isinstance(way, NotRouted):
            refusals.append(way)
        elif way.recipient in dropped:  # by another of its codes
            continue
        elif (known := found.get(way.recipient)) is not None:
            notes = tuple(dict.fromkeys((*known.notes, *way.notes)))
            found[known.recipient] = replace(known, addressed=(*known.addressed, code), notes=notes)
        else:
            found[way.recipient] = replace(way, notes=(*way.notes, *paper)) if paper else way
    return Plan(deliveries=tuple(found.values()), refusals=tuple(refusals))


def _way_or_why(code: str, sender: Agency, directory: Directory, routes: Routes, on: date) -> _Way:
    """Decide for one code alone."""
    meant = _meant(code, directory, routes, on)
    if meant.agency is None:
        return _Way(NotRouted(addressed=code, code=meant.code))
    way = _way(code, meant, sender, directory, routes=routes, on=on)
    return _Way(NotRouted(addressed=code, code="ROUTE_NOT_ALLOWED") if way is None else way, meant.agency)


def _meant(code: str, directory: Directory, routes: Routes, on: date) -> _Meant:
    """Say which agency gets what is addressed to a code, or why none does."""
    found = directory.resolve_recipient(code, on)
    if found.agency is not None:
        if "rerouted" in found.notes and routes.rerouted == "refuse":
            return _Meant(None, "RECIPIENT_CLOSED")
        return _Meant(found.agency, notes=tuple(f"{note}:{code}" for note in found.notes))
    if found.code != "RECIPIENT_UNKNOWN":
        return _Meant(None, found.code)
    if routes.is_foreign_code(code) and routes.national(directory, on) is not None:
        organ_id = expand_short(clean_code(code)) or clean_code(code)
        stranger = Agency(organ_id=organ_id, name="", level="", valid_from=on)  # the national axis knows it, or refuses
        return _Meant(stranger, notes=(f"not_in_directory:{code}",))
    root = directory.agency(routes.root, on)
    if routes.unknown_under_root == "hand_to_root" and root is not None and not routes.is_foreign_code(code):
        return _Meant(root, notes=(f"{TO_ROOT}{code}",))
    return _Meant(None, "RECIPIENT_UNKNOWN")


def _way(
    code: str, meant: _Meant, sender: Agency, directory: Directory, *, routes: Routes, on: date
) -> Delivery | None:
    """Return the delivery if a row of `routes` allows it."""
    recipient = meant.agency
    rule = routes.rule_for(sender, recipient, directory, on) if recipient else None
    if recipient is None or rule is None or not rule.allow:
        return None
    endpoint = routes.endpoint_for(recipient, directory, on)
    if endpoint is not None and endpoint.endpoint_id == routes.national_endpoint and not rule.via:
        rule = replace(rule, via=routes.national_via)
    return Delivery(
        recipient=recipient.organ_id,
        addressed=(code,),
        endpoint=endpoint.endpoint_id if endpoint else "",
        endpoint_owner=endpoint.organ_id if endpoint else "",
        mode=endpoint.mode if endpoint else "pull",
        hops=routes.hops(rule, sender, recipient, directory, on),
        rule=rule.id,
        notes=meant.notes,
    )


def _paper_note(envelope: Envelope, reference: Reference) -> tuple[str, ...]:
    """Note a paper copy that this type of document does without (CV 2887/VPCP-KSTT); never a refusal."""
    return ("paper_not_needed",) if envelope.paper and not paper_of(envelope, reference).needed else ()
