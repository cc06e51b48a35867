"""What a clock would come to if it began at a moment: its bare moments, the announced outages, and moments and ladder behind them."""

from dataclasses import dataclass
from datetime import date, datetime

from processors.sla.deadlines import Deadlines, moments, with_ladder
from processors.sla.pauses import moved, pauses_of, shift
from processors.sla.rulebook import Rulebook
from schemas.reference.outages import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One clock of a delivery that need not exist."""

    bare: Deadlines
    """Its moments as if nothing stood still, without a ladder."""

    pauses: tuple[Interval, ...]
    found: Deadlines
    """What would be owed, with the ladder."""


def what_if(
    clock: str,
    start: datetime,
    urgency: str,
    *,
    agency: str,
    sender: str,
    mode: str,
    due: date | None,
    rulebook: Rulebook,
    document_type: str = "",
) -> WhatIf:
    """Work it out; the arguments are those of `moments`. Nobody asks anything back in it: only outages make it pause."""
    bare = moments(
        clock,
        start,
        urgency,
        agency=agency,
        sender=sender,
        mode=mode,
        due=due,
        rulebook=rulebook,
        document_type=document_type,
    )
    pauses = pauses_of(bare, {}, None, rulebook)
    later = shift(bare, pauses, rulebook)
    return WhatIf(bare=bare, pauses=pauses, found=moved(with_ladder(bare, agency, sender, rulebook, later), later))
