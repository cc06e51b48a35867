"""What the register says of a packet that an operator had decided again."""

from dataclasses import replace
from itertools import permutations

from connectors.register import submissions
from schemas import redriving
from schemas.events import Event, OperatorActed, Stage
from tests.connectors import life

SIGNED = life.signed()
WHOLE = life.refused("SENDER_NOT_ALLOWED", stage=Stage.ROUTING, occurred_at=life.at(10))
ACT = life.made(
    OperatorActed, 20, subject=life.KEY, action=redriving.ACTION, by="Nguyễn Văn A", detail=redriving.detail(SIGNED)
)
AGAIN = replace(WHOLE, event_id="again", occurred_at=life.at(21), reason="SENDER_UNKNOWN", reasons=("SENDER_UNKNOWN",))


def standing(*events: Event) -> list[tuple[str, str]]:
    """Return state and reason after these events, in every order."""
    found = set()
    for order in permutations(events):
        row = submissions.empty((life.KEY, life.SHA256))
        for event in order:
            assert (life.KEY, life.SHA256) == submissions.key_of(event)
            row = submissions.fold(row, event)
        found.add((row["state"], row["reason"]))
    return sorted(found)


def test_the_act_takes_the_refusal_away() -> None:
    """Refused as a whole, then decided again: let pass, unless it is refused anew; the order of reading makes no difference."""
    assert [("refused", "SENDER_NOT_ALLOWED")] == standing(SIGNED, WHOLE)
    assert [("signed", "")] == standing(SIGNED, WHOLE, ACT)
    assert [("refused", "SENDER_UNKNOWN")] == standing(SIGNED, WHOLE, ACT, AGAIN)


def test_other_acts_are_about_something_else() -> None:
    """A correction, and an act whose detail nobody can read, touch no packet."""
    assert submissions.key_of(replace(ACT, action="correction")) is None
    for detail in ("", "[]", "{}", '{"sha256": 5}', "[" * 10_000):
        assert submissions.key_of(replace(ACT, detail=detail)) is None
