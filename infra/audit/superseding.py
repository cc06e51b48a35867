"""The law for updates and replacements: a newer document takes hold of each older delivery that it means, once; whom it drops, from that the older one is recalled."""

from collections.abc import Iterator

from infra.audit.account import ROUTER
from infra.audit.books import Books
from infra.audit.log import Moment
from infra.audit.moments import moment_in


def missing(books: Books, since: Moment | None, settled_by: Moment | None) -> Iterator[str]:
    """Yield the older deliveries that nothing took hold of, though their recipient gets the newer document."""
    sent = {(key, delivery) for key, delivery, act, _ in books.dispatched if act != "RECALL"}
    for acting, each in books.related.items():
        older = acting[0]
        at = moment_in(each.recorded)
        if (since is not None and at < since) or (settled_by is not None and at > settled_by):
            continue
        if books.log.gave_up(ROUTER, [each.where]):
            continue
        for recipient in each.recipients:
            name = (older, f"{older}-{recipient}")
            held = (name[1], acting) in books.superseded or (
                acting[3] == "RECALL" and (*name, "RECALL", "") in books.dispatched
            )
            if name in sent and not held:
                yield f"delivery {name[1]}: {acting[3]} by {acting[1]} ({each.where}) did not take hold of it"


def doubled(books: Books) -> Iterator[str]:
    """Yield what took hold of a delivery twice."""
    for (delivery, acting), events in books.superseded.items():
        if len(events) > 1:
            yield f"delivery {delivery}: {acting[3]} by {acting[1]} took hold {len(events)} times, at {', '.join(sorted(events.values()))}"


def strange(books: Books) -> Iterator[str]:
    """Yield deliveries that something took hold of which nobody sent."""
    for (delivery, acting), events in books.superseded.items():
        if acting not in books.related:
            yield f"delivery {delivery}: {acting[3]} by {acting[1]}, which names no such document, at {min(events.values())}"
