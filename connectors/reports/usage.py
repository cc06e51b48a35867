"""Report 1: use of the axis. What was sent and what became of it, with or without paper, how well signed, how fast and how late."""

from collections.abc import Iterator

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.deliveries import STAGES
from connectors.reports.gathered import NAMES, tallies

COUNTS = (
    "sent",
    "recalls_sent",
    "refused",
    "refused_at_door",
    "held",
    "signed",
    "unsigned",
    "wrongly_signed",
    "with_paper",
    "without_paper",
    "paper_needless",
    "late_dispatch",
    "dispatched",
    "addressed",
    "received",
    "open",
    "taken_back",
    "refused_by_recipient",
    "recalled",
    "replaced",
    "contested",
    "statuses",
    "late_receive",
    "late_answer",
)
PERCENTS = (50, 95, 99)
PACES = ("receive", "answer")


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each agency, level or type of document."""
    for names, tally, _place in tallies(asked):
        row = names | {name: tally.count[name] for name in COUNTS}
        for pace in PACES:
            row |= {f"{pace}_p{percent}": tally.minutes[pace].percentile(percent) for percent in PERCENTS}
        for code in STAGES:
            row |= {f"mean_to_{code}": tally.minutes[code].mean(), f"p95_to_{code}": tally.minutes[code].percentile(95)}
        yield row


REPORT = Report(
    rows=rows,
    gathers=True,
    fields=(
        *NAMES,
        *COUNTS,
        *(f"{pace}_p{percent}" for pace in PACES for percent in PERCENTS),
        *(f"{figure}_to_{code}" for code in STAGES for figure in ("mean", "p95")),
    ),
)
