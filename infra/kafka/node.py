"""Starts a real Apache Kafka 4.3.1 in KRaft mode on loopback: one node, or three that replicate. Also the test fixture.

Safe to start again after a kill: ports and cluster id are remembered beside the data, processes by pid and start time.
"""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.kafka.clients import SILENT
from infra.kafka.configuration import LOG4J, server_properties
from infra.kafka.jars import JarSources, find_jars
from infra.kafka.java import find_java
from infra.kafka.places import Place, Places, remember, remembered
from infra.kafka.roundtrip import round_trip
from infra.settings import Settings
from infra.supervise.child import die_with_parent, end_group
from infra.supervise.ledger import Ledger

START_SECONDS = 120
"""Longest wait for a round trip, on a busy machine."""

STOP_SECONDS = 5.0
STOP_TOGETHER_SECONDS = 2.0
"""Nodes that stop at once lose the quorum they would take leave of, and wait for it; what they confirmed is safe already."""

QUICK = "-XX:TieredStopAtLevel=1"
"""The quick compiler only: starts a third sooner, needs a fifth less memory; ample for the rates of one machine."""

HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", QUICK)
QUIET = ("--enable-native-access=ALL-UNNAMED",)
PORT_TAKEN = "Address already in use"


class NodeError(EnvironmentFaultError):
    """The broker did not come up; the message quotes its log."""


class _PortTakenError(NodeError):
    """Somebody took a port between our look and the broker's bind."""


@dataclass(slots=True)
class KafkaCluster:
    """One or three nodes below one folder. Start it from a thread that lives as long as the nodes shall: they end with it."""

    folder: Path
    nodes: int = 1
    jars: JarSources = field(default_factory=JarSources)
    java_home: Path | None = None
    advertised_port: int | None = None
    """Of a single node behind a proxy: where clients are sent."""

    _processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    _places: Places | None = None
    _ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.folder.absolute()
        self._ledger = Ledger(self.folder / "processes.json")

    @classmethod
    def of(cls, settings: Settings, *, nodes: int = 1) -> "KafkaCluster":
        """Return the cluster of one machine's axis: below `var/kafka`, with the Java and jars the settings name."""
        return cls(settings.var / "kafka", nodes, JarSources.of(settings), settings.java_home)

    @property
    def places(self) -> Places:
        """Where the nodes listen, once started."""
        if self._places is None:
            raise NodeError("the cluster was not started")
        return self._places

    @property
    def bootstrap(self) -> str:
        """host:port of every node, separated by commas."""
        return self.places.bootstrap

    def pids(self) -> dict[int, int]:
        """Return node number -> pid of the nodes that run."""
        return {number: process.pid for number, process in self._processes.items() if process.poll() is None}

    def start(self) -> None:
        """Start every node and wait until a record went in and came out again; raise `NodeError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ledger.end_leftovers()
        if (known := remembered(self.folder)) is not None and len(known.every) != self.nodes:
            raise NodeError(
                f"{self.folder} holds a cluster of {len(known.every)} nodes, not {self.nodes}", "use another var folder"
            )
        try:
            self._start_all(remember(self.folder, self.nodes))
        except _PortTakenError:
            self._start_all(remember(self.folder, self.nodes, fresh=True))

    def start_node(self, number: int) -> None:
        """Start one node without waiting for it."""
        home = self._home(number)
        command = [*self._java(home, HEAP), "kafka.Kafka", str(home / "server.properties")]
        with (home / "stdout.log").open("wb") as out:
            self._processes[number] = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=home,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
            )
        self._ledger.add(f"kafka-{number}", self._processes[number].pid)

    def wait_until_ready(self) -> None:
        """Return once all nodes are there and a round trip worked; raise `NodeError` if one died or none comes up."""
        until = time.monotonic() + START_SECONDS
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "reconnect.backoff.max.ms": 250, **SILENT})
        why = "not all nodes are there"
        while time.monotonic() < until:
            self._require_alive()
            try:
                if len(admin.list_topics(timeout=1).brokers) == self.nodes:
                    round_trip(self.bootstrap, replication=self.nodes)
                    return
            except (KafkaException, TimeoutError) as exc:
                why = str(exc)
        raise NodeError(f"Kafka did not come up within {START_SECONDS} s: {why}: {self._last_words(1)}")

    def stop(self) -> None:
        """Stop all nodes; one that does not stop in time is killed. Stopping twice is fine."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + (STOP_SECONDS if self.nodes == 1 else STOP_TOGETHER_SECONDS)
        for number, process in list(self._processes.items()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            self.kill(number)

    def kill(self, number: int = 1) -> None:
        """End one node as kill -9 does."""
        process = self._processes.pop(number, None)
        if process is not None:
            end_group(process.pid)
            process.wait()
            self._ledger.remove(f"kafka-{number}")

    def dead(self) -> list[int]:
        """Return the numbers of nodes that ended without being asked to."""
        return [number for number, process in self._processes.items() if process.poll() is not None]

    def _start_all(self, places: Places) -> None:
        self._places = places
        try:
            for place in places.every:
                self._format(place)
            for place in places.every:
                self.start_node(place.number)
            self.wait_until_ready()
        except BaseException:  # an interrupted start leaves no node behind either
            for number in list(self._processes):
                self.kill(number)
            raise

    def _require_alive(self) -> None:
        for number in self.dead():
            said = self._last_words(number)
            fault = _PortTakenError if PORT_TAKEN in said else NodeError
            raise fault(f"Kafka node {number} ended with {self._processes[number].returncode}: {said}")

    def _home(self, number: int) -> Path:
        return self.folder / f"node-{number}"

    def _last_words(self, number: int) -> str:
        words = ""
        for log in (self._home(number) / "server.log", self._home(number) / "stdout.log"):
            words += log.read_text(errors="replace")[-1500:] if log.exists() else ""
        return words.strip()

    def _java(self, home: Path, options: tuple[str, ...]) -> list[str]:
        log = f"-Dlog4j2.configurationFile={home / 'log4j2.yaml'}"
        return [find_java(self.java_home), *options, *QUIET, log, "-cp", find_jars(self.jars)]

    def _format(self, place: Place) -> None:
        """Write the node's files and format its storage if that was not done yet."""
        home = self._home(place.number)
        home.mkdir(exist_ok=True)
        (home / "server.log").unlink(missing_ok=True)
        properties = server_properties(place, self.places, log_dir=home / "data", advertised_port=self.advertised_port)
        write_atomically(home / "server.properties", properties.encode())
        write_atomically(home / "log4j2.yaml", LOG4J.encode())
        if (home / "data" / "meta.properties").exists():
            return
        tool = [*self._java(home, ("-Xmx128m", "-XX:+UseSerialGC", QUICK)), "kafka.tools.StorageTool", "format"]
        options = ["-t", self.places.cluster_id, "-c", str(home / "server.properties")]
        done = subprocess.run([*tool, *options], capture_output=True, text=True, timeout=120, check=False, cwd=home)  # noqa: S603 - our own command
        if done.returncode:  # what a format that works prints may hold credentials: never shown
            raise NodeError(f"formatting node {place.number} failed: {done.stderr.strip()[-400:]}")


def pause(pid: int) -> None:
    """Freeze a node (SIGSTOP): it lives and answers nothing."""
    os.kill(pid, signal.SIGSTOP)


def resume(pid: int) -> None:
    """Let a frozen node go on."""
    os.kill(pid, signal.SIGCONT)
