"""The trial's own arithmetic: what is lost is charged to the fault that lasted then, and nothing wrong is called right."""

from pathlib import Path

import pytest

from tests.chaos.act import Act
from tests.chaos.fault import FAULTS
from tests.chaos.journal import Handed, Journal, JournalReader
from tests.chaos.rows import Row, attribute, measure, quantile
from tests.chaos.schedule import planned
from tests.chaos.scorecard import markdown, page, scorecard
from tests.chaos.sight import Seen

EARLY, LATE = "a" * 32, "b" * 32
HANDED = (
    Handed(at=11.0, key=EARLY, sha256="1" * 64, kind="good"),
    Handed(at=31.0, key=LATE, sha256="2" * 64, kind="good"),
)


def rows() -> list[Row]:
    """Return two faults, the second twenty seconds after the first."""
    return [
        Row(fault=name, says="…", began=began, ended=began + 5, recovered_after=0.5)
        for name, began in (("first", 10.0), ("second", 30.0))
    ]


def test_a_finding_belongs_to_the_fault_during_which_its_document_came() -> None:
    """What names no document, or an unknown one, is left and fails the act."""
    two = rows()
    left = attribute([f"document {LATE} lost", "topic x lost", f"{'c' * 32} lost"], two, HANDED, "lost")

    assert [[], [f"document {LATE} lost"]] == [row.lost for row in two]
    assert ["topic x lost", f"{'c' * 32} lost"] == left
    assert [True, False] == [row.ok for row in two]


def test_latencies_are_of_the_documents_of_that_time() -> None:
    """Milliseconds from submitted to the first outcome, by the broker's times."""
    first, second = rows()
    seen = {EARLY: Seen(submitted=11.0, outcome=11.25), LATE: Seen(submitted=31.0)}
    measure(first, HANDED, seen)
    measure(second, HANDED, seen)

    assert (1, 250.0, 250.0) == (first.documents, first.p50, first.p99)
    assert (1, None, None) == (second.documents, second.p50, second.p99)
    assert 3 == quantile([1, 2, 3, 4], 0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": [Row(fault="x", says="…", began=0.0, ended=1.0, recovered_after=None)]},
        {"rows": [Row(fault="x", says="…", began=0.0, ended=1.0, recovered_after=1.0, wrong_states=["w"])]},
        {"failure": "stuck"},
        {"unattributed": ["an alert is missing"]},
    ],
)
def test_one_wrong_thing_fails_the_card(wrong: dict[str, object]) -> None:
    """No recovery, a wrong state, an act that did not settle, a finding about nothing known."""
    acts = [Act(name="one", rows=rows()), Act(name="two", **wrong)]  # type: ignore[arg-type] # one field at a time
    card = scorecard(acts, seed=1, rate=5, seconds=60)

    assert not card["ok"]
    assert scorecard(acts[:1], seed=1, rate=5, seconds=60)["ok"]
    assert "SOMETHING IS WRONG" in markdown(acts, card)
    assert "class=no" in page(acts, card) or "<li>" in page(acts, card)


def test_an_act_that_was_left_out_is_named() -> None:
    """It says nothing, good or bad, about the axis; a trial of nothing proves nothing."""
    acts = [Act(name="network", left_out="toxiproxy is not installed")]

    assert not scorecard(acts, seed=1, rate=5, seconds=1)["ok"]
    assert ["calm"] == [fault.name for act in planned(seed=1, short=True, only=["calm"]) for fault in act.faults]
    assert "left out: toxiproxy is not installed" in markdown(acts, scorecard(acts, seed=1, rate=5, seconds=1))


def test_the_schedule_is_the_same_for_the_same_seed() -> None:
    """Another seed is another order; the short one is part of the long one; every fault says what it does."""
    first, second, again = (planned(seed=seed, short=False) for seed in (1, 2, 1))
    short = {fault.name for act in planned(seed=1, short=True) for fault in act.faults}

    assert first == again
    assert first != second
    assert short < {fault.name for act in first for fault in act.faults} == set(FAULTS)
    assert all(fault.says for fault in FAULTS.values())


def test_the_act_with_many_documents_is_played_alone() -> None:
    """The processors alone cannot play what breaks doors, mail or disks; nor is that act part of the others' schedule."""
    (many,) = planned(seed=1, short=False, many=True)
    names = [fault.name for fault in many.faults]

    assert ("many", "calm") == (many.act, names[0])
    assert {"kill", "power-loss", "broker-stopped", "scale-static"} < set(names)
    assert not {"crash-points", "smtp-away", "content-full"} & set(names)
    assert "many" not in {act.act for act in planned(seed=1, short=False)}


def test_the_journal_is_read_while_it_is_written(tmp_path: Path) -> None:
    """Half a line waits for its other half."""
    path = tmp_path / "journal.jsonl"
    journal, reader = Journal(path), JournalReader(path)
    reader.look()
    journal.add(HANDED[0])
    with path.open("a") as out:
        out.write('{"at": 31.0, "key": "')
    reader.look()
    assert [HANDED[0]] == reader.handed
    with path.open("a") as out:
        out.write(f'{LATE}", "sha256": "{"2" * 64}", "kind": "good"}}\n')
    reader.look()
    assert list(HANDED) == reader.handed
