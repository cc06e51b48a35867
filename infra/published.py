"""What the `reference` topic announces: the newest snapshot of each kind, read once, without following."""

from infra.kafka.tail import read_all
from infra.settings import Settings
from schemas.codec import DecodeError, decode
from schemas.events import ReferencePublished


def announced(settings: Settings) -> dict[str, ReferencePublished]:
    """Return kind -> its newest announcement."""
    newest: dict[str, ReferencePublished] = {}
    for record in read_all(settings, ["reference"]):
        if record.value is None:
            continue  # a tombstone of the compacted topic
        try:
            event = decode(record.topic, record.key, record.value, record.headers)
        except DecodeError:
            continue  # whoever follows the topic says so
        if isinstance(event, ReferencePublished):
            newest[event.kind] = event
    return newest
