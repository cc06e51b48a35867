"""sla.yaml as values: clocks, ladder, overrides; and what is not a rule is a fault at its place."""

from datetime import time, timedelta

import pytest
import yaml

from schemas.reference import parse
from schemas.reference.moments import Due, Wall, Working, WorkingDay, parse_span
from schemas.reference.sla import SlaRules
from tests.reference_files import demo, demo_files, present, sound

RULES = present(demo().sla)
SOURCE = demo_files()["sla.yaml"].decode()


def test_the_clocks_are_read() -> None:
    """The numbers of the file, as values."""
    assert ["verification", "dispatch", "transport", "intake", "assignment", "completion", "recall_answer"] == [
        *RULES.clocks
    ]
    assert WorkingDay(0, "close", timedelta(hours=2)) == RULES.moments_for("intake", "normal").warn
    assert WorkingDay(1, time(12)) == RULES.moments_for("dispatch", "normal").breach
    assert Working(timedelta(minutes=30)) == RULES.moments_for("intake", "khan").breach
    assert Due("close") == RULES.moments_for("completion", "hoa_toc").target
    assert ("received", "01", "02", "03") == RULES.clocks["transport"].stops
    assert ("axis", "recipient", "recipient") == tuple(
        RULES.clocks["transport"].owed_by(mode) for mode in ("push", "pull", "")
    )
    assert ["intake"] == [pause.clock for pause in RULES.pauses_of("intake")]


def test_the_priority_of_edxml_gives_the_class() -> None:
    """4 is legacy and read as 3; absent or unknown is normal."""
    assert ["normal", "khan", "thuong_khan", "hoa_toc", "hoa_toc", "normal", "normal"] == [
        RULES.urgency.of(priority) for priority in (0, 1, 2, 3, 4, 9, None)
    ]


def test_a_clock_of_the_axis_has_its_own_ladder() -> None:
    """What the axis owes goes to its operator first."""
    assert [0, 1] == [step.step for step in RULES.ladder_for("transport", "axis", "normal")]
    assert [0, 1, 2, 3, 4] == [step.step for step in RULES.ladder_for("transport", "recipient", "normal")]
    assert "axis_operator" == RULES.ladder_for("transport", "axis", "normal")[0].to[0].role
    assert Working(timedelta(hours=4)) == RULES.ladder["normal"][2].after_breach
    assert ("H53.SO.001", "axis_operator") == (RULES.axis.agency, RULES.axis.role)


def with_overrides(*lines: str) -> SlaRules:
    """Return the rules with some overrides."""
    text = SOURCE + "overrides:\n" + "".join(f"  - {{{line}}}\n" for line in lines)
    value = sound("sla", {"sla.yaml": text.encode()})
    assert isinstance(value, SlaRules)
    return value


def test_the_most_specific_override_wins_moment_by_moment() -> None:
    """Agency beats level; what an override does not say stays as it was."""
    rules = with_overrides(
        "clock: intake, agency: 000.00.05.H53, urgency: normal, warn: {wall: PT1M}",
        "clock: intake, level: department, warn: {wall: PT2M}, breach: {wall: PT3M}",
        "clock: transport, breach: none",
    )
    health = rules.moments_for("intake", "normal", agency="000.00.05.H53", level="department")
    other = rules.moments_for("intake", "normal", agency="000.00.06.H53", level="department")

    assert (Wall(timedelta(minutes=1)), Wall(timedelta(minutes=3))) == (health.warn, health.breach)
    assert (Wall(timedelta(minutes=2)), Wall(timedelta(minutes=3))) == (other.warn, other.breach)
    assert RULES.moments_for("intake", "normal").target == health.target
    assert rules.moments_for("transport", "normal").breach is None


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("{wall: PT30M}, breach: {wall: PT4H}}", "{wall: 30m}, breach: {wall: PT4H}}", "clocks[0].normal.warn.wall"),
        ("stops: [signed, refused]", "stops: [signed, forgotten]", "clocks[0].stops[1]"),
        ("owes: sender", "owes: nobody", "clocks[1].owes"),
        ('breach: {day: 1, at: "12:00"}}', 'breach: {day: 1, at: "25:00"}}', "clocks[1].normal.breach.at"),
        ("absent: normal", "absent: urgent", "urgency.absent"),
        ("{clock: intake, from: take_back_asked", "{clock: lunch, from: take_back_asked", "pauses[0].clock"),
        ('intake, from: take_back_asked, to: ["15"', 'intake, from: outage_began, to: ["15"', "pauses[0].to"),
        ("{clock: intake, from: take_back_asked", "{clock: intake, from: outage_ended", "pauses[0].from"),
        ('{clock: intake, from: take_back_asked, to: ["15"', '{clock: intake, from: "17", to: ["15"', "pauses[0].from"),
        (
            'to: ["15", "16"]}\n  - {clock: assignment',
            'to: ["15", "16"], at_most: {day: 1, at: close}}\n  - {clock: assignment',
            "pauses[0].at_most",
        ),
        ("{step: 2, after_breach: {working: PT4H}, to", "{step: 2, to", "ladder.normal[2]"),
        ("hoa_toc: never}", "hoa_toc: sometimes}", "quiet.hoa_toc"),
    ],
)
def test_a_wrong_rule_is_a_fault_at_its_place(old: str, new: str, column: str) -> None:
    """Named by line and path; no rules come out."""
    assert old in SOURCE
    value, faults = parse("sla", {"sla.yaml": SOURCE.replace(old, new, 1).encode()})

    assert value is None
    assert [(column, SOURCE[: SOURCE.index(old)].count("\n") + 1)] == [(each.column, each.line) for each in faults]


def test_a_file_that_a_yaml_tool_wrote_again_means_the_same() -> None:
    """PyYAML and others read the key `on` as true (YAML 1.1): the rules are the same all the same."""
    again = yaml.safe_dump(yaml.safe_load(SOURCE), allow_unicode=True)
    value, faults = parse("sla", {"sla.yaml": again.encode()})

    assert ("true: dispatched" in again, ()) == (True, faults)
    assert RULES == value


@pytest.mark.parametrize(("old", "new"), [("{of: ", "{off: "), ("role: clerk}", "rule: clerk}")])
def test_a_misspelt_party_is_a_fault_and_no_trace(old: str, new: str) -> None:
    """In a ladder and in a warning: a key too many beside one too few, both said with the line."""
    for start in ("ladder:", "warnings:"):
        at = SOURCE.index(old, SOURCE.index(start))
        value, faults = parse("sla", {"sla.yaml": (SOURCE[:at] + new + SOURCE[at + len(old) :]).encode()})

        assert value is None
        assert {"MISSING_FIELD", "BAD_VALUE"} == {each.code for each in faults}
        assert {SOURCE[:at].count("\n") + 1} == {each.line for each in faults}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT15M", timedelta(minutes=15)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("PT0S", timedelta(0)),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("15M", None),
        ("PT-1M", None),
        ("PT1.5H", None),
        ("P99999D", None),
        ("PT٣M", None),
    ],
)
def test_a_span_is_iso_8601(text: str, span: timedelta | None) -> None:
    """Days to seconds, at most a year, ASCII digits."""
    assert span == parse_span(text)
