"""The demo province: its agencies and client systems, who plays which part, and the test PKI that vouches for them."""

import csv
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from infra.demo.plan import Cast, Habit
from infra.pki import Pki
from infra.settings import Settings

REFERENCE = Path(__file__).with_name("reference")
"""Reference data of the province, laid out as `--reference DIR` wants it, without trust/ and crl/ (the PKI's)."""

NATIONAL = "national"
"""Address of the national axis, through which ministries send and receive here."""

SENDERS = (
    "000.00.00.H53", "000.00.01.H53", "000.00.02.H53", "000.00.03.H53", "000.00.06.H53", "000.00.09.H53", "000.00.11.H53",
    "000.00.17.H53", "000.21.30.H53", "000.21.34.H53", "000.00.40.H53", "000.00.53.H53",
    "000.00.00.G12", "000.00.00.G22",
)  # fmt: skip
"""Province office, departments, communes (one without a system of its own), and two ministries."""

HABITS = {
    "05.H53": Habit.PROMPT,  # a department under the short form of its code
    "000.00.02.H53": Habit.PROMPT,
    "000.00.09.H53": Habit.PROMPT,
    "000.00.11.H53": Habit.PROMPT,
    "000.00.17.H53": Habit.PROMPT,
    "000.00.32.H53": Habit.PROMPT,  # a former district: its commune of today receives
    "000.21.30.H53": Habit.PROMPT,
    "000.21.35.H53": Habit.PROMPT,  # shares the province's system
    "000.00.40.H53": Habit.PROMPT,
    "000.00.43.H53": Habit.PROMPT,
    "000.00.00.G06": Habit.PROMPT,
    "000.00.03.H53": Habit.SLOW,
    "000.00.45.H53": Habit.SLOW,
    "000.21.31.H53": Habit.SILENT,
    "000.00.18.H53": Habit.REFUSES,
}
"""Recipients, by the code they are addressed with."""

ABROAD = frozenset({"000.00.00.G06", "000.00.00.G12", "000.00.00.G22"})
"""On the other side of the national axis; they do not write to each other through a province."""


def cast() -> Cast:
    """Return who plays."""
    return Cast(senders=SENDERS, recipients=tuple(HABITS), habits=HABITS, abroad=ABROAD)


@cache
def agencies() -> Mapping[str, str]:
    """Return organ_id -> name."""
    return {row["organ_id"]: row["name"] for row in _rows("agencies.csv")}


@cache
def addresses() -> Mapping[str, str]:
    """Return organ_id -> address of the client system that hands packets over for it, a system of its own before a shared one."""
    found: dict[str, str] = {}
    named = {row["identity"]: row["organ_ids"].split(";") for row in _rows("identities.csv") if row["kind"] == "folder"}
    own = {row["address"]: row["organ_id"] for row in _rows("endpoints.csv") if row["kind"] == "folder"}
    for address in own:
        found |= {organ_id: address for organ_id in named.get(address, ()) if organ_id not in found}
    return found | {organ_id: address for address, organ_id in own.items()}


def folder_addresses() -> tuple[str, ...]:
    """Return the address of every folder endpoint."""
    return tuple(row["address"] for row in _rows("endpoints.csv") if row["kind"] == "folder")


@cache
def client_names() -> tuple[str, ...]:
    """Return the clients of the HTTP API that the province's identities know."""
    return tuple(row["identity"] for row in _rows("identities.csv") if row["kind"] == "client")


def axis_key_of(settings: Settings) -> Path:
    """Return the file with which the demo's axis signs; it is there as soon as the PKI is."""
    return settings.var / "pki" / "keys" / "axis.pem"


def open_pki(settings: Settings, at: datetime) -> Pki:
    """Open the province's PKI for a day; it is made where there is none."""
    return Pki.open(settings.var / "pki", at=at, agencies=agencies())


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))
