"""Tolerated variants: what the reader had to put up with, for each sender, so that senders can be helped to stop."""

from collections import Counter
from collections.abc import Iterator

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.documents import handed_over
from connectors.reports.places import Places

FIELDS = ("from", "to", "sender", "sender_name", "variant", "packets", "of_packets")


def rows(asked: Asked) -> Iterator[Row]:
    """Yield sender by sender the variants it used, the most frequent first."""
    places = Places(asked.directory, asked.period)
    used, sent = Counter[tuple[str, str]](), Counter[str]()
    for packet in handed_over(asked.connection, asked.period):
        sent[packet.sender] += 1
        used.update((packet.sender, note) for note in set(packet.notes))
    for (sender, variant), packets in sorted(used.items(), key=lambda each: (each[0][0], -each[1], each[0][1])):
        yield {
            "from": asked.period.first,
            "to": asked.period.last,
            "sender": sender,
            "sender_name": places.of(sender).name,
            "variant": variant,
            "packets": packets,
            "of_packets": sent[sender],
        }


REPORT = Report(rows=rows, fields=FIELDS)
