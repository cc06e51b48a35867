"""Updates that drop receivers, and the same files under another id, planted into a clean life: what is lawful, and what is not."""

from dataclasses import replace

from schemas.events import DocumentSubmitted
from tests.connectors.life import COMMUNE
from tests.core.audit_life import Life
from tests.core.audit_violations import VIOLATIONS, again, change, gone, violation

__all__ = ["VIOLATIONS"]


@violation("lost", "RECALL by update")
def a_drop_that_did_not_take_hold(life: Life) -> None:
    """An update drops a recipient, and its older delivery is not recalled."""
    gone(life, "dropped")


@violation("unexplained", "without a verdict that lets the document pass")
def a_recall_that_no_update_asked_for(life: Life) -> None:
    """Recall a delivery, and nothing says why."""
    gone(life, "drops", "older health")


@violation("duplicate_effects", "RECALL: dispatched 2 times")
def a_drop_that_took_hold_twice(life: Life) -> None:
    """Recall it twice."""
    again(life, "dropped")


@violation("lost", "no outcome for 000.00.17.H53")
def a_recipient_without_an_outcome_whom_no_list_drops(life: Life) -> None:
    """The update lists nobody, and one of its recipients met nothing."""
    update = life["update"]
    assert isinstance(update, DocumentSubmitted)
    change(life, "update", envelope=replace(update.envelope, receivers=(), receiver_types=()))


@violation("unexplained", "did not ask for")
def a_link_that_nobody_asked_for(life: Life) -> None:
    """Link two documents, and no question was put."""
    gone(life, "files")


@violation("duplicate_effects", "linked 2 times")
def two_answers_to_one_question(life: Life) -> None:
    """Link it to two documents."""
    again(life, "link", subject="another", older_id="another id")


@violation("unexplained", "which the packet does not name")
def an_outcome_for_one_whom_nobody_lists(life: Life) -> None:
    """Send the update to one who stands neither in `To` nor in the list."""
    change(life, "update sent", addressed=(COMMUNE, "000.00.21.H53"))
