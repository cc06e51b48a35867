"""Putting dead letters back onto their topics: the original bytes, key and headers, at the same partition, and their history behind.

The bytes are confirmed first and the act is written then: a crash in between leaves the letter open, and a second copy is
dropped by its event id, as any repeat is. The other way round a letter could be called replayed that nobody put back.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from infra.kafka import clients
from infra.kafka.burial import NAMES
from infra.kafka.dead_letters import DeadLetter, read_dead_letters
from infra.kafka.history import COUNT, EARLIER, FIRST, Failure, History, Place, without_tail
from infra.kafka.outbox import BUFFERED_BYTES, PATIENCE_SECONDS
from infra.letters.cases import Case, Original, Standing
from infra.settings import Settings
from schemas.topics import BY_NAME

AT_ONCE = 100
"""Records under way between two looks at what the broker confirmed."""

POLL_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class _Sent:
    """What became of one record."""

    copy: Place | None = None
    error: str = ""


def why_not(case: Case) -> str:
    """Say in Vietnamese why a case cannot be replayed, or nothing."""
    topic = BY_NAME.get(case.original.first.topic)
    if case.original.first.topic.startswith("timer."):
        return "Đây là hẹn giờ của tiến trình, không phải bản ghi: không có chủ đề nào để phát lại."
    if topic is None or not topic.consumers or case.original.first.partition < 0:
        return f"Không rõ bản ghi thuộc chủ đề nào ({case.original.first.topic or '?'}): không phát lại được."
    if topic.compacted:
        return "Chủ đề này giữ bản mới nhất của mỗi khóa, phát lại sẽ đưa bản cũ lên trên: hãy công bố lại dữ liệu."
    if case.newest.left:
        return f"Nội dung không nằm trong bản ghi lỗi ({case.newest.left}): bản gốc vẫn ở {case.newest.place}."
    if case.standing is Standing.REPLAYED:
        return "Đã phát lại rồi, và chưa quay lại: xem `lienthong dlq list --all`."
    return ""


def bodies(settings: Settings, ids: Iterable[str]) -> Iterator[DeadLetter]:
    """Yield these letters with their contents; the log is read again, so that no more than a few lie in memory."""
    wanted = set(ids)
    for letter in read_dead_letters(settings) if wanted else ():
        if letter.id in wanted:
            yield letter


def put_back(settings: Settings, records: Mapping[Original, Sequence[Case]]) -> Iterator[tuple[Original, Place | str]]:
    """Put each record back once, whatever the number of its stages; yield where its copy lies, or why it lies nowhere."""
    of_letter = {_carrier(cases).newest.id: original for original, cases in records.items()}
    producer = clients.producer(settings, **{"message.max.bytes": BUFFERED_BYTES})
    sent: dict[Original, _Sent] = {}
    for letter in bodies(settings, of_letter):
        original = of_letter[letter.id]
        sent[original] = _Sent()
        _produce(producer, settings, letter, history_after(original, records[original]), sent[original])
        if len(sent) == AT_ONCE:
            yield from _confirmed(producer, sent)
            sent = {}
    yield from _confirmed(producer, sent)


def _carrier(cases: Sequence[Case]) -> Case:
    """Return the case whose newest letter's bytes are put back; all cases of a record carry the same."""
    return max(cases, key=lambda case: (case.tries, case.id))


def history_after(original: Original, cases: Sequence[Case]) -> History:
    """Return the history that the next copy of a record carries."""
    earlier: list[Failure] = sorted(
        (failure for case in cases for failure in case.failures()), key=lambda each: (each.number, each.at, each.letter)
    )
    return History(first=original.first, replays=max(case.tries for case in cases), earlier=tuple(earlier))


def original_headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    """Return the headers as they first came: without what the burial, and an earlier replay, put behind them."""
    return without_tail(without_tail(letter.record.headers, NAMES), (FIRST, COUNT, EARLIER))


def _produce(producer: Producer, settings: Settings, letter: DeadLetter, history: History, sent: _Sent) -> None:
    def report(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            sent.error = _in_words(error)
        else:
            sent.copy = Place(history.first.topic, history.first.partition, int(message.offset() or 0))

    record = letter.record
    try:
        producer.produce(
            settings.topic_prefix + history.first.topic,
            record.value,
            record.key,
            history.first.partition,  # the same one, whatever the key says
            headers=[*original_headers(letter), *history.headers()],
            on_delivery=report,
        )
    except KafkaException as exc:
        sent.error = _in_words(exc.args[0])


def _in_words(error: KafkaError) -> str:
    if error.code() == KafkaError.MSG_SIZE_TOO_LARGE:
        return "Bản ghi cùng lịch sử của nó lớn hơn giới hạn của chủ đề (max.message.bytes)."
    return f"Kafka không nhận: {error.str()}"


def _confirmed(producer: Producer, sent: Mapping[Original, _Sent]) -> Iterator[tuple[Original, Place | str]]:
    """Wait for the broker's word about every record."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and any(each.copy is None and not each.error for each in sent.values()):
        producer.poll(POLL_SECONDS)
    for original, each in sent.items():
        yield original, each.copy or each.error or "Kafka không trả lời: không biết đã ghi hay chưa; hãy chạy lại."
