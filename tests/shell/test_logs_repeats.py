"""What repeats itself is written a few times a minute and then counted, whether we say it or a library does."""

import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from infra import logs, repeats
from infra.repeats import ALLOWED, KINDS, SECONDS, Repeats

log = structlog.get_logger("t")


class Watch:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    """Return the clock."""
    return Watch()


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch, watch: Watch) -> Iterator[io.StringIO]:
    """Set logging up on that clock, and yield what is written."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr(logs, "Repeats", lambda: Repeats(watch))
    written = io.StringIO()
    logs.configure("router-0", out=written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    """Return what was written."""
    return [json.loads(line) for line in out.getvalue().splitlines()]


def left_out(out: io.StringIO) -> list[tuple[str, int]]:
    """Return what the log says of what it left out."""
    return [(line["of"], line["count"]) for line in lines(out) if line["event"] == repeats.LEFT_OUT]


def test_a_library_that_repeats_itself_is_cut_short_and_counted(out: io.StringIO, watch: Watch) -> None:
    """A thousand refused connections, each with another number: ten lines; a minute later the next line says how many more there were."""
    for number in range(1_000):
        logging.getLogger("librdkafka").error("FAIL [consumer-%d] refused after %d ms", number % 3, number)

    assert ALLOWED == len(lines(out))

    watch.now += SECONDS
    log.info("claimed")

    assert [("error librdkafka FAIL [consumer-#] refused after # ms", 1_000 - ALLOWED)] == left_out(out)
    assert "claimed" == lines(out)[-1]["event"]


def test_our_own_lines_are_counted_by_what_they_say(out: io.StringIO) -> None:
    """One event for two reasons, or of two processes, is two kinds; offsets and ids make no difference."""
    for number in range(50):
        log.warning("no_ends", why="refused", offset=number)
        log.warning("no_ends", why="timed out", id=f"x{number}")
        log.info("started", process="a", pid=number)
        log.info("started", process="b", pid=number)

    said = Counter((line["event"], line.get("why"), line["process"]) for line in lines(out))
    kinds = [("no_ends", "refused", "router-0"), ("no_ends", "timed out", "router-0")]
    assert dict.fromkeys([*kinds, ("started", None, "a"), ("started", None, "b")], ALLOWED) == said


def test_the_last_words_are_written_behind_all_that_was_left_out(out: io.StringIO) -> None:
    """However often: the line by which a process ends itself stands in the log, and nothing that was left out goes unsaid."""
    for _ in range(30):
        log.error("dead_letter", reason="NOT_AVRO")
        log.error("ending", why="not confirmed")

    assert 30 == sum(line["event"] == "ending" for line in lines(out))
    assert sum(count for _, count in left_out(out)) + sum(line["event"] == "dead_letter" for line in lines(out)) == 30


def test_many_kinds_share_one_allowance(out: io.StringIO) -> None:
    """Whatever is said, a minute's lines are bounded: beyond two hundred kinds all others count as one."""
    for letters in range(5_000):
        log.info("".join(chr(ord("a") + int(digit)) for digit in str(letters)))

    assert KINDS + ALLOWED == len(lines(out))


def test_after_its_minute_a_kind_may_speak_again(out: io.StringIO, watch: Watch) -> None:
    """Ten a minute: thirty lines in three minutes, and what was left out in between."""
    for _minute in range(3):
        for _ in range(15):
            log.warning("no_ends")
        watch.now += SECONDS

    assert 3 * ALLOWED == sum(line["event"] == "no_ends" for line in lines(out))
    assert [5, 5] == [count for _, count in left_out(out)]
