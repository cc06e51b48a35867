"""Other provinces for `lienthong deadline`: seeded sla.yaml, calendar.yaml, agencies and contacts in the demo's format, and questions at edges."""

import csv
import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from infra.demo.province import REFERENCE
from tests.core.deadline_oracle import WEEK, Hours

HOURS = (
    [["07:30", "11:30"], ["13:00", "17:00"]],
    [["09:15", "18:45"]],
    [["08:00", "12:00"], ["13:00", "17:00"], ["18:00", "20:00"]],
    [["06:00", "10:37"], ["10:38", "14:01"]],
    [["00:00", "08:00"], ["16:00", "24:00"]],
)
HALF, ALWAYS = [["07:30", "11:30"]], [["00:00", "24:00"]]
ZONES = ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh", "Asia/Kathmandu", "UTC", "America/Sao_Paulo", "Pacific/Kiritimati")
CLASSES = ("normal", "khan", "thuong_khan", "hoa_toc")
ROOT, AXIS = "000.00.00.H77", "H77.TR.001"
OWN = (AXIS, "000.00.01.H77", "000.00.02.H77", "000.01.01.H77")
TYPES = ("Quyết định", "Công văn")
ROLES = ("clerk", "head_of_office", "axis_operator")
PARTIES = (
    ("self", "clerk"),
    ("self", "head_of_office"),
    ("sender", "clerk"),
    ("parent", "clerk"),
    ("axis", "axis_operator"),
)


def made(chance: random.Random, folder: Path) -> None:
    """Write a reference folder."""
    shutil.copytree(REFERENCE, folder)
    for file in ("aliases.csv", "endpoints.csv", "successors.csv"):
        header, _, _ = (REFERENCE / file).read_text("utf-8").partition("\n")
        (folder / file).write_text(header + "\n", "utf-8")
    for name, content in (("calendar.yaml", _calendar(chance)), ("sla.yaml", _sla(chance))):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    patterns = ("office", "other", "duty", "")
    agencies = [
        {"organ_id": each, "qd20_id": each if each == AXIS else "", "name": each, "valid_from": "2010-01-01"}
        | {"parent": "" if each == ROOT else "000.00.01.H77" if each == OWN[3] else ROOT}
        | {"level": "province" if each == ROOT else "department", "working_hours": chance.choice(patterns)}
        for each in (ROOT, *OWN)
    ]
    for number, each in enumerate(agencies):
        each["qd20_id"] = each["qd20_id"] or f"H77.X{number}"
    _table(folder / "agencies.csv", agencies, "valid_to", "successor")
    contacts: list[dict[str, str]] = []
    for each in agencies:
        for role in ROLES:
            changed = date(2018, 1, 1) + timedelta(days=chance.randrange(4700))
            whole = {"organ_id": each["organ_id"], "role": role, "mailbox": "a@x.example"}
            old = whole | {"name": f"Cũ {len(contacts)}", "valid_to": changed.isoformat()}
            new = whole | {"name": f"Mới {len(contacts)}", "valid_from": (changed + timedelta(days=1)).isoformat()}
            contacts += chance.choice([[], [old], [new], [old, new], [whole | {"name": f"Một {len(contacts)}"}]])
    contacts.append({"organ_id": AXIS, "role": "axis_operator", "mailbox": "b@x.example", "name": "Trực"})
    _table(folder / "contacts.csv", contacts, "title", "unit", "mobile", "valid_from", "valid_to")


def asked(chance: random.Random, calendar: dict[str, Any]) -> dict[str, Any]:
    """Return a question at an edge: of hours, lunch, closing, holidays, years; with any offset."""
    hours = Hours(calendar, chance.choice(list(calendar["patterns"])))
    near = chance.choice([*hours.rows, date(2019, 12, 31), date(2020, 2, 28), date(2027, 1, 1), date(2030, 6, 3)])
    day = near + timedelta(days=chance.randrange(-2, 3))
    edges = [edge for span in hours.of(day) for edge in span] or [0, 720]
    minute = chance.choice([*edges, chance.randrange(1440)]) + chance.choice([0, 0, -1, 1])
    start = datetime(day.year, day.month, day.day, tzinfo=hours.zone) + timedelta(
        minutes=minute, seconds=chance.choice([0, 0, 59])
    )
    ask: dict[str, Any] = {"clock": chance.choice(["dispatch", "transport", "intake", "assignment", "completion"])}
    ask |= {"start": start.astimezone(chance.choice([UTC, hours.zone])), "urgency": chance.choice(CLASSES)}
    ask |= {"agency": chance.choice([ROOT, *OWN]), "type": chance.choice(["", *TYPES])}
    ask |= {"sender": chance.choice(OWN)} if chance.random() < 0.7 else {}
    ask |= {"mode": chance.choice(["push", "pull"])} if chance.random() < 0.5 else {}
    ask |= {"due": day + timedelta(days=chance.choice([-9, -1, 0, 1, 3, 30]))} if chance.random() < 0.6 else {}
    return ask


