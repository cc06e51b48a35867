"""The reports by name, in the order in which help lists them."""

from connectors.reports import evaluation, interconnection, league, overdue, pairs, refused, unreceived, usage, variants
from connectors.reports.asked import Report

REPORTS: dict[str, Report] = {
    "usage": usage.REPORT,
    "interconnection": interconnection.REPORT,
    "evaluation": evaluation.REPORT,
    "league": league.REPORT,
    "unreceived": unreceived.REPORT,
    "overdue": overdue.REPORT,
    "refused": refused.REPORT,
    "pairs": pairs.REPORT,
    "variants": variants.REPORT,
}
