"""What a running axis looks like from outside: events per topic, what lies unread, alerts as they are raised."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.demo.plan import HERE
from infra.kafka.ends import BrokerEnds, NoAnswerError
from infra.kafka.records import Where
from infra.kafka.tail import Tail
from infra.progress import progress_file
from infra.settings import Settings
from schemas import codec
from schemas.events import AlertState, DocumentAlert
from schemas.topics import TOPICS, topic_of

ALERTS = topic_of(DocumentAlert)


class Readings:
    """Asks the broker and reads the files that processes leave; the last answers stand while the broker is away."""

    def __init__(self, settings: Settings, *, alerts: bool) -> None:
        self._settings = settings
        self._ends = BrokerEnds(settings)
        self._wheres = [Where(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]
        self._first: dict[Where, int] = {}
        self._alerts = Tail(settings, [ALERTS]) if alerts else None
        self.counts: dict[str, int] = {}
        """Topic -> records written since it exists (a compacted topic's too)."""

    def look(self) -> None:
        """Ask once more."""
        try:
            self._first = self._first or self._ends.first(self._wheres)
            latest = self._ends.latest(self._wheres)
        except NoAnswerError:
            return
        counts = {topic.name: 0 for topic in TOPICS}
        for where, end in latest.items():
            counts[where.topic] += end - self._first[where]
        self.counts = {topic: count for topic, count in counts.items() if count}

    def lags(self, processes: Mapping[str, int]) -> dict[str, int]:
        """Return process -> records it has not settled, of those that say."""
        found = {}
        for name in processes:
            try:
                found[name] = int(json.loads(progress_file(self._settings.run_folder, name).read_text())["lag"])
            except (OSError, ValueError, TypeError, LookupError):
                continue
        return found

    def handed_over(self) -> tuple[int, int]:
        """Return how many packets of the scripted week were handed over, of how many."""
        return _progress(self._settings.var / "demo" / "progress.json")

    def new_alerts(self) -> Iterator[str]:
        """Yield a line for each alert raised since the last call."""
        if self._alerts is None:
            return
        for record in self._alerts.poll():
            if record.value is None:
                continue
            alert = codec.decode(record.topic, record.key, record.value, record.headers)
            if isinstance(alert, DocumentAlert) and alert.state is AlertState.FIRING:
                yield alert_line(alert)

    def close(self) -> None:
        """Leave the broker."""
        if self._alerts is not None:
            self._alerts.close()


def counted(settings: Settings) -> Mapping[str, int]:
    """Return topic -> records, asked once."""
    readings = Readings(settings, alerts=False)
    readings.look()
    return readings.counts


def alert_line(alert: DocumentAlert) -> str:
    """Say an alert in one line: when, what, about what, whom it tells."""
    at = alert.occurred_at.astimezone(HERE)
    told = ", ".join(each.mailbox for each in alert.to) or "nobody"
    about = alert.document_id or alert.about
    return f"{at:%a %H:%M}  {alert.kind} step {alert.level}  {about} → {alert.recipient or alert.debtor}  tells {told}"


def _progress(file: Path) -> tuple[int, int]:
    try:
        said = json.loads(file.read_text())
        return int(said["handed_over"]), int(said["packets"])
    except (OSError, ValueError, TypeError, LookupError):
        return 0, 0
