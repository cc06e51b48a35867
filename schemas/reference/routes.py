"""Who may send to whom, and by which way: a small matrix; the first row that fits decides, no row = refused.

root: 000.00.00.H53                    # the agency whose axis this is; everything under it is ours
national: {endpoint: national, via: [000.00.01.W00]}
unknown_under_root: refuse             # or hand_to_root: the root's clerk gets it
rerouted: pass                         # or refuse: what an ended code becomes that has a successor
receiver_types: {added: 1, dropped: 0} # what ReceiverType means in an update's ReceiverList; this if left out
rules:
  - id: within-province
    from: {root: ours}                 # any of agency: [codes], level: [levels], under: [codes], root: ours|foreign
    to: {root: same}                   # `to` also knows root: same (as the sender's)
    allow: yes
    via: []                            # organ_ids between sender and recipient
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schemas.ids import clean_code, code_form
from schemas.reference.agencies import Agency, Endpoint
from schemas.reference.directory import Directory
from schemas.reference.faults import Faults
from schemas.reference.tree import Item, read_tree

MAX_RULES = 1_000
ADDED, DROPPED = 1, 0
"""`ReceiverType` where nothing else is said; the standard's text could not be read (domain §2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Which agencies a rule speaks of; empty = any."""

    agencies: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    """The agency itself or anything below it."""

    root: str = ""
    """`ours`, `foreign`, or (recipients) `same` as the sender's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRule:
    """One row of the matrix."""

    id: str
    sender: Side
    recipient: Side
    allow: bool
    via: tuple[str, ...] = ()
    """organ_ids between the sender's side and the recipient's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """A snapshot of the matrix."""

    label: str
    root: str
    """organ_id of our root."""

    national_endpoint: str
    """Endpoint id through which foreign agencies are reached; empty: none."""

    national_via: tuple[str, ...]
    unknown_under_root: str
    """`refuse` or `hand_to_root`."""

    rerouted: str
    """`pass` or `refuse`."""

    rules: tuple[RouteRule, ...]
    receiver_added: int = ADDED
    receiver_dropped: int = DROPPED
    """What `ReceiverType` says of a receiver in an update."""

    def is_ours(self, organ_id: str, directory: Directory, on: date) -> bool:
        """Tell whether an agency of the directory stands under our root."""
        root = directory.root(organ_id, on)
        return root is not None and root.organ_id == self.root

    def is_foreign_code(self, code: str) -> bool:
        """Tell whether a code that the directory does not know has a level 1 that is not ours."""
        level_1 = level_1_of(code)
        return bool(level_1) and level_1 != level_1_of(self.root)

    def rule_for(self, sender: Agency, recipient: Agency, directory: Directory, on: date) -> RouteRule | None:
        """Return the first row that fits, allowing or not; None = refused by default (ROUTE_NOT_ALLOWED)."""
        for rule in self.rules:
            if self._fits(rule.sender, sender, sender, directory, on) and self._fits(
                rule.recipient, recipient, sender, directory, on
            ):
                return rule
        return None

    def endpoint_for(self, recipient: Agency, directory: Directory, on: date) -> Endpoint | None:
        """Return its endpoint or the nearest above; for a foreign agency without one, the national axis's."""
        found = directory.endpoint_for(recipient.organ_id, on)
        if found is None and not self.is_ours(recipient.organ_id, directory, on):
            return self.national(directory, on)
        return found

    def national(self, directory: Directory, on: date) -> Endpoint | None:
        """Return the endpoint of the national axis."""
        return directory.endpoint(self.national_endpoint, on) if self.national_endpoint else None

    def hops(
        self, rule: RouteRule, sender: Agency, recipient: Agency, directory: Directory, on: date
    ) -> tuple[str, ...]:
        """Return the path: up to the first common agency (or the root), over `via`, down to the recipient."""
        up = [sender.organ_id, *(above.organ_id for above in directory.parents(sender.organ_id, on))]
        down = [recipient.organ_id, *(above.organ_id for above in directory.parents(recipient.organ_id, on))]
        common = next((code for code in up if code in down), None)
        if common:
            up, down = up[: up.index(common) + 1], down[: down.index(common)]
        return (*up, *(code for code in rule.via if code not in up and code not in down), *reversed(down))

    def _fits(self, side: Side, agency: Agency, sender: Agency, directory: Directory, on: date) -> bool:
        if side.agencies and agency.organ_id not in side.agencies:
            return False
        if side.levels and agency.level not in side.levels:
            return False
        if side.under:
            above = {agency.organ_id, *(each.organ_id for each in directory.parents(agency.organ_id, on))}
            if not above.intersection(side.under):
                return False
        if side.root == "same":
            return directory.root(agency.organ_id, on) == directory.root(sender.organ_id, on)
        return not side.root or (side.root == "ours") == self.is_ours(agency.organ_id, directory, on)


