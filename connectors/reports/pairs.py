"""Reconciliation: for each sender and recipient, every delivery of the period is in one class: dispatched = received + open + refused + taken back."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.deliveries import bunches
from connectors.reports.places import Places

CLASSES = ("received", "open", "refused", "taken_back")
FIELDS = ("from", "to", "sender", "sender_name", "recipient", "recipient_name", "dispatched", *CLASSES)


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the pairs between which something was dispatched."""
    places = Places(asked.directory, asked.period)
    pairs = groupby(bunches(asked.connection, asked.period), key=lambda each: (each.sender, each.recipient))
    for (sender, recipient), group in pairs:
        count = Counter[str]()
        for bunch in group:
            count[bunch.standing] += bunch.count
        yield {
            "from": asked.period.first,
            "to": asked.period.last,
            "sender": sender,
            "sender_name": places.of(sender).name,
            "recipient": recipient,
            "recipient_name": places.of(recipient).name,
            "dispatched": count.total(),
            **{name: count[name] for name in CLASSES},
        }


REPORT = Report(rows=rows, fields=FIELDS)