def _calendar(chance: random.Random) -> dict[str, Any]:
    patterns: dict[str, Any] = {"duty": {"hours": ALWAYS, "week": dict.fromkeys(WEEK, ALWAYS), "holidays": "ignored"}}
    for name in ("office", "other"):
        hours = chance.choice(HOURS)
        week = dict.fromkeys(WEEK, hours) | {
            "fri": chance.choice([hours, HALF]),
            "sat": chance.choice([[], HALF]),
            "sun": [],
        }
        patterns[name] = {"hours": hours, "week": week, "holidays": "observed"}
    days: dict[date, Any] = {}
    for year in (2019, 2020, 2026, 2027):
        for _ in range(6):
            first = date(year, *chance.choice([(1, 1), (12, 31), (2, 28), (2, 5), (9, 2), (11, 24)]))
            kind = chance.choice(["holiday", "compensatory", "swap_off", "swap_work"])
            for ahead in range(chance.choice([1, 1, 2, 6])):
                day = first + timedelta(days=ahead)
                days[day] = {"date": day, "kind": kind, "name": "Tết", "provisional": chance.random() < 0.2}
                days[day] |= {"hours": chance.choice([HALF, *HOURS])} if chance.random() < 0.2 else {}
    return {
        "version": "x",
        "time_zone": chance.choice(ZONES),
        "patterns": patterns,
        "default_pattern": "office",
        "days": list(days.values()),
    }


def _sla(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((REFERENCE / "sla.yaml").read_text("utf-8"))
    for clock in found["clocks"]:
        for name in CLASSES if "all" not in clock else ("all",):
            clock[name] = {each: _moment(chance, due=name == "all") for each in ("target", "warn", "breach")}
    unit, way = chance.choice([10, 60, 240]), chance.choice(["wall", "working"])
    for name in CLASSES:
        later = [{"after_breach": {way: f"PT{number * unit}M"}} for number in range(1, chance.randrange(2, 5))]
        steps: list[dict[str, Any]] = [{"when": "warn"}, {"when": "breach"}, *later]
        found["ladder"][name] = [
            {
                "step": number,
                **step,
                "to": [{"of": of, "role": role} for of, role in chance.sample(PARTIES, chance.choice([1, 1, 2]))],
            }
            for number, step in enumerate(steps)
        ]
    found["overrides"] = [_override(chance) for _ in range(chance.randrange(6))]
    return found | {"axis": {"agency": AXIS, "role": "axis_operator"}}


def _override(chance: random.Random) -> dict[str, Any]:
    rule: dict[str, Any] = {"clock": chance.choice(["intake", "assignment", "dispatch"])}
    own = {
        "agency": chance.choice(OWN),
        "level": "department",
        "document_type": chance.choice(TYPES),
        "urgency": chance.choice(CLASSES),
    }
    rule |= {name: own[name] for name in chance.sample(list(own), chance.randrange(3))}
    return rule | {name: _moment(chance) for name in chance.sample(["target", "warn", "breach"], 2)}


def _moment(chance: random.Random, *, due: bool = False) -> dict[str, Any]:
    span = chance.choice(
        ["PT0S", "PT15M", "PT4H", f"PT{chance.randrange(900)}M", f"PT1H{chance.randrange(60)}M{chance.randrange(60)}S"]
    )
    at = {"at": chance.choice(["open", "close", "close", "12:00", "16:30", "00:00"])}
    at |= {"minus": span} if chance.random() < 0.4 else {}
    if due:
        return {"due": "DueDate", **at, "otherwise": chance.choice(["none", "none", {"wall": span}])}
    return chance.choice([{"wall": span}, {"working": span}, {"day": chance.choice([0, 0, 1, 2, 5]), **at}])


def _table(file: Path, rows: list[dict[str, str]], *others: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(
            out, list(dict.fromkeys([name for row in rows for name in row] + list(others))), restval=""
        )
        writer.writeheader()
        writer.writerows(rows)
