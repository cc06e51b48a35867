"""Do the log and our position belong together? Asked whenever a lane is taken over."""

from collections.abc import Mapping

from infra.kafka.ending import End
from infra.kafka.lane import Lane
from infra.kafka.records import Where


def check_bounds(lane: Lane, first: Mapping[Where, int], after: Mapping[Where, int], end: End) -> None:
    """End where the log begins after our position or ends before it; going on would lose records without a word."""
    for topic, last in lane.positions.items():
        where = Where(topic, lane.partition)
        said = {"topic": topic, "partition": lane.partition, "settled": last}
        if last + 1 < first[where]:
            end("retention removed records that were not settled", **said, first=first[where])
        if last + 1 > after[where]:
            end(
                "the log ends before our position: it is not the log this state was made from", **said, end=after[where]
            )
