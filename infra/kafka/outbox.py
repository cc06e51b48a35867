"""Writing messages and waiting until the broker has confirmed every one."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from infra import metrics
from infra.kafka.crashpoint import CrashPoints, no_crash
from infra.kafka.records import Message
from schemas.topics import DEAD_LETTER

PATIENCE_SECONDS = 35.0
"""A little more than the producer's own message.timeout.ms."""

POLL_SECONDS = 0.1
BUFFERED_BYTES = 64 * 1024 * 1024
"""librdkafka's limit of one message, before compression; the topic's own limit is judged by the broker, after it."""


class NotConfirmedError(Exception):
    """The broker did not confirm everything in time; nothing may be settled."""


class Producing(Protocol):
    """The part of confluent-kafka's producer that is used here."""

    def produce(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        *,
        headers: list[tuple[str, str | bytes | None]],
        on_delivery: Callable[[Any, Any], None],
    ) -> None:
        """Enqueue one message; raise BufferError when the queue is full."""

    def poll(self, timeout: float = -1) -> int:
        """Serve delivery reports."""


class _Sending:
    """The messages of one call that are under way."""

    def __init__(self, left: int) -> None:
        self._lock = threading.Lock()
        self.left = left
        self.error: object = None

    def report(self, error: object, _message: object) -> None:
        with self._lock:
            self.left -= 1
            self.error = self.error or error


class Outbox:
    """Shared by all partitions of a process; calls may come from several threads."""

    def __init__(self, producer: Producing, *, app: str, prefix: str = "", crash: CrashPoints = no_crash) -> None:
        self._producer, self._app, self._prefix, self._crash = producer, app, prefix, crash

    def write(self, messages: Sequence[Message], *, timer: bool = False) -> None:
        """Write all and wait for every confirmation; raise `NotConfirmedError`."""
        until = time.monotonic() + PATIENCE_SECONDS
        sending = _Sending(len(messages))
        for message in messages:
            self._enqueue(message, sending, until)
        self._crash("timer_emitted" if timer else "emitted")
        while sending.left and sending.error is None and time.monotonic() < until:
            self._producer.poll(POLL_SECONDS)
        if sending.left or sending.error is not None:
            raise NotConfirmedError(f"{sending.left} of {len(messages)} messages: {sending.error or 'no answer'}")
        self._crash("timer_confirmed" if timer else "confirmed")
        written = Counter((message.topic, message.says) for message in messages if message.topic != DEAD_LETTER)
        for (topic, outcome), count in written.items():
            metrics.EVENTS_OUT.labels(process=self._app, topic=topic, outcome=outcome).inc(count)

    def _enqueue(self, message: Message, sending: _Sending, until: float) -> None:
        while True:
            try:
                self._producer.produce(
                    self._prefix + message.topic,
                    message.value,
                    message.key,
                    headers=[*message.headers],
                    on_delivery=sending.report,
                )
            except BufferError:
                if time.monotonic() > until:
                    raise NotConfirmedError("the producer's queue stays full") from None
                self._producer.poll(POLL_SECONDS)
            else:
                return
