"""The same files under a new document id: carried, linked to the first and so flagged, however often and in whatever order it is read (ADR 0036)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from processors.routing.contents import contents_row
from schemas.events import Act, DocumentRelated, Event
from schemas.ids import document_key, event_id
from tests.core.routing_cases import COMMUNE, DOCUMENT_ID, HEALTH, KEY, NOBODY, NOON, PROVINCE, Partition, named, signed

FILES = "7" * 64
SECOND_ID = f"{PROVINCE},2026-11-24,1240/UBND-KSTT"
SECOND = document_key(PROVINCE, SECOND_ID)


def packet(document_id: str, *recipients: str, sha256: str, files: str = FILES, **changes: Any) -> Any:
    """Return a verdict on a packet with these files."""
    key = document_key(PROVINCE, document_id)
    own = {"document_key": key, "event_id": event_id("signed", key, sha256)}
    own |= {"causation_id": event_id("submitted", key, sha256)}
    return signed(*recipients, document_id=document_id, sha256=sha256, contents_sha256=files, **own | changes)


FIRST = packet(DOCUMENT_ID, HEALTH, COMMUNE, sha256="a" * 64)
AGAIN = packet(SECOND_ID, HEALTH, sha256="b" * 64)


def questions(events: tuple[Event, ...]) -> list[DocumentRelated]:
    """Return what is asked about files."""
    return [each for each in events if isinstance(each, DocumentRelated) and not each.older_id]


def links(events: tuple[Event, ...]) -> list[tuple[str, str, str]]:
    """Return what was linked: first document, later document, digest of the later packet."""
    return [(each.older_id, each.document_id, each.sha256) for each in events if isinstance(each, DocumentRelated)]


def test_the_second_is_carried_and_linked_to_the_first() -> None:
    """Its own delivery is dispatched; its question is keyed by the files, and its answer by the first document."""
    router = Partition()
    (asked,) = questions(router.take(FIRST))
    assert (FILES, KEY, Act.DELIVER) == (asked.subject, asked.document_key, asked.act)
    assert () == router.take(asked)
    sent = router.take(AGAIN)
    assert ["DocumentDispatched", "DocumentRelated"] == named(sent)
    (linked,) = router.take(questions(sent)[0])

    assert isinstance(linked, DocumentRelated)
    assert (KEY, DOCUMENT_ID, SECOND, SECOND_ID, "b" * 64, Act.DELIVER) == (
        linked.subject,
        linked.older_id,
        linked.document_key,
        linked.document_id,
        linked.sha256,
        linked.act,
    )
    assert () == router.take(linked)  # it is for people; no delivery is touched


def test_a_question_that_is_read_twice_gets_the_same_answer() -> None:
    """At another time as well: an event id never has two contents. The first one's own question is never answered."""
    router = Partition()
    first, second = questions(router.take(FIRST))[0], questions(Partition().take(AGAIN))[0]
    router.take(first)
    answers = {router.take(second, NOON + timedelta(minutes=minute)) for minute in (0, 1, 90)}

    assert 1 == len(answers)
    assert () == router.take(first)


def test_all_later_ones_are_linked_to_the_first_at_constant_cost() -> None:
    """The row of the files stays as it was with the first, byte for byte."""
    router = Partition()
    router.take(questions(router.take(FIRST))[0])
    row = router.rows[contents_row(FILES)]
    for number in range(30):
        later = packet(f"{PROVINCE},2026-11-25,{number}/X", HEALTH, sha256=f"{number:064x}")
        (linked,) = links(router.take(questions(Partition().take(later))[0]))
        assert DOCUMENT_ID == linked[0]

    assert row == router.rows[contents_row(FILES)]
    assert len(row) < 300


def test_who_reaches_nobody_is_not_remembered() -> None:
    """Refused for every recipient, or as a whole; the next one is the first then."""
    router = Partition()
    assert [] == questions(router.take(packet(DOCUMENT_ID, NOBODY, sha256="a" * 64)))
    assert [] == questions(router.take(packet(DOCUMENT_ID, HEALTH, sha256="c" * 64, submitted_by="folder:h53-17")))
    assert 1 == len(questions(router.take(AGAIN)))


def test_a_repeat_asks_nothing() -> None:
    """The same bytes under the same id are answered with the first outcome, as ever."""
    router = Partition()
    router.take(FIRST)

    assert ["DocumentRepeated"] == named(router.take(replace(FIRST, causation_id=event_id("again"))))


def test_an_update_or_replacement_names_its_document_itself() -> None:
    """It is remembered, and not linked; other files, or none, have nothing to do with it."""
    router = Partition()
    router.take(questions(router.take(FIRST))[0])
    newer = packet(SECOND_ID, HEALTH, sha256="d" * 64, business_type=3, related=(DOCUMENT_ID,))
    assert () == router.take(questions(Partition().take(newer))[0])
    other = packet(SECOND_ID, HEALTH, sha256="e" * 64, files="8" * 64)
    assert () == router.take(questions(Partition().take(other))[0])

    assert [] == questions(Partition().take(packet(SECOND_ID, HEALTH, sha256="f" * 64, files="")))


def test_an_update_under_the_same_id_is_the_same_document() -> None:
    """Its files may come back to what they were: no link to itself."""
    router = Partition()
    router.take(questions(router.take(FIRST))[0])
    update = packet(DOCUMENT_ID, HEALTH, sha256="9" * 64, business_type=2, related=(DOCUMENT_ID,))

    assert () == router.take(questions(router.take(update))[0])
