"""The watcher while a document is asked back: clocks stand still, the answer is owed, an agreement ends it."""

import pytest

from processors.sla.cases import delivery_row, load_case
from schemas.events import Act
from tests.core.sla_cases import (
    DELIVERY,
    Watcher,
    dispatched,
    duties,
    local,
    raised,
    received,
    said,
    steps,
    superseded,
)


def test_clocks_stand_still_while_a_take_back_is_open() -> None:
    """Asked at 10:00, declined at 14:00 (two and a half working hours): the deadline moves by as much; no step meanwhile."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("13", "23 10:00"))

    assert [] == [each for each in steps(watcher.wait_until("26 17:00")) if each[0] == "status_missing"]

    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("13", "23 10:00"))
    found = duties(watcher.hear(said("16", "23 14:00")))
    assert ("26 10:00", "25 08:00") == (local(found["intake"].breach_at), local(found["intake"].warn_at))


def test_an_agreed_take_back_ends_the_delivery() -> None:
    """15: nothing is owed any more."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("13", "23 10:00"))
    found = duties(watcher.hear(said("15", "23 10:30")))

    assert {"intake": False, "recall_answer": False} == {name: duty.open for name, duty in found.items()}
    assert {} == watcher.due


def test_what_nobody_asked_for_ends_nothing() -> None:
    """15 of the recipient's own accord (it agrees to an update, or errs): all is owed as before. Asked later, it must answer."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:05"))
    before = set(watcher.due)
    watcher.hear(said("15", "23 10:30"))
    assert before == set(watcher.due) != set()

    found = duties(watcher.hear(said("13", "23 11:00")))
    assert (True, "25 17:00") == (found["recall_answer"].open, local(found["recall_answer"].breach_at))

    found = duties(watcher.hear(said("15", "23 14:00")))
    assert {"intake": False, "recall_answer": False} == {name: duty.open for name, duty in found.items()}


@pytest.mark.parametrize(
    ("answers", "contested"),
    [(["13", "15", "16"], True), (["13", "16", "15"], True), (["13", "16", "13", "15"], False), (["15", "16"], False)],
)
def test_agreeing_and_declining_is_told_to_the_operator(answers: list[str], contested: bool) -> None:  # noqa: FBT001 - a column
    """Both answers to one request contradict each other (domain §2.2); an answer to a second request is another matter."""
    statuses = [said(code, f"23 10:{number}0") for number, code in enumerate(answers)]
    watcher, other = Watcher(), Watcher()
    heard = watcher.hear(dispatched("23 09:00"), received("23 09:05"), *statuses)
    otherwise = other.hear(dispatched("23 09:00"), received("23 09:05"), *statuses[::-1])

    for each in (heard, otherwise):
        assert contested == bool(raised(each, "contested"))


def test_a_replaced_delivery_owes_nothing_and_an_updated_one_all() -> None:
    """The newer document has clocks of its own; only a replacement takes the place of the older one (ADR 0021)."""
    for act, still_owed in ((Act.REPLACE, False), (Act.UPDATE, True)):
        watcher = Watcher()
        watcher.hear(dispatched("23 09:00"), received("23 09:05"))
        watcher.hear(superseded("23 09:30", act))
        case = load_case(watcher.rows[delivery_row(DELIVERY)])

        assert still_owed == bool(watcher.due)
        assert still_owed == ("replaced" not in case.facts)


def test_an_unanswered_take_back_is_escalated() -> None:
    """The answer is owed the same day, at the latest the next working day."""
    watcher = Watcher()
    watcher.hear(dispatched("23 09:00"), received("23 09:05"), said("03", "23 09:30"), said("13", "23 10:00"))

    assert [("recall_unanswered", "FIRING", 0, 1, "25 12:00"), ("recall_unanswered", "FIRING", 1, 1, "25 17:00")] == [
        each for each in steps(watcher.wait_until("25 17:00")) if each[0] == "recall_unanswered"
    ]


def test_a_recall_before_the_acceptance_ends_it_and_after_it_asks() -> None:
    """Type 1 binds before 03; from 03 on it needs consent."""
    early = Watcher()
    before = duties(early.hear(dispatched("23 09:00"), received("23 09:05"), dispatched("23 09:30", act=Act.RECALL)))
    late = Watcher()
    after = duties(
        late.hear(
            dispatched("23 09:00"),
            received("23 09:05"),
            said("03", "23 09:30"),
            dispatched("23 09:40", act=Act.RECALL),
        )
    )

    assert (False, "ended") == (before["intake"].open, before["intake"].closed_by)
    assert after["recall_answer"].open
    assert {} == early.due


def test_an_acceptance_after_the_recall_changes_nothing() -> None:
    """Recalled at 9:30, accepted at 9:40 by somebody who had not heard of it: the delivery is over."""
    watcher = Watcher()
    life = dispatched("23 09:00"), received("23 09:05"), dispatched("23 09:30", act=Act.RECALL), said("03", "23 09:40")
    found = duties(watcher.hear(*life))

    assert "recall_answer" not in found
    assert not found["intake"].open
    assert {} == watcher.due
