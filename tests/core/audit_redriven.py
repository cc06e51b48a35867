"""Documents decided again at an operator's wish, planted into a clean life: what is lawful, and what is not."""

from schemas.events import OperatorActed
from tests.connectors import life as of
from tests.connectors.life import KEY
from tests.core.audit_life import Life
from tests.core.audit_violations import VIOLATIONS, again, gone, violation

__all__ = ["VIOLATIONS"]


def redriven(life: Life) -> None:
    """Have the carried document decided again, so that the recipient nobody knew gets it."""
    life["act"] = of.made(OperatorActed, 40, subject=KEY, action="redrive", by="Nguyễn Văn A")
    life["sent after all"] = of.dispatched(
        "000.99.99.H53", delivery_id=f"{KEY}-nobody", causation_id=life["signed"].event_id
    )


@violation("duplicate_effects", "met 2 outcomes")
def a_delivery_beside_a_refusal_without_an_act(life: Life) -> None:
    """Send it to a refused recipient though no operator asked for it."""
    redriven(life)
    gone(life, "act")


@violation("duplicate_effects", "dispatched 2 times")
def a_second_copy_by_an_act(life: Life) -> None:
    """Decide it again, and send it to one who had it."""
    redriven(life)
    again(life, "health", addressed=("000.99.99.H53",))
    gone(life, "sent after all")
