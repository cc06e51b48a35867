"""`python -m tests.bench.bare TOPIC OUT RECORDS`: the floor. A confluent-kafka loop that reads, decodes, encodes again and writes; no rules, no state."""

import sys
from dataclasses import replace

from infra.kafka import clients
from infra.settings import Settings
from schemas import codec
from tests.bench.marks import Marks

BATCH = 2_000


def main() -> None:
    """Run until all records are through."""
    topic, out, marks = sys.argv[1], sys.argv[2], Marks(int(sys.argv[3]))
    settings = Settings.load()
    consumer, producer = clients.consumer(settings, f"bare-{settings.process}"), clients.producer(settings)
    consumer.subscribe([settings.topic_prefix + topic])
    failed: list[object] = []

    def report(error: object, _message: object) -> None:
        if error is not None:
            failed.append(error)

    while not marks.through:
        messages = consumer.consume(BATCH, 0.1)
        if not messages:
            continue
        marks.begins()
        for message in messages:
            if message.error() is not None:
                raise RuntimeError(str(message.error()))
            event = codec.decode(topic, message.key(), message.value(), message.headers())  # type: ignore[arg-type] # a list, says the protocol
            encoded = codec.encode(replace(event, recorded_at=event.recorded_at), source="/bare")
            producer.produce(
                settings.topic_prefix + out, encoded.value, encoded.key, headers=[*encoded.headers], on_delivery=report
            )
        if producer.flush(30) or failed:
            raise RuntimeError(f"not confirmed: {failed[:1]}")
        marks.done(len(messages))
    consumer.close()


if __name__ == "__main__":
    main()
