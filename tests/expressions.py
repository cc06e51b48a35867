"""What a PromQL expression speaks of, as far as tests need it: metrics, and the labels it chooses or groups by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra import metrics

OF_PROMETHEUS = {
    "up": {"instance", "job"},
    "ALERTS": {"alertname", "alertstate", "severity"},
    "process_resident_memory_bytes": set[str](),
    "process_cpu_seconds_total": set[str](),
}
"""Series that Prometheus or its library makes for every process, with their own labels."""

OF_TARGETS = {"instance", "job"}
"""Labels that every scraped series gets."""

NAME = re.compile(r"\b(?:lienthong_\w+|process_\w+|up|ALERTS)\b(?=\s*(?:\{|\[|\)|$|\s))")


@dataclass(frozen=True, slots=True)
class Series:
    """A metric as an expression names it."""

    name: str
    chosen: frozenset[str]
    """Labels in its braces."""


def known() -> dict[str, set[str]]:
    """Return every series name that exists -> its own labels."""
    found = dict(OF_PROMETHEUS)
    for metric in metrics.declared():
        family, labels = next(iter(metric.describe())), set(metric._labelnames)
        match family.type:
            case "counter":
                found[f"{family.name}_total"] = labels
            case "histogram":
                found |= {
                    f"{family.name}_bucket": labels | {"le"},
                    f"{family.name}_sum": labels,
                    f"{family.name}_count": labels,
                }
            case "info":
                found[f"{family.name}_info"] = labels | {"version"}
            case _:
                found[family.name] = labels
    return found


def series(expression: str) -> Iterator[Series]:
    """Yield what an expression reads; strings in it hide nothing."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    without_groups = re.sub(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    for found in NAME.finditer(without_groups):
        braces = re.match(r"\{([^}]*)\}", without_groups[found.end() :])
        yield Series(found[0], frozenset(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", braces[1]) if braces else ()))


def grouped(expression: str) -> set[str]:
    """Return the labels that an expression groups or matches by."""
    lists = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression)
    return {label.strip() for each in lists for label in each.split(",") if label.strip()}


def faults(expression: str) -> Iterator[str]:
    """Yield what an expression names that is not there."""
    names, labels = known(), set(OF_TARGETS)
    for each in series(expression):
        if each.name not in names:
            yield f"metric {each.name}"
            continue
        labels |= names[each.name]
        yield from (f"label {label} of {each.name}" for label in each.chosen - names[each.name] - OF_TARGETS)
    yield from (f"label {label}" for label in grouped(expression) - labels)


def left(expression: str) -> set[str]:
    """Return the labels that a result of the expression can have."""
    lists = re.findall(r"\bby\s*\(([^)]*)\)", expression)
    if lists:
        return {label.strip() for label in lists[0].split(",")}
    if re.match(r"\s*(?:sum|max|min|count|absent|avg)\(", expression):
        return set()
    return {label for each in series(expression) for label in known()[each.name]} | OF_TARGETS
