"""The trust connector's process: a round now and then until SIGTERM."""

import os
import signal
import threading
from collections.abc import Mapping
from functools import partial

import structlog

from connectors.process import prepared
from connectors.trust.job import Became, Outcome, round_of
from infra import metrics
from infra.clock import Clock
from infra.content import open_content
from infra.errors import EnvironmentFaultError
from infra.progress import Progress
from infra.publish import publish_files
from infra.reference import Follower
from infra.settings import Settings

NAME = "trust"
NEEDS = ("trust",)
KIND = "crl"
SAY_SECONDS = 1.0
AGAIN_SECONDS = 30.0
"""After a round that could not publish."""

log = structlog.get_logger(__name__)


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    references = Follower(settings, open_content(settings), process=NAME)
    references.start(needs=NEEDS)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    saying = threading.Thread(target=_say, args=(settings, ending), name="progress", daemon=True)
    saying.start()
    while not ending.is_set():
        done = one_round(settings, clock, references)
        ending.wait(60 * settings.crl_minutes if done else min(AGAIN_SECONDS, 60 * settings.crl_minutes))
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


def sources_of(text: str) -> list[str]:
    """Return the sources that a setting names."""
    return [each.strip() for each in text.split(",") if each.strip()]


def one_round(settings: Settings, clock: Clock, references: Follower) -> bool:
    """Do a round and say what became of each list; False where nothing could be published."""
    publish = partial(publish_lists, settings, clock)
    try:
        done = round_of(sources_of(settings.crl_sources), references.current(), clock.now(), publish)
    except EnvironmentFaultError as exc:
        log.warning("lists_not_published", why=str(exc))
        return False
    for each in done.outcomes:
        _report(each)
    for each in done.ended:
        log.warning(
            "list_ended", issuer=each.issuer, series=each.series, number=each.number, next_update=str(each.next_update)
        )
    return True


def publish_lists(settings: Settings, clock: Clock, files: Mapping[str, bytes]) -> None:
    """Put lists in force."""
    publish_files(settings, {KIND: files}, by=NAME, app=NAME, clock=clock)


def _report(each: Outcome) -> None:
    known = each.why if each.became is Became.REFUSED else ""
    metrics.FETCHED_LISTS.labels(became=each.became, why=known).inc()
    if each.became in (Became.REFUSED, Became.NOT_FETCHED):
        log.warning(
            "list_not_taken",
            source=each.source,
            became=each.became,
            why=each.why,
            number=each.number,
            series=each.series,
        )
    elif each.became is Became.PUBLISHED:
        log.info(
            "list_published",
            source=each.source,
            series=each.series,
            number=each.number,
            next_update=str(each.next_update),
        )


def _say(settings: Settings, ending: threading.Event) -> None:
    """Say that the process lives: a slow server is no reason to restart it."""
    progress = Progress(settings.run_folder, settings.process)
    while not ending.wait(SAY_SECONDS):
        progress.say({}, lag=0)
