"""Announced outages in calendar.yaml: what is wrong is said with its line, and one more is added without touching another byte."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.errors import EnvironmentFaultError
from infra.outages import with_outage
from schemas.reference import UnsoundReferenceError, parse
from tests.reference_files import demo_files, present

CALENDAR = demo_files()["calendar.yaml"]
LINES = CALENDAR.count(b"\n")
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
GOOD = 'agency: 000.00.17.H53, from: "2026-11-23T08:00:00+07:00", to: "2026-11-23T15:00:00+07:00", reason: mất điện'
AGENCY, ODD = "000.00.17.H53", 'Cúp điện: "toàn phường" # không phải chú thích'


def added(content: bytes, agency: str = AGENCY, reason: str = ODD) -> bytes:
    """Return the calendar with an outage of one hour more."""
    return with_outage(content, agency, MORNING, MORNING + timedelta(hours=1), reason)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("08:00:00+07:00", "08:00:00", "BAD_VALUE", "outages[0].from"),
        ("2026-11-23T15:00:00+07:00", "mai", "BAD_VALUE", "outages[0].to"),
        ("2026-11-23T15:00:00+07:00", "2026-11-23T08:00:00+07:00", "VALIDITY_INVERTED", "outages[0]"),
        ("000.00.17.H53", "17", "CODE_MALFORMED", "outages[0].agency"),
        (", reason: mất điện", "", "MISSING_FIELD", "outages[0]"),
        ("reason", "why", "BAD_VALUE", "outages[0].why"),
    ],
)
def test_a_wrong_outage_is_a_fault_at_its_line(old: str, new: str, code: str, column: str) -> None:
    """Each with file, line, column, code and a sentence."""
    text = CALENDAR.decode() + f"outages:\n  - {{{GOOD}}}\n".replace(old, new, 1)
    value, faults = parse("calendar", {"calendar.yaml": text.encode()})

    assert None is value
    assert ("calendar.yaml", LINES + 2) == (faults[0].file, faults[0].line)
    assert (code, column) in {(each.code, each.column) for each in faults}


@pytest.mark.parametrize("end", [b"", b"\noutages: []\n", b"\noutages:  # nobody\n    - {" + GOOD.encode() + b"}\n"])
def test_one_more_leaves_every_other_byte(end: bytes) -> None:
    """No list yet, an empty one, one with a row and another indentation; a reason with quotes and a hash."""
    content = CALENDAR.replace(b"\noutages", b"\n") + end
    once = added(content)
    twice = added(once, "000.00.05.H53")
    value, faults = parse("calendar", {"calendar.yaml": twice})
    outages = present(value).outages

    assert () == faults
    assert once.startswith(CALENDAR)
    assert {AGENCY, "000.00.05.H53"} == set(outages)
    assert [(ODD, MORNING)] == [(each.reason, each.starts) for each in outages[AGENCY] if each.reason == ODD]


def test_what_is_no_outage_is_not_added() -> None:
    """It ends before it begins; a file whose list is of a form that is not extended here is left to people."""
    with pytest.raises(UnsoundReferenceError, match="VALIDITY_INVERTED"):
        with_outage(CALENDAR, AGENCY, MORNING, MORNING, "x")
    with pytest.raises(EnvironmentFaultError, match="form that is not extended"):
        added(CALENDAR + f"outages: [{{{GOOD}}}]\n".encode())