def level_1_of(code: str) -> str:
    """Return the level-1 group of a code, e.g. `H53`: last in the form of 102 (and short), first in that of 2020."""
    cleaned = clean_code(code)
    form = code_form(cleaned)
    return "" if form is None else cleaned.split(".")[0 if form == "qd20" else -1]


def parse_routes(files: Mapping[str, bytes], faults: Faults) -> Routes | None:
    """Parse routes.yaml."""
    tree = read_tree("routes.yaml", files.get("routes.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(
        known=("version", "root", "unknown_under_root", "rerouted", "rules"), optional=("national", "receiver_types")
    )
    if faults:
        return None
    national = top["national"].entries(known=("endpoint",), optional=("via",)) if "national" in top else {}
    via = _codes(national["via"]) if "via" in national else ()
    kinds = top["receiver_types"].entries(known=("added", "dropped")) if "receiver_types" in top else {}
    if kinds.keys() == {"added", "dropped"} and kinds["added"].number() == kinds["dropped"].number():
        top["receiver_types"].fault("BAD_VALUE", "Một số không thể vừa là thêm vừa là bớt nơi nhận.")
    rows = top["rules"].items()
    if len(rows) > MAX_RULES:
        top["rules"].fault("BAD_VALUE", f"Có hơn {MAX_RULES} quy tắc.")
    rules = [_rule(item) for item in rows[:MAX_RULES]]
    for twice in {rule.id for rule in rules if [each.id for each in rules].count(rule.id) > 1}:
        top["rules"].fault("BAD_VALUE", f"Quy tắc {twice} có hai lần.")
    return Routes(
        label=top["version"].text(),
        root=top["root"].agency_code(),
        national_via=via,
        national_endpoint=national["endpoint"].text() if "endpoint" in national else "",
        unknown_under_root=top["unknown_under_root"].choice(("refuse", "hand_to_root")),
        rerouted=top["rerouted"].choice(("pass", "refuse")),
        rules=tuple(rules),
        receiver_added=kinds["added"].number() if "added" in kinds else ADDED,
        receiver_dropped=kinds["dropped"].number() if "dropped" in kinds else DROPPED,
    )


def _rule(item: Item) -> RouteRule:
    keys = item.entries(known=("id", "from", "to", "allow"), optional=("via", "note"))
    return RouteRule(
        id=keys["id"].text() if "id" in keys else "",
        sender=_side(keys["from"], ("ours", "foreign")) if "from" in keys else Side(),
        recipient=_side(keys["to"], ("ours", "foreign", "same")) if "to" in keys else Side(),
        allow="allow" in keys and keys["allow"].yes(),
        via=_codes(keys["via"]) if "via" in keys else (),
    )


def _side(item: Item, roots: tuple[str, ...]) -> Side:
    keys = item.entries(optional=("agency", "level", "under", "root"))
    return Side(
        agencies=_codes(keys["agency"]) if "agency" in keys else (),
        levels=keys["level"].texts() if "level" in keys else (),
        under=_codes(keys["under"]) if "under" in keys else (),
        root=keys["root"].choice(roots) if "root" in keys else "",
    )


def _codes(item: Item) -> tuple[str, ...]:
    return tuple(each.agency_code() for each in item.items())
