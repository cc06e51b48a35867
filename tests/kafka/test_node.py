"""The node on the machine: real, ready when it says so, and whole again after whatever ended it."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.cimpl import NewTopic

from infra.kafka import clients, places
from infra.kafka.jars import JarSources
from infra.kafka.node import KafkaCluster, NodeError, pause, resume
from infra.kafka.places import answers, free_ports, remember, remembered
from infra.settings import Settings
from infra.supervise.ledger import start_ticks
from tests.conftest import GIVEN

SURVIVES = "survives"

pytestmark = pytest.mark.kafka


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[KafkaCluster]:
    """Yield a cluster of one node that was not started yet."""
    made = KafkaCluster.of(GIVEN.model_copy(update={"var": tmp_path}))
    yield made
    made.stop()


def write(bootstrap: str, value: bytes, *, copies: int = 1) -> None:
    """Write one record that every copy in sync has confirmed; the topic is made when it is not there."""
    admin = clients.admin(Settings(kafka_bootstrap=bootstrap))
    if SURVIVES not in admin.list_topics(timeout=10).topics:
        admin.create_topics([NewTopic(SURVIVES, 1, copies)])[SURVIVES].result(10)
    producer: Producer = clients.producer(Settings(kafka_bootstrap=bootstrap))
    producer.produce(SURVIVES, value)

    assert 0 == producer.flush(30)


def read(bootstrap: str, count: int) -> list[bytes | None]:
    """Read so many records from the beginning."""
    consumer: Consumer = clients.consumer(Settings(kafka_bootstrap=bootstrap), "reader")
    consumer.assign([TopicPartition(SURVIVES, 0, 0)])
    found: list[bytes | None] = []
    while len(found) < count:
        messages = consumer.consume(count, timeout=30)

        assert messages, f"only {len(found)} of {count} records came"
        found += [message.value() for message in messages]
    consumer.close()
    return found


def test_what_was_confirmed_survives_stop_and_kill(cluster: KafkaCluster) -> None:
    """Start, write, stop, start again, write; a second owner ends the first one's node by kill -9 and starts it: same ports, every record there."""
    cluster.start()
    bootstrap, pid = cluster.bootstrap, cluster.pids()[1]
    write(bootstrap, b"before the stop")
    cluster.stop()

    assert start_ticks(pid) is None
    assert not answers(bootstrap)

    cluster.start()
    write(cluster.bootstrap, b"before the kill")
    second = KafkaCluster(cluster.folder, jars=cluster.jars)
    second.start()
    try:
        assert [1] == cluster.dead()
        assert bootstrap == second.bootstrap
        assert [b"before the stop", b"before the kill"] == read(bootstrap, 2)
    finally:
        second.stop()


