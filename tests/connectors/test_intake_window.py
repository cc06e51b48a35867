"""How much may be under way: enough to be busy, little enough that what comes next is not behind a queue."""

import threading
import time
from collections import deque

import pytest

from connectors.intake.window import FORGOTTEN_SECONDS, GROWTH, SMALLEST, TARGET_SECONDS, Window


class Axis:
    """An axis that finishes so many units a second, one after the other, on a clock of its own."""

    def __init__(self, rate: float) -> None:
        self.at, self.rate = 0.0, rate
        self.window = Window(now=lambda: self.at)
        self.queue: deque[tuple[str, float]] = deque()
        self.times: list[float] = []
        self._spare = 0.0

    def flood(self, seconds: float, units: float = 1.0) -> None:
        """Let more wait than can be finished, looking 50 times a second."""
        until = self.at + seconds
        while self.at < until:
            while self.window.room() > 0:
                name = f"{self.at}-{len(self.times)}-{len(self.queue)}"
                self.window.took(name, units)
                self.queue.append((name, self.at))
            self.at += 0.02
            self._spare += 0.02 * self.rate
            while self.queue and self._spare >= units:
                name, began = self.queue.popleft()
                self._spare -= units
                self.window.finished(name)
                self.times.append(self.at - began)


@pytest.mark.parametrize(("rate", "units"), [(100.0, 1.0), (600.0, 1.0), (5_000.0, 1.0), (600.0, 20.0)])
def test_time_under_way_is_what_is_aimed_at(rate: float, units: float) -> None:
    """A slow axis, a fast one, circulars: under a flood each spends about the target under way, and the axis is never idle."""
    axis = Axis(rate)
    axis.flood(20, units)
    late = axis.times[len(axis.times) // 2 :]

    assert max(late) <= 2 * GROWTH * TARGET_SECONDS + units / rate
    assert len(axis.times) * units >= 0.95 * 20 * rate


def test_it_grows_again() -> None:
    """The verifier got three more workers."""
    axis = Axis(100)
    axis.flood(10)
    axis.rate = 2_000
    axis.flood(10)
    done = len(axis.times)
    axis.flood(5)

    assert len(axis.times) - done >= 0.95 * 5 * 2_000


def test_few_packets_say_nothing_about_the_size() -> None:
    """What comes in drops, none waiting, leaves the window as it was."""
    now = [0.0]
    window = Window(now=lambda: now[0])
    for number in range(100):
        window.took(str(number), 1)
        now[0] += 0.1
        window.finished(str(number))

    assert SMALLEST == window.room()


def test_an_outcome_counts_once_by_whichever_name() -> None:
    """Judged, it goes on under its verdict's name; dispatches to many are one outcome; what is not ours counts for nothing."""
    window = Window()
    window.took("submitted", 10)
    window.took("submitted", 10)
    window.passed_on("submitted", "signed")
    window.passed_on("another's", "signed too")
    for cause in ("signed too", "nobody", "signed", "signed", "submitted"):
        window.finished(cause)

    assert SMALLEST == window.room()


def test_where_nothing_has_an_outcome_the_window_opens() -> None:
    """A verifier that stands still: a packet after the other is forgotten, and twice as many are taken in, again and again."""
    now = [0.0]
    window = Window(now=lambda: now[0])
    sizes = []
    for number in range(4):
        sizes.append(window.room())
        window.took(str(number), sizes[-1])
        assert window.room() == 0
        now[0] += FORGOTTEN_SECONDS - 0.1
        assert window.room() == 0
        now[0] += 0.1

    assert [SMALLEST, 2 * SMALLEST, 4 * SMALLEST, 8 * SMALLEST] == sizes


def test_one_that_never_has_an_outcome_opens_nothing() -> None:
    """A dead letter among others that are finished: it is forgotten, and that is all."""
    now = [0.0]
    window = Window(now=lambda: now[0])
    window.took("dead letter", 4)
    for number in range(100):
        window.took(str(number), 1)
        now[0] += 0.1
        window.finished(str(number))

    assert SMALLEST == window.room()


def test_waiting_ends_with_an_outcome() -> None:
    """The next round begins as soon as there is room."""
    window = Window()
    window.took("a", SMALLEST)
    begun = time.monotonic()
    threading.Timer(0.05, window.finished, ["a"]).start()
    window.wait(30)

    assert window.room() > 0
    assert time.monotonic() - begun < 29
