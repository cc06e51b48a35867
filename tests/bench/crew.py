"""Several workers of ours at once, watched from outside: by what lies on the topics, and by what the system says of a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

from infra.kafka import clients
from infra.settings import Settings
from infra.supervise.child import die_with_parent
from schemas.topics import PARTITIONS
from tests.axis import environment, until
from tests.bench.contenders import ROOT, STOP_SECONDS

ENDLESS = 10**12
SECONDS = 600.0
AT_ONCE = 5_000


@contextmanager
def crew(
    settings: Settings, members: Sequence[tuple[str, str]], folder: Path, *, state: str = ""
) -> Iterator[list[int]]:
    """Run workers, (processor, replica) each, until the end of the block; yield their pids once all own partitions."""
    running = [_started(settings, processor, replica, folder, state) for processor, replica in members]
    logs = [_log(folder, *member) for member in members]
    try:
        until(lambda: all("claimed" in log.read_text(errors="replace") for log in logs), seconds=SECONDS)
        yield [each.pid for each in running]
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            try:
                each.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def command(processor: str, replica: str) -> tuple[str, ...]:
    """Return how one worker is started that ends only when it is told to."""
    return (sys.executable, "-m", "tests.bench.ours", processor, str(ENDLESS), replica)


def _log(folder: Path, processor: str, replica: str) -> Path:
    return folder / f"{processor}-{replica}.log"


def _started(settings: Settings, processor: str, replica: str, folder: Path, state: str) -> "subprocess.Popen[bytes]":
    own = {
        "LIENTHONG_PROCESS": f"{processor}-{replica}",
        "LIENTHONG_STATE": state or f"sqlite:///{folder / processor}.sqlite",
    }
    with _log(folder, processor, replica).open("wb") as log:
        return subprocess.Popen(
            command(processor, replica),
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=ROOT,
            env=os.environ | environment(settings) | own,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
        )


class Timestamps:
    """Follows one topic: header `ce_correlationid` (the document) -> Kafka's timestamp, when its writer produced it (ms)."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self._consumer = clients.consumer(settings, "bench-timestamps")
        name = settings.topic_prefix + topic
        self._consumer.assign([TopicPartition(name, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
        self.seen: dict[str, int] = {}

    def wait(self, count: int) -> None:
        """Read on until so many documents were seen."""
        until(lambda: self._read() or len(self.seen) >= count, seconds=SECONDS)

    def of(self, documents: Collection[str]) -> list[int]:
        """Read on until all of these were seen; return their times."""
        wanted = set(documents)
        until(lambda: self._read() or self.seen.keys() >= wanted, seconds=SECONDS)
        return [self.seen[each] for each in documents]

    def _read(self) -> bool:
        for message in self._consumer.consume(AT_ONCE, 0.05):
            if message.error() is None:
                headers = dict(message.headers() or ())
                document = cast("bytes", headers["ce_correlationid"]).decode()
                self.seen.setdefault(document, message.timestamp()[1])
        return False

    def close(self) -> None:
        """Leave."""
        self._consumer.close()
