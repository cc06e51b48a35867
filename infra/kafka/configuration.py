"""The files of a small Kafka node: what differs from the broker's defaults, and why."""

from pathlib import Path

from infra.kafka.places import Place, Places

LOG4J = """Configuration:
  status: ERROR
  Appenders:
    RollingFile:
      name: file
      fileName: server.log
      filePattern: server.log.%i
      PatternLayout: {pattern: "[%d] %p %m (%c)%n"}
      Policies: {SizeBasedTriggeringPolicy: {size: 10MB}}
      DefaultRolloverStrategy: {max: 3}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: file}}
    Logger:
      - {name: kafka.server.KafkaRaftServer, level: INFO}
"""


def server_properties(place: Place, places: Places, *, log_dir: Path, advertised_port: int | None = None) -> str:
    """Return `server.properties` of one combined broker and controller; three nodes keep three copies, two of them in sync.

    `advertised_port`: where clients are sent, if something stands between them and the node.
    """
    copies = len(places.every)
    in_sync = min(2, copies)
    settings = {
        "process.roles": "broker,controller",
        "node.id": place.number,
        "controller.quorum.voters": places.voters,
        "listeners": f"PLAINTEXT://127.0.0.1:{place.client_port},CONTROLLER://127.0.0.1:{place.controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{advertised_port or place.client_port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": log_dir.absolute(),
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 4,  # the default of 50 is slow to create
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": 0,
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 4000,  # after a kill, the broker's number is free again this much later (default 9 s)
        "auto.create.topics.enable": "false",  # topics.yaml is the only place that names topics
        "num.recovery.threads.per.data.dir": 1,
        "num.network.threads": 2,
        "num.io.threads": 2,
        "log.cleaner.threads": 1,
        "log.cleaner.dedupe.buffer.size": 16_777_216,  # the default of 128 MiB does not fit a small heap
        "log.segment.bytes": 16_777_216,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
