"""Parses sla.yaml -> `SlaRules`, with a fault for everything that is not as the rules are written."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from schemas.reference.faults import Faults
from schemas.reference.moments import Due, Moment, Wall, Working, WorkingDay, read_moment, read_span
from schemas.reference.sla import (
    OUTAGE,
    AxisDesk,
    Clock,
    LadderException,
    LadderStep,
    Moments,
    Override,
    Party,
    Pause,
    RequiredWarning,
    SlaRules,
    Urgency,
)
from schemas.reference.tree import Item, read_tree

STATUS_CODES = tuple(f"{code:02}" for code in range(1, 17))
"""Those of edXML that were never seen (07-12, 14) as well: what agencies agree to mean by one is data (domain §2.1)."""

FACTS = ("signed_at", "submitted", "signed", "refused", "dispatched", "received", "take_back_asked", *STATUS_CODES)
DEBTORS = ("axis", "sender", "recipient")
PARTIES = ("self", "parent", "sender", "recipient", "axis")
THREE = ("target", "warn", "breach")
MAX_PRIORITY = 4
ON_REWRITTEN = "true"
"""What tools that read YAML 1.1 make of the word `on` when they write the file again."""

TOP = ("version", "urgency", "clocks", "pauses", "ladder", "warnings", "repeat", "quiet", "axis")


def parse_sla(files: Mapping[str, bytes], faults: Faults) -> SlaRules | None:
    """Parse sla.yaml; None if anything essential is missing."""
    tree = read_tree("sla.yaml", files.get("sla.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(known=TOP, optional=("overrides",))
    if faults:
        return None
    urgency = _urgency(top["urgency"])
    if urgency is None:
        return None
    classes = urgency.classes
    clocks = _clocks(top["clocks"], classes)
    names = tuple(clocks)
    ladder = top["ladder"].entries(known=classes, optional=("exceptions",))
    exceptions = ladder.pop("exceptions", None)
    return SlaRules(
        label=top["version"].text(),
        urgency=urgency,
        clocks=clocks,
        pauses=tuple(_pause(item, names) for item in top["pauses"].items()),
        ladder={name: _ladder(item) for name, item in ladder.items()},
        exceptions=tuple(_exception(item, names) for item in exceptions.items()) if exceptions else (),
        warnings={name: _warning(name, item, classes, names) for name, item in top["warnings"].entries().items()},
        repeat={name: _span(item) for name, item in top["repeat"].entries(known=classes).items()},
        quiet={
            name: item.choice(("outside_working_hours", "never"))
            for name, item in top["quiet"].entries(known=classes).items()
        },
        axis=_axis(top["axis"]),
        overrides=tuple(_override(item, classes, names) for item in top["overrides"].items())
        if "overrides" in top
        else (),
    )


def _urgency(item: Item) -> Urgency | None:
    keys = item.entries(known=("classes", "priority", "absent", "lanes"))
    if item.faults:
        return None
    classes = keys["classes"].texts()
    if not classes or len(set(classes)) != len(classes):
        keys["classes"].fault("BAD_VALUE", "Cần ít nhất một mức khẩn, mỗi mức một lần.")
        return None
    by_priority = {}
    for key, value in keys["priority"].entries().items():
        if not (key.isascii() and key.isdigit() and int(key[:9]) <= MAX_PRIORITY):
            value.fault("BAD_VALUE", f"Priority của edXML là số từ 0 đến {MAX_PRIORITY}.")
            continue
        by_priority[int(key)] = value.choice(classes)
    lanes = {name: lane.number(0, 99) for name, lane in keys["lanes"].entries(known=classes).items()}
    return Urgency(classes=classes, by_priority=by_priority, absent=keys["absent"].choice(classes), lanes=lanes)


def _clocks(item: Item, classes: Collection[str]) -> dict[str, Clock]:
    clocks: dict[str, Clock] = {}
    for each in item.items():
        keys = each.entries()
        spread = ("all",) if "all" in keys else tuple(classes)
        keys = each.entries(known=("id", "starts", "stops", "owes", "alert", "basis", *spread))
        if not all(key in keys for key in ("id", "starts", "stops", "owes", "alert", "basis", *spread)):
            continue
        moments = {name: _moments(keys[name]) for name in spread}
        clock = Clock(
            id=keys["id"].text(),
            starts=keys["starts"].choice(FACTS),
            stops=_facts(keys["stops"]),
            owes=_owes(keys["owes"]),
            alert=keys["alert"].text(),
            basis=keys["basis"].choice(("law", "choice")),
            moments={name: moments[name if name in moments else "all"] for name in classes},
        )
        if clock.id in clocks:
            keys["id"].fault("BAD_VALUE", f"Đồng hồ {clock.id} có hai lần.")
        clocks[clock.id] = clock
    return clocks


def _facts(item: Item) -> tuple[str, ...]:
    return tuple(each.choice(FACTS) for each in item.items())


def _owes(item: Item) -> dict[str, str]:
    if item.is_text():
        debtor = item.choice(DEBTORS)
        return {"push": debtor, "pull": debtor}
    return {mode: each.choice(DEBTORS) for mode, each in item.entries(known=("push", "pull")).items()}


def _moments(item: Item) -> Moments:
    keys = item.entries(known=THREE)
    found = {name: read_moment(keys[name]) if name in keys else None for name in THREE}
    return Moments(target=found["target"], warn=found["warn"], breach=found["breach"])


def _pause(item: Item, clocks: Collection[str]) -> Pause:
    keys = item.entries(known=("clock", "from", "to"), optional=("at_most",))
    began, ended = OUTAGE
    away = "from" in keys and keys["from"].is_text() and keys["from"].text() == began
    if away and "to" in keys and keys["to"].texts() != (ended,):
        keys["to"].fault("BAD_VALUE", f"{began} chỉ đi với to: [{ended}].")
    stops = (ended,) if away else _facts(keys["to"]) if "to" in keys else ()
    return Pause(
        clock=keys["clock"].choice(clocks) if "clock" in keys else "",
        starts=began if away else keys["from"].choice((*FACTS, began)) if "from" in keys else "",
        stops=stops,
        at_most=_span(keys["at_most"]) if "at_most" in keys else None,
    )


def _parties(item: Item) -> tuple[Party, ...]:
    parties = []
    for each in item.items():
        keys = each.entries(known=("of", "role"))
        if "of" in keys and "role" in keys:
            parties.append(Party(of=keys["of"].choice(PARTIES), role=keys["role"].text()))
    return tuple(parties)


def _ladder(item: Item) -> tuple[LadderStep, ...]:
    steps: list[LadderStep] = []
    for each in item.items():
        keys = each.entries(known=("step", "to"), optional=("when", "after_breach"))
        if ("when" in keys) == ("after_breach" in keys):
            each.fault("BAD_VALUE", "Mỗi bước cần đúng một trong hai: when hoặc after_breach.")
        number = keys["step"].number(0, 99) if "step" in keys else 0
        if steps and number <= steps[-1].step:
            each.fault("BAD_VALUE", "Các bước phải đánh số tăng dần.")
        steps.append(
            LadderStep(
                step=number,
                when=keys["when"].choice(("warn", "breach")) if "when" in keys else "",
                after_breach=_span(keys["after_breach"]) if "after_breach" in keys else None,
                to=_parties(keys["to"]) if "to" in keys else (),
            )
        )
    return tuple(steps)


def _span(item: Item) -> Moment:
    match read_moment(item):
        case Wall() | Working() as moment:
            return moment
        case WorkingDay() | Due() | None:
            item.fault("BAD_VALUE", "Chỗ này phải là {wall: …} hoặc {working: …}.")
            return Wall(timedelta(0))


def _exception(item: Item, clocks: Collection[str]) -> LadderException:
    keys = item.entries(known=("clock", "owes", "ladder"))
    return LadderException(
        clock=keys["clock"].choice(clocks) if "clock" in keys else "",
        owes=keys["owes"].choice(DEBTORS) if "owes" in keys else "",
        ladder=_ladder(keys["ladder"]) if "ladder" in keys else (),
    )


def _warning(name: str, item: Item, classes: Collection[str], clocks: Collection[str]) -> RequiredWarning:
    keys = item.entries(optional=("on", "to", "digest", "clock", "clocks", "use", ON_REWRITTEN))
    if ON_REWRITTEN in keys:
        keys.setdefault("on", keys[ON_REWRITTEN])
    if "use" in keys:
        keys["use"].choice(("ladder",))
    named = [keys["clock"]] if "clock" in keys else keys["clocks"].items() if "clocks" in keys else []
    if not named and "on" not in keys:
        item.fault("MISSING_FIELD", "Cần on, clock hoặc clocks.")
    return RequiredWarning(
        name=name,
        on=keys["on"].choice(FACTS) if "on" in keys else "",
        clocks=tuple(each.choice(clocks) for each in named),
        to=_parties(keys["to"]) if "to" in keys else (),
        digest={key: read_span(each) for key, each in keys["digest"].entries(known=classes).items()}
        if "digest" in keys
        else {},
    )


def _axis(item: Item) -> AxisDesk:
    keys = item.entries(known=("agency", "role"))
    return AxisDesk(
        agency=keys["agency"].agency_code() if "agency" in keys else "",
        role=keys["role"].text() if "role" in keys else "",
    )


def _override(item: Item, classes: Collection[str], clocks: Collection[str]) -> Override:
    keys = item.entries(known=("clock",), optional=("agency", "level", "document_type", "urgency", *THREE))
    if not any(name in keys for name in THREE):
        item.fault("MISSING_FIELD", "Cần target, warn hoặc breach.")
    return Override(
        clock=keys["clock"].choice(clocks) if "clock" in keys else "",
        agency=keys["agency"].agency_code() if "agency" in keys else "",
        level=keys["level"].text() if "level" in keys else "",
        document_type=keys["document_type"].text() if "document_type" in keys else "",
        urgency=keys["urgency"].choice(classes) if "urgency" in keys else "",
        moments={name: read_moment(keys[name]) for name in THREE if name in keys},
    )
