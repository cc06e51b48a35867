"""A whole axis under fire: its own folder, broker, topics, processes, a feeder, and somebody who watches the log."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from infra.clock import open_clock, set_clock
from infra.demo.plan import FIRST_MONDAY, HERE
from infra.demo.quiet import behind, waiting_files
from infra.folders import doors
from infra.kafka.ends import BrokerEnds, NoAnswerError
from infra.kafka.node import KafkaCluster
from infra.kafka.records import Where
from infra.settings import Settings
from infra.state import Positions
from infra.supervise.child import Spec
from infra.supervise.supervisor import Supervisor
from schemas.topics import TOPICS
from tests.chaos.journal import Handed, JournalReader
from tests.chaos.proxy import Proxy
from tests.chaos.sight import Sight
from tests.chaos.surroundings import Surroundings
from tests.gateway import Gateway
from tests.postgres import PostgresServer

LOOK_SECONDS = 0.02
BEGINS = datetime(FIRST_MONDAY.year, FIRST_MONDAY.month, FIRST_MONDAY.day, 8, tzinfo=HERE)


class StuckError(AssertionError):
    """Something did not come about in its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How an act is fed, and what stands around it."""

    around: Surroundings = field(default_factory=Surroundings)
    rate: float = 10.0
    """Packets a second."""

    time: float = 60.0
    """How many times as fast as life the axis' clock runs. Sixty: an hour of outage is a minute, deadlines pass while things are broken."""

    seed: int = 1
    documents: int = 0
    """The faults are played again until so many were handed over."""


@dataclass(slots=True)
class Stage:
    """What a fault may lay hands on."""

    settings: Settings
    setting: Setting
    cluster: KafkaCluster
    supervisor: Supervisor
    specs: dict[str, Spec]
    journal: JournalReader
    sight: Sight
    feeder: Spec
    mailbox: Spec
    ends: BrokerEnds
    positions: dict[str, Positions]
    """Consumer -> where its position is read."""

    restarts: list[tuple[str, str]] = field(default_factory=list)
    """(process, reason) of every restart by the supervisor."""

    _open: list[Handed] = field(default_factory=list)
    _noted: int = 0
    """What was handed over and had no outcome when last asked, and how much of the journal is in it."""

    @property
    def proxy(self) -> Proxy:
        """What stands between all clients and the broker."""
        assert self.setting.around.proxy is not None, "no proxy on this stage"
        return self.setting.around.proxy

    @property
    def postgres(self) -> PostgresServer:
        """Where the state lies."""
        assert self.setting.around.postgres is not None, "no PostgreSQL on this stage"
        return self.setting.around.postgres

    @property
    def bucket(self) -> Gateway:
        """Where the contents lie."""
        assert self.setting.around.bucket is not None, "no bucket on this stage"
        return self.setting.around.bucket

    # -- time ---------------------------------------------------------------------------------------------
    def look(self) -> None:
        """Let the supervisor and the onlookers do their part."""
        self.supervisor.tick()
        self.journal.look()
        self.sight.look()

    def wait(self, seconds: float) -> None:
        """Let so much real time pass."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.look()
            time.sleep(LOOK_SECONDS)  # the pause between two looks

    def wait_until(self, holds: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait for something; raise `StuckError`."""
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                raise StuckError(f"{what}: not within {seconds:g} s")
            self.wait(LOOK_SECONDS)

    # -- processes ----------------------------------------------------------------------------------------
    def pid(self, name: str) -> int:
        """Return the pid of a process that runs (again)."""
        self.wait_until(lambda: name in self.supervisor.pids(), seconds=60, what=f"{name} runs")
        return self.supervisor.pids()[name]

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process."""
        os.kill(self.pid(name), number)

    def is_back(self, name: str, since: float) -> bool:
        """Tell whether a process has said how far it is after a moment (monotonic)."""
        try:
            said = json.loads((self.settings.run_folder / f"{name}.progress").read_bytes())
            return name in self.supervisor.pids() and float(said["at"]) > since
        except (OSError, ValueError, LookupError):
            return False

    def wait_until_back(self, *names: str, seconds: float = 90.0) -> None:
        """Wait until processes work again."""
        since = time.monotonic()
        self.wait_until(lambda: all(self.is_back(name, since) for name in names), seconds=seconds, what=f"{names} work")

    def start(self, spec: Spec) -> None:
        """Start a process under supervision, or start it anew with another environment."""
        self.stop(spec.name)
        self.specs[spec.name] = spec
        self.supervisor.start(spec)

    def start_again(self, name: str, **environment: str) -> None:
        """End a process at once and start it with further settings."""
        spec = self.specs[name]
        self.stop(name)
        self.supervisor.start(replace(spec, environment={**spec.environment, **environment}))

    def stop(self, name: str, *, kindly: bool = False) -> None:
        """End a process for good."""
        watch = self.supervisor._watches.pop(name, None)
        if watch is None:
            return
        if kindly:
            watch.child.ask_to_stop()
            until = time.monotonic() + 20
            while watch.child.exit_code() is None and time.monotonic() < until:
                self.wait(LOOK_SECONDS)
        watch.child.kill()

    def all_names(self) -> list[str]:
        """Return the axis' own processes."""
        return list(self.specs)

    # -- the end ------------------------------------------------------------------------------------------
    def unanswered(self, before: float) -> list[str]:
        """Return the keys of what was handed over before a moment (Unix time) and has no outcome yet."""
        self._open += self.journal.handed[self._noted :]
        self._noted = len(self.journal.handed)
        left = set(self.sight.without_outcome((each.key, each.sha256) for each in self._open))
        self._open = [each for each in self._open if each.key in left]
        return [each.key for each in self._open if each.at < before]

    def settle(self, *, seconds: float) -> None:
        """End the packets, let everybody answer, stop the clock, and wait until nothing is unread or due anywhere."""
        self.send("feeder", signal.SIGUSR1)
        # On a running clock reminders never end: what lies on the log now must be read, not what comes after it.
        ends = self._known_ends(seconds)
        self.wait_until(
            lambda: not self._behind(ends), seconds=seconds, what="everything handed over is read and answered"
        )
        set_clock(self.settings.clock_file, "stepped", at=open_clock(self.settings).now())
        self.wait_until(self._is_quiet, seconds=seconds, what="nothing is due any more")

    def busy(self) -> str:
        """Say what is not read yet; empty when all is."""
        try:
            return self._behind(self._ends())
        except NoAnswerError as exc:
            return str(exc)

    def _behind(self, ends: Mapping[Where, int]) -> str:
        waiting = waiting_files(door.folder for door in doors(self.settings))
        return waiting or behind(self.positions, ends) or next(iter(self.unanswered(time.time())), "")

    def _ends(self) -> Mapping[Where, int]:
        return self.ends.latest([Where(topic.name, number) for topic in TOPICS for number in range(topic.partitions)])

    def _known_ends(self, seconds: float) -> Mapping[Where, int]:
        """Ask the broker until it answers."""
        found: list[Mapping[Where, int]] = []

        def asked() -> bool:
            with contextlib.suppress(NoAnswerError):
                found.append(self._ends())
            return bool(found)

        self.wait_until(asked, seconds=seconds, what="the broker says where the log ends")
        return found[0]

    def _is_quiet(self) -> bool:
        now = open_clock(self.settings).now()
        due = [at for each in self.positions.values() if (at := each.next_due()) is not None]
        return not self.busy() and not any(at <= now for at in due)
