"""A document decided again at an operator's wish: who got nothing may get it now, and nobody gets it twice."""

from dataclasses import replace
from typing import Any

import pytest

from schemas import redriving
from schemas.events import DocumentDispatched, DocumentRefused, DocumentRelated, DocumentSigned, Event, OperatorActed
from schemas.ids import event_id
from schemas.reference import Reference
from tests.core.routing_cases import DOCUMENT_ID, KEY, NOON, Partition, named, signed
from tests.core.test_routing_ways import AGENCIES, ENDPOINTS, LEVELS
from tests.reference_files import demo, directory

OTHER, LATE = "000.00.05.H53", "000.00.06.H53"


def province(more: str = "") -> Reference:
    """Return a province in which one agency has an endpoint, with more endpoints."""
    return demo().with_value(
        "directory", directory(AGENCIES, levels=LEVELS, endpoints=ENDPOINTS + more), "small" + more
    )


BEFORE, AFTER = province(), province("b,000.00.06.H53,folder,b,pull,2020-01-01,\n")
"""An agency without an endpoint; and the directory mended."""


def wish(verdict: DocumentSigned, number: int = 1) -> OperatorActed:
    """Return an operator's act about one verdict."""
    return OperatorActed(
        event_id=event_id("redrive", KEY, str(number)),
        occurred_at=NOON,
        subject=KEY,
        action=redriving.ACTION,
        by="Nguyễn Văn A",
        reason="danh bạ đã sửa",
        detail=redriving.detail(verdict),
    )


def sent(events: tuple[Event, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Return codes and notes of each dispatch."""
    return [(each.addressed[0], each.notes) for each in events if isinstance(each, DocumentDispatched)]


def test_one_refused_recipient_gets_it_once() -> None:
    """The directory mended: the refused recipient alone gets it, by the act that its delivery names; a second act changes nothing."""
    router, verdict = Partition(reference=BEFORE), signed(LATE, OTHER)
    assert ["DocumentDispatched", "DocumentRefused"] == sorted(named(router.take(verdict)))
    assert () == router.take(wish(verdict))

    router.reference = AFTER
    first, act = router.take(wish(verdict, 2)), wish(verdict, 2)
    assert [(LATE, (f"redriven:{act.event_id}",))] == sent(first)
    assert 1 == len(first)
    assert () == router.take(wish(verdict, 2)) == router.take(wish(verdict, 3))
    assert ["DocumentRepeated"] == named(router.take(replace(verdict, causation_id="again")))


def test_a_document_refused_as_a_whole_meets_every_outcome() -> None:
    """Its system may speak for the sender now: a dispatch for one recipient, and the refusal that the other never got."""
    router = Partition(reference=BEFORE)
    verdict = signed(LATE, OTHER)
    stranger = replace(router.reference, identities=None)
    router.reference = stranger
    [first] = router.take(verdict)
    [second] = router.take(wish(verdict))
    assert isinstance(first, DocumentRefused)
    assert isinstance(second, DocumentRefused)
    assert first.event_id != second.event_id
    assert first.reason == second.reason
    assert (second,) == router.take(wish(verdict))

    router.reference = BEFORE
    assert ["DocumentDispatched", "DocumentRefused"] == sorted(named(router.take(wish(verdict, 2))))
    router.reference = AFTER
    assert [LATE] == [code for code, _ in sent(router.take(wish(verdict, 3)))]


@pytest.mark.parametrize(
    ("changes", "then"),
    [
        ({"business_type": 1}, []),
        ({"business_type": 2, "related": ("000.00.00.H53,2026-01-02,7/UBND",)}, ["DocumentRelated"]),
    ],
)
def test_other_kinds_of_documents(changes: dict[str, Any], then: list[str]) -> None:
    """A recall is never decided again; of an update the older document's partition hears once more, by another event."""
    router, verdict = Partition(reference=BEFORE), signed(LATE, OTHER, **changes)
    first = [each.event_id for each in router.take(verdict) if isinstance(each, DocumentRelated)]
    router.reference = AFTER
    events = router.take(wish(verdict))
    related = [each for each in events if isinstance(each, DocumentRelated)]

    assert then == named(tuple(related))
    assert all(each.event_id not in first and 1 == len(each.recipients) for each in related)
    assert bool(then) == bool(sent(events))


def test_what_was_recalled_stays_recalled() -> None:
    """The sender took the document back meanwhile: no other recipient gets it."""
    router, verdict = Partition(reference=BEFORE), signed(LATE, OTHER)
    router.take(verdict)
    recall = signed(OTHER, sha256="b" * 64, business_type=1, related=(DOCUMENT_ID,))
    assert ["DocumentDispatched"] == named(router.take(recall))

    router.reference = AFTER
    assert () == router.take(wish(verdict))


def test_a_verdict_that_the_router_never_acted_on_counts_for_nothing() -> None:
    """A forged verdict in the act, one of other bytes, and a document that nobody knows."""
    router, verdict = Partition(reference=BEFORE), signed(LATE, OTHER)
    assert () == router.take(wish(verdict))
    router.take(verdict)
    router.reference = AFTER
    assert () == router.take(wish(replace(verdict, event_id="forged")))
    assert () == router.take(wish(signed(LATE, sha256="c" * 64)))
    with pytest.raises(ValueError, match="in an act about"):
        router.take(replace(wish(verdict), subject="0" * 32))
