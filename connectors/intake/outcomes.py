"""What becomes of what intake wrote, seen on the topics as it happens: for the window alone, so nothing is remembered and nothing has to be complete."""

import threading

import structlog
from confluent_kafka import KafkaException

from connectors.intake.window import Window
from infra.kafka.tail import Tail
from infra.settings import Settings

JUDGED = "document.signed"
TOPICS = (
    JUDGED,
    "document.held",
    "document.refused",
    "document.dispatched",
    "document.repeated",
    "document.acknowledged",
    "status.parked",
)
AGAIN_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Outcomes:
    """Follows the outcomes from now on, in a thread of its own."""

    def __init__(self, settings: Settings, window: Window) -> None:
        self._settings, self._window = settings, window
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outcomes", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def end(self) -> None:
        """Follow no longer."""
        self._ending.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except KafkaException as exc:  # what is missed meanwhile is forgotten by the window after a while
                log.warning("outcomes_not_seen", why=str(exc))
                self._ending.wait(AGAIN_SECONDS)

    def _follow(self) -> None:
        tail = Tail(self._settings, TOPICS, from_end=True)
        try:
            while not self._ending.is_set():
                for topic, _partition, _offset, _key, _value, headers in tail.rows():
                    self._note(topic, dict(headers))
        finally:
            tail.close()

    def _note(self, topic: str, said: dict[str, bytes]) -> None:
        cause = said.get("ce_causationid", b"").decode(errors="replace")
        if topic == JUDGED:
            self._window.passed_on(cause, said.get("ce_id", b"").decode(errors="replace"))
        else:
            self._window.finished(cause)
