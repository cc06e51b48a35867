"""Report 3: evaluation under Articles 19 and 21 of QĐ 28/2018/QĐ-TTg (CV 2887/VPCP-KSTT annex III).

The annex' own columns are not known here; `columns.yaml` is the template, and its free columns are for people to fill in.
What an agency's system can do is read from what it did in the period.
"""

from collections.abc import Iterator

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.gathered import NAMES, tallies
from connectors.reports.histogram import share
from connectors.reports.places import Place

COUNTS = (
    "sent",
    "fully_electronic",
    "with_paper",
    "paper_needless",
    "unsigned",
    "wrongly_signed",
    "refused",
    "late_dispatch",
    "addressed",
    "received",
    "open",
    "refused_by_recipient",
    "judged",
    "answered_in_time",
    "late_answer",
    "late_receive",
)
FIELDS = (
    *NAMES,
    "connected",
    "does_signing",
    "does_status",
    "does_recall",
    *COUNTS,
    "electronic_share",
    "in_time_share",
)


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each agency, level or type of document; `connected` only of an agency."""
    for names, tally, place in tallies(asked):
        count = tally.count
        yield {
            **names,
            "connected": connected(asked, place) if place else None,
            "does_signing": count["signed"] > 0,
            "does_status": count["statuses"] > 0,
            "does_recall": count["recalls_sent"] + count["take_back_statuses"] > 0,
            **{name: count[name] for name in COUNTS},
            "electronic_share": share(count["fully_electronic"], count["sent"]),
            "in_time_share": share(count["answered_in_time"], count["judged"]),
        }


def connected(asked: Asked, place: Place) -> bool:
    """Tell whether deliveries for an agency had somewhere to go on its last day in the period: its own endpoint, or one above."""
    return asked.directory.endpoint_for(place.organ_id, place.on) is not None


REPORT = Report(rows=rows, fields=FIELDS, gathers=True)
