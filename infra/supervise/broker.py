"""Keeps the broker's nodes running: one that died is started again with backoff, one that answers nothing is killed first."""

import time
from collections import defaultdict
from collections.abc import Callable

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from infra import metrics
from infra.kafka.clients import SILENT
from infra.kafka.node import KafkaCluster
from infra.supervise.loops import Loop, announcement
from infra.supervise.supervisor import STEADY_AFTER, backoff

ASK_EVERY = 5.0
"""Seconds between two questions to the cluster."""

ASK_SECONDS = 1.0
FROZEN_AFTER = 60.0
"""Seconds without an answer after which a single node that lives is started again."""

log = structlog.get_logger(__name__)


class BrokerWatch:
    """Looks after one cluster; `tick` is called a few times a second by whoever has the foreground."""

    def __init__(self, cluster: KafkaCluster, on_restart: Callable[[str, str, str], None]) -> None:
        self._cluster, self._on_restart = cluster, on_restart
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "reconnect.backoff.max.ms": 250, **SILENT})
        self._answered_at = self._asked_at = time.monotonic()
        self._started_at: dict[int, float] = {}
        self._start_again_at: dict[int, float] = {}
        self._loops: defaultdict[int, Loop] = defaultdict(Loop)
        self.crashes: dict[int, int] = {}
        self.on_loop: Callable[[str], None] = lambda _said: None
        """Called with a sentence for people when a node crash-loops."""

    def tick(self) -> None:
        """Look at every node once."""
        now = time.monotonic()
        for number in self._cluster.dead():
            if number not in self._start_again_at:
                self._plan(number, "died", now)
        for number, at in list(self._start_again_at.items()):
            if now >= at:
                self._start(number, now)
        if not self._start_again_at and self._cluster.nodes == 1 and now - self._asked_at > ASK_EVERY:
            self._ask(now)

    def _plan(self, number: int, why: str, now: float) -> None:
        steady = now - self._started_at.get(number, now) > STEADY_AFTER
        self.crashes[number] = 1 if steady else self.crashes.get(number, 0) + 1
        wait = backoff(self.crashes[number])
        self._start_again_at[number] = now + wait
        metrics.PROCESS_RESTARTS.labels(process=f"kafka-{number}", reason=why).inc()
        log.warning("ended", process=f"kafka-{number}", why=why, again_in=wait, crashes=self.crashes[number])
        self._on_restart(f"kafka-{number}", why, "")
        if self._loops[number].note(now):
            times = len(self._loops[number].restarts)
            sentences = announcement(f"kafka-{number}", why, "", times=times, wait=wait)
            log.error(
                "crash_loop", process=f"kafka-{number}", why=why, restarts=times, vi=sentences[0], en=sentences[1]
            )
            for sentence in sentences:
                self.on_loop(sentence)

    def _start(self, number: int, now: float) -> None:
        del self._start_again_at[number]
        self._cluster.kill(number)  # what a dead node left, or a node that answers nothing
        self._cluster.start_node(number)
        self._started_at[number] = self._answered_at = now
        log.info("started", process=f"kafka-{number}", pid=self._cluster.pids()[number])

    def _ask(self, now: float) -> None:
        self._asked_at = now
        try:
            self._admin.list_topics(timeout=ASK_SECONDS)
        except KafkaException:
            if now - self._answered_at > FROZEN_AFTER:
                self._plan(1, "no_answer", now)
        else:
            self._answered_at = now
