"""How far a lane's log is read: deadlines up to there may be called, and none that a record which waits could still change."""

from datetime import datetime, timedelta

from infra.kafka.lane import Lane
from infra.kafka.records import Where
from tests.axis import MORNING

LATER = MORNING + timedelta(hours=1)
TOPICS = ("document.dispatched", "document.received")


def lane(**read_until: datetime) -> Lane:
    """Return a lane that has settled ten records of each topic, the last ones recorded at these moments."""
    known = {name.replace("_", "."): moment for name, moment in read_until.items()}
    return Lane(0, 1, dict.fromkeys(TOPICS, 9), {}, None, known)


def ends(dispatched: int, received: int) -> dict[Where, int]:
    """Return where the topics end."""
    return {Where(TOPICS[0], 0): dispatched, Where(TOPICS[1], 0): received}


def test_all_is_read_up_to_now() -> None:
    """Topics on which nothing waits hold nothing back, however old their last record is."""
    read = lane(document_dispatched=MORNING, document_received=MORNING)

    assert LATER == read.watermark(TOPICS, ends(10, 10), LATER)


def test_what_waits_may_be_of_the_very_moment_of_what_was_read() -> None:
    """Records of one batch bear one moment: a deadline of that moment waits for the rest of them."""
    watermark = lane(document_received=MORNING).watermark(TOPICS, ends(10, 12), LATER)

    assert watermark is not None
    assert MORNING - timedelta(seconds=1) < watermark < MORNING


def test_nobody_can_say_before_a_record_was_read() -> None:
    """Nor where a topic is not ours."""
    assert lane().watermark(TOPICS, ends(10, 12), LATER) is None
    assert lane().watermark(("document.signed",), ends(10, 10), LATER) is None
