"""Intake's process: serves every door until SIGTERM."""

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from connectors.folders import doors
from connectors.intake.intake import NAME, Intake, References
from connectors.intake.outcomes import Outcomes
from connectors.intake.window import Window
from connectors.process import prepared
from infra.clock import Clock
from infra.content import ContentStore, open_content
from infra.kafka import clients, provision
from infra.kafka.crashpoint import crash_points
from infra.kafka.ending import end_process
from infra.kafka.outbox import BUFFERED_BYTES, NotConfirmedError, Outbox
from infra.packets import limits
from infra.progress import Progress
from infra.reference import Follower
from infra.settings import Settings
from schemas.topics import TOPICS

NEEDS = ("directory", "secrecy")
LOOK_SECONDS = 0.2
"""How long a packet may lie before it is noticed."""

SAY_SECONDS = 0.5
"""How often the process says how far it is."""

STOP_SECONDS = 2.5
"""What the files at work may take after SIGTERM; what does not end is done again after the next start."""

log = structlog.get_logger(__name__)


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    provision.require(settings, [topic for topic in TOPICS if NAME in topic.producers])
    references = Follower(settings, open_content(settings), process=NAME)
    references.start(needs=NEEDS)
    window = Window()
    intake = open_intake(settings, clock, references, window=window)
    outcomes = Outcomes(settings, window)
    outcomes.start()
    ending = _on_signals(intake)
    intake.after_each = _saying(settings, intake)
    serve(intake, ending, look_seconds=min(LOOK_SECONDS, settings.tick_seconds))
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


def open_intake(
    settings: Settings,
    clock: Clock,
    references: References,
    *,
    content: ContentStore | None = None,
    window: Window | None = None,
    **producer: Any,
) -> Intake:
    """Return an intake of every door; `producer`: settings of librdkafka that differ."""
    crash = crash_points(settings.crash_at)
    made = clients.producer(settings, **{"message.max.bytes": BUFFERED_BYTES, **producer})
    return Intake(
        doors=partial(doors, settings),
        clock=clock,
        references=references,
        content=content or open_content(settings),
        outbox=Outbox(made, app=NAME, prefix=settings.topic_prefix, crash=crash),
        limits=limits(settings),
        crash=crash,
        window=window,
    )


def serve(intake: Intake, ending: threading.Event, *, look_seconds: float = LOOK_SECONDS) -> None:
    """Go round after round; end the process when the broker does not confirm: nothing was moved, the next start repeats it."""
    while not ending.is_set():
        try:
            done = intake.round()
        except NotConfirmedError as exc:
            end_process("not confirmed", what=str(exc))
        intake.after_each()
        if not done:
            intake.wait(look_seconds)


def _on_signals(intake: Intake) -> threading.Event:
    ending = threading.Event()

    def end(_number: int, _frame: object) -> None:
        intake.end()
        ending.set()
        late = threading.Timer(STOP_SECONDS, _stopped_in_work)
        late.daemon = True
        late.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return ending


def _stopped_in_work() -> None:
    log.warning("stopped_in_work")
    os._exit(0)


def _saying(settings: Settings, intake: Intake) -> Callable[[], None]:
    """Return what says how far intake is, now and then: it moves no offsets, so it counts what it tried."""
    progress, said_at = Progress(settings.run_folder, settings.process), float("-inf")

    def say() -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= SAY_SECONDS:
            said_at = time.monotonic()
            progress.say({}, lag=intake.waiting, done=intake.tried)

    return say
