"""Ctrl-C, SIGTERM and a closed terminal: noted, and raised at once only while that does no harm."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Takes the signals over from the main thread; a second one changes nothing, the stop has its own bound."""

    def __init__(self) -> None:
        self.asked = False
        self._raising = False

    def listen(self) -> None:
        """Take the signals over, for the rest of the process."""
        for number in SIGNALS:
            signal.signal(number, self._note)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Raise KeyboardInterrupt as soon as a signal comes: for long work that cleans up behind itself."""
        self._raising = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._raising = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if first and self._raising:
            raise KeyboardInterrupt
