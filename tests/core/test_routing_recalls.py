"""Updates, recalls and replacements: by the sender's packet, and by a provisional verdict that did not hold."""

from schemas.events import Act, DocumentDispatched, DocumentRefused, DocumentRelated, Stage
from schemas.ids import delivery_id
from tests.core.routing_cases import (
    COMMUNE,
    DOCUMENT_ID,
    FIRST,
    HEALTH,
    KEY,
    NOON,
    PROVINCE,
    WARD,
    Partition,
    named,
    signed,
)


def test_an_update_names_the_older_document() -> None:
    """Types 2 and 3 about an own document go as documents with their act and the related id."""
    event, told = Partition().take(signed(HEALTH, business_type=3, related=(f"{PROVINCE},2026-01-02,7/UBND",)))

    assert isinstance(event, DocumentDispatched)
    assert isinstance(told, DocumentRelated)
    assert (Act.REPLACE, (f"related:{PROVINCE},2026-01-02,7/UBND",)) == (event.act, event.notes)


def test_a_recall_packet_recalls_what_was_sent() -> None:
    """Type 1 under the document's own id: a recall per delivery it addresses; a stranger to the document is refused."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE))

    recall, stranger = router.take(signed(HEALTH, WARD, sha256="b" * 64, business_type=1, related=(DOCUMENT_ID,)))
    again = router.take(signed(HEALTH, COMMUNE, sha256="c" * 64, business_type=1, related=(DOCUMENT_ID,)))

    assert isinstance(recall, DocumentDispatched)
    assert (Act.RECALL, delivery_id(KEY, HEALTH), "h53-17", "b" * 64) == (
        recall.act,
        recall.delivery_id,
        recall.endpoint,
        recall.content.sha256,
    )
    assert isinstance(stranger, DocumentRefused)
    assert "RELATED_DOCUMENT_UNKNOWN" == stranger.reason
    assert {"DocumentDispatched", "DocumentRefused"} == set(named(again))


def test_a_recall_of_something_never_carried_is_refused() -> None:
    """Type 1 alone."""
    (refusal,) = Partition().take(signed(HEALTH, business_type=1, related=(DOCUMENT_ID,)))

    assert isinstance(refusal, DocumentRefused)
    assert "RELATED_DOCUMENT_UNKNOWN" == refusal.reason


def test_two_codes_of_one_recipient_make_one_recall() -> None:
    """As they made one delivery."""
    router = Partition()
    router.take(signed(WARD, "H53.PH.001"))

    (recall,) = router.take(signed("H53.PH.001", WARD, sha256="b" * 64, business_type=1, related=(DOCUMENT_ID,)))

    assert isinstance(recall, DocumentDispatched)
    assert (Act.RECALL, WARD, ("H53.PH.001", WARD)) == (recall.act, recall.recipient, recall.addressed)


def test_a_delivery_is_recalled_once_whoever_asks() -> None:
    """The sender recalled one of two; the provisional verdict that then fails recalls the other one only."""
    router = Partition()
    router.take(signed(HEALTH, COMMUNE, provisional=True))
    router.take(signed(HEALTH, sha256="b" * 64, business_type=1, related=(DOCUMENT_ID,)))
    (recall,) = router.take(
        DocumentRefused(
            event_id="downgrade",
            occurred_at=NOON,
            subject=KEY,
            document_key=KEY,
            sha256=FIRST,
            stage=Stage.VERIFICATION,
            reason="REVOKED",
            sentence_vi="Chứng thư đã bị thu hồi.",
            recalls=signed(HEALTH).event_id,
        )
    )

    assert isinstance(recall, DocumentDispatched)
    assert (Act.RECALL, COMMUNE) == (recall.act, recall.recipient)
