"""How dead letters are seen through their tries, from their headers alone: what is believed, what is one, what becomes of it."""

from dataclasses import replace

import pytest

from infra.kafka.dead_letters import DeadLetter, dead_letter
from infra.kafka.history import Failure, History, Place, history_of, without_tail
from infra.kafka.tail import Record
from infra.letters.acts import Act, Doing
from infra.letters.cases import Case, Standing, cases_of
from infra.letters.operating import Wanted
from infra.letters.replay import history_after, original_headers, why_not
from schemas.topics import DEAD_LETTER

FIRST = Place("document.signed", 3, 17)
OWN = [("ce_id", b"1"), ("__dlq.errors.topic", b"forged"), ("x", b"y")]


def letter(
    offset: int, place: Place = FIRST, *, stage: str = "router", history: History | None = None, value: bytes = b"\x07"
) -> DeadLetter:
    """Return the dead letter at an offset of `dead-letter`."""
    said = {"topic": place.topic, "partition": place.partition, "offset": place.offset, "stage": stage}
    said |= {"reason": "NOT_FRAMED", "timestamp": f"2026-11-23T08:00:{offset:02}+07:00"}
    headers = [*OWN, *(history.headers() if history else [])]
    headers += [(f"__dlq.errors.{name}", str(text).encode()) for name, text in said.items()]
    return dead_letter(Record(DEAD_LETTER, 0, offset, b"key", value, headers))


def replayed(replays: int, first: Place = FIRST) -> History:
    """Return the history of a record that was put back so often."""
    failure = Failure(number=1, letter="dead-letter-0-1", stage="router", reason="NOT_FRAMED", at="")
    return History(first=first, replays=replays, earlier=(failure,))


def act(doing: Doing, tries: int, name: str = "dead-letter-0-1") -> Act:
    """Return an act about a letter."""
    return Act(doing=doing, letter=name, tries=tries, by="operator", why="test")


def copy(number: int) -> Place:
    """Return where a copy of the record lies."""
    return FIRST._replace(offset=100 + number)


def only(*letters: DeadLetter, done: tuple[Act, ...] = ()) -> Case:
    """Return the one case that these letters are."""
    (case,) = cases_of(letters, {each.letter: [one for one in done if one.letter == each.letter] for each in done})
    return case


def test_tries_are_one_case_whatever_the_order_of_partitions() -> None:
    """First try, a crash that wrote it twice, two comebacks: the first one's id, the newest one's coordinates, three tries."""
    letters = [
        letter(1),
        letter(2),
        letter(3, copy(1), history=replayed(1)),
        letter(4, copy(2), history=replayed(2)),
    ]
    for order in (letters, letters[::-1]):
        case = only(*order)
        assert ("dead-letter-0-1", 3, FIRST, copy(2)) == (case.id, case.tries, case.original.first, case.newest.place)
        assert [1, 1, 2, 3] == [each.number for each in case.failures()]


def test_a_history_is_not_believed_of_other_bytes() -> None:
    """Anybody can write headers: a record that claims to be another one's comeback is a case of its own, with its own coordinates."""
    forged = letter(5, copy(9), history=replayed(7), value=b"\x08other")
    cases = cases_of([letter(1), forged], {})

    assert [(FIRST, 1), (copy(9), 1)] == [(case.original.first, case.tries) for case in cases]


@pytest.mark.parametrize("text", [b"", b"x", b"a/b/c", b"topic/1", b"\xff/1/1"])
def test_a_broken_history_is_none(text: bytes) -> None:
    """Whatever stands there, nothing raises."""
    assert (
        history_of([("__dlq.replays.first", text), ("__dlq.replays.count", b"1"), ("__dlq.replays.earlier", b"[]")])
        is None
    )


def test_the_last_act_after_the_last_try_decides() -> None:
    """Open; replayed; failed again, so open; discarded; replayed again by name."""
    first, back = letter(1), letter(2, copy(1), history=replayed(1))
    replay, discard = act(Doing.REPLAY, 1), act(Doing.DISCARD, 2)

    assert Standing.OPEN is only(first).standing
    assert Standing.REPLAYED is only(first, done=(replay,)).standing
    assert Standing.OPEN is only(first, back, done=(replay,)).standing
    assert Standing.DISCARDED is only(first, back, done=(replay, discard)).standing
    again = act(Doing.REPLAY, 2)
    assert Standing.REPLAYED is only(first, back, done=(replay, discard, again)).standing


def test_the_headers_go_back_as_they_first_came() -> None:
    """What burial and replay put behind them is gone, what stood there before stays, whatever its name."""
    back = letter(2, copy(1), history=replayed(1))

    assert OWN == original_headers(letter(1))
    assert OWN == original_headers(back)
    assert [("a", 1), ("b", 1)] == without_tail([("a", 1), ("b", 1), ("a", 2)], {"a"})
    assert [("a", 1)] == without_tail([("a", 1), ("a", 2)], {"a"})


def test_the_next_copy_carries_every_stage() -> None:
    """Two stages, two tries: the history names them in their order and counts the copies."""
    cases = cases_of([letter(1), letter(2, stage="register"), letter(3, copy(1), history=replayed(1))], {})
    history = history_after(cases[0].original, cases)

    assert (FIRST, 2) == (history.first, history.replays)
    assert [(1, "router"), (1, "register"), (2, "router")] == [(each.number, each.stage) for each in history.earlier]
    assert history == history_of(history.headers())


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (Place("timer.router", 3, 17), "hẹn giờ"),
        (Place("nobody", 3, 17), "nobody"),
        (Place("reference", 0, 1), "công bố lại"),
    ],
)
def test_what_cannot_be_put_back_says_why(place: Place, says: str) -> None:
    """A timer, an unknown topic, a compacted one; and what was too large to be carried."""
    assert says in why_not(only(letter(1, place)))
    assert "value 9 bytes" in why_not(only(replace(letter(1), left="value 9 bytes")))
    assert "" == why_not(only(letter(1)))


def test_filters_choose_what_is_open_and_ids_choose_all() -> None:
    """A discarded letter is found by its id, by that of any of its tries, and by no filter."""
    case = only(letter(1), letter(2, copy(1), history=replayed(1)), done=(act(Doing.DISCARD, 2),))

    assert [] == Wanted(stage="router").of([case])
    assert [case] == Wanted(ids=["dead-letter-0-2"]).of([case])
    assert [] == Wanted(ids=["dead-letter-0-2"], topic="document.held").of([case])
    assert ["x"] == Wanted(ids=["x"]).unknown([case])
    assert [only(letter(1))] == Wanted(reason="NOT_FRAMED").of([only(letter(1))])
