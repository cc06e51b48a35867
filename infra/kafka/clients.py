"""Clients of the broker, configured the same way everywhere."""

import logging
import ssl
from typing import Any

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from infra.errors import EnvironmentFaultError
from infra.kafka.places import answers, remembered
from infra.settings import Settings

ERRORS_ONLY = {"log_level": 3}
"""The scale is syslog's."""

LOG = logging.getLogger("librdkafka")
"""Takes what a client says when it is polled, so that it becomes a log line like ours; an admin client, never polled, keeps silent."""

SILENT = {"log_level": 0}
"""For admin clients and probes: librdkafka would write every refused connection to stderr, once a second; what they ask raises anyway."""


class NoBrokerError(EnvironmentFaultError):
    """Nobody said where Kafka is, and no node of ours listens."""

    def __init__(self) -> None:
        super().__init__(
            "no Kafka is running here, and none is named", "start one with `lienthong up`, or set KAFKA_BOOTSTRAP"
        )


class BrokerAwayError(EnvironmentFaultError):
    """A Kafka is named or known, and does not answer."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Kafka at {where} does not answer",
            "is it running, and is the address right? `lienthong doctor` tells more",
        )


def require_answer(settings: Settings) -> None:
    """Raise `NoBrokerError` or `BrokerAwayError` at once where no address listens; the client itself would try again for ever, aloud."""
    where = bootstrap(settings)
    if not answers(where):
        raise BrokerAwayError(where)


def bootstrap(settings: Settings) -> str:
    """Return host:port,… of the cluster the settings name, else of the node that `up` started and that listens now; raise `NoBrokerError`."""
    if settings.kafka_bootstrap:
        return settings.kafka_bootstrap
    own = remembered(settings.var / "kafka")
    if own is None or not answers(own.bootstrap):
        raise NoBrokerError
    return own.bootstrap


def connection(settings: Settings) -> dict[str, Any]:
    """Return librdkafka's address and security settings; raise `NoBrokerError` without an address."""
    return {"bootstrap.servers": bootstrap(settings), **ERRORS_ONLY, **settings.kafka_security}


def asyncio_connection(settings: Settings) -> dict[str, Any]:
    """Return the same for aiokafka (and, part by part, for Faust's credentials)."""
    found: dict[str, Any] = {
        "bootstrap_servers": bootstrap(settings),
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        found |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    if settings.kafka_security_protocol.endswith("SSL"):
        found["ssl_context"] = ssl_context(settings)
    return found


def ssl_context(settings: Settings) -> ssl.SSLContext:
    """Return a context that checks the broker's name and, with mTLS, shows our certificate."""
    context = ssl.create_default_context(cafile=settings.kafka_ssl_ca)
    if settings.kafka_ssl_certificate:
        context.load_cert_chain(settings.kafka_ssl_certificate, settings.kafka_ssl_key)
    return context


def producer(settings: Settings, **over: Any) -> Producer:
    """Return an idempotent producer; it places keys as Faust, aiokafka and Java do (murmur2)."""
    return Producer(
        connection(settings)
        | {
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 5,
            "batch.size": 262_144,
            "message.timeout.ms": 30_000,
            "compression.type": "lz4",
            "logger": LOG,
        }
        | over
    )


def consumer(settings: Settings, group: str, **over: Any) -> Consumer:
    """Return a consumer that commits nothing by itself and starts at the beginning where it knows no better."""
    return Consumer(
        connection(settings)
        | {
            "group.id": settings.topic_prefix + group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": int(settings.session_timeout * 1000),
            "allow.auto.create.topics": False,
            "fetch.wait.max.ms": 100,
            "logger": LOG,
        }
        | over
    )


def admin(settings: Settings, **over: Any) -> AdminClient:
    """Return an admin client; keep it in a variable while its futures run."""
    return AdminClient(connection(settings) | SILENT | over)