def test_a_node_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """The starter is ended by kill -9: the node is gone as well, and the next start finds it works."""
    code = (
        "import sys; from pathlib import Path; from infra.settings import Settings; from infra.kafka.node import KafkaCluster\n"
        "made = KafkaCluster.of(Settings.load()); made.start(); print(made.pids()[1], flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "LIENTHONG_VAR": str(tmp_path)}
    starter = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    with starter:
        assert starter.stdout is not None
        node = int(starter.stdout.readline())

        assert start_ticks(node) is not None

        ended = os.pidfd_open(node)
        starter.kill()
        starter.wait()

        assert _ends(ended)

    again = KafkaCluster.of(GIVEN.model_copy(update={"var": tmp_path}))
    again.start()
    again.stop()


def _ends(pidfd: int) -> bool:
    """Wait until a process that is no child of ours ended; False if it does not within ten seconds."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    try:
        return bool(poll.poll(10_000))
    finally:
        os.close(pidfd)


def test_a_port_taken_at_the_last_moment_is_replaced(cluster: KafkaCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody binds the remembered port after we looked: the node comes up on another one."""
    cluster.folder.mkdir(parents=True)
    taken = remember(cluster.folder, 1)
    monkeypatch.setattr(places, "_is_free", lambda _port: True)
    with socket.create_server(("127.0.0.1", taken.every[0].client_port)):
        cluster.start()

        assert taken.bootstrap != cluster.bootstrap
        write(cluster.bootstrap, b"works")


def test_a_frozen_node_answers_again_after_it_was_resumed(cluster: KafkaCluster) -> None:
    """SIGSTOP and SIGCONT: nothing is lost, the write waits."""
    cluster.start()
    write(cluster.bootstrap, b"before")
    pause(cluster.pids()[1])
    producer: Producer = clients.producer(Settings(kafka_bootstrap=cluster.bootstrap))
    producer.produce(SURVIVES, b"while it was frozen")

    assert 1 == producer.flush(0.5)

    resume(cluster.pids()[1])

    assert 0 == producer.flush(30)
    assert [b"before", b"while it was frozen"] == read(cluster.bootstrap, 2)


@pytest.mark.slow
def test_three_nodes_go_on_without_one(tmp_path: Path) -> None:
    """Three copies, two in sync: one node is killed, writing goes on; it comes back and all three are there."""
    three = KafkaCluster.of(GIVEN.model_copy(update={"var": tmp_path}), nodes=3)
    try:
        three.start()
        write(three.bootstrap, b"with three", copies=3)
        three.kill(2)
        write(three.bootstrap, b"with two")
        three.start_node(2)
        three.wait_until_ready()

        assert [b"with three", b"with two"] == read(three.bootstrap, 2)
    finally:
        three.stop()


def test_a_folder_keeps_its_number_of_nodes(tmp_path: Path) -> None:
    """A cluster of one is not started as three: the quorum would not be the one its data know."""
    remember(tmp_path, 1)
    with pytest.raises(NodeError, match="a cluster of 1 nodes, not 3"):
        KafkaCluster(tmp_path, nodes=3).start()


def test_a_strangers_process_is_never_ended(tmp_path: Path, cluster: KafkaCluster) -> None:
    """The recorded pid belongs to somebody else by now (another start time): it lives on."""
    stranger = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, start_new_session=True
    )
    with stranger:
        cluster.folder.mkdir(parents=True)
        recorded = {"kafka-1": [stranger.pid, (start_ticks(stranger.pid) or 0) - 1]}
        (cluster.folder / "processes.json").write_text(json.dumps(recorded))
        cluster.jars = JarSources(libs=tmp_path)
        with pytest.raises(Exception, match="holds no kafka_2"):
            cluster.start()

        assert stranger.poll() is None

        stranger.kill()


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    """A second start listens where the first did; a port that somebody took meanwhile is replaced, the cluster id stays."""
    first = remember(tmp_path, 1)

    assert first == remember(tmp_path, 1) == remembered(tmp_path)

    with socket.create_server(("127.0.0.1", first.every[0].client_port)):
        moved = remember(tmp_path, 1)

    assert first.cluster_id == moved.cluster_id
    assert first.every[0].client_port != moved.every[0].client_port


def test_cluster_ids_are_what_kafka_accepts(tmp_path: Path) -> None:
    """22 characters of URL-safe base64 that do not begin with a dash."""
    for number in range(50):
        made = remember(tmp_path / str(number), 1).cluster_id

        assert 22 == len(made)
        assert made[0] not in "-_"


def test_free_ports_differ() -> None:
    """Six ports for three nodes."""
    assert 6 == len(set(free_ports(6)))


@pytest.mark.parametrize(
    "content", ["", "{", '{"id": "x"}', '{"id": "x", "ports": [1]}', '{"id": "x", "ports": ["a", 2]}']
)
def test_half_a_memory_is_none(tmp_path: Path, content: str) -> None:
    """A file that cannot be read counts as no memory."""
    (tmp_path / "cluster.json").write_text(content)

    assert remembered(tmp_path) is None
