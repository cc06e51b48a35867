"""How long an agency's packets take from its door to their dispatch, urgent and ordinary, alone and beside another agency's flood (ADR 0032).

The whole axis runs, with real signatures and the recipients' folders. A flood of ordinary packets, ten recipients each, is dropped at
once; another agency goes on dropping one packet after the other, every second one urgent. The same with an intake that takes in all that waits.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.clock import open_clock, set_clock
from infra.demo import province
from infra.demo.compose import Composer
from infra.demo.frame import Draft
from infra.demo.publishing import publish_province
from infra.durable import write_atomically
from infra.folders import SUFFIX, endpoint_door
from infra.kafka import provision
from infra.kafka.places import free_ports
from infra.processes import Workers, axis, mail_sink, told
from infra.settings import Settings
from infra.supervise.supervisor import Supervisor
from schemas.ids import document_key
from tests.bench.ground import Ground
from tests.chaos.feeder import make_folders
from tests.chaos.sight import Sight
from tests.chaos.stage import BEGINS

FLOODING, OTHER = "000.00.00.H53", "000.00.06.H53"
RECIPIENTS = 10
PROBES_A_SECOND = 4.0
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 600.0


@dataclass(slots=True)
class Probes:
    """The packets of the other agency: dropped when, dispatched when."""

    dropped: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """Document key -> Unix time of the drop, and whether it is urgent."""

    def seconds(self, sight: Sight, *, urgent: bool) -> list[float]:
        """Return how long each took that was dispatched."""
        found = ((sight.seen.get(key), at) for key, (at, hurries) in self.dropped.items() if hurries == urgent)
        return [seen.outcome - at for seen, at in found if seen is not None and seen.outcome is not None]


@dataclass(slots=True)
class Town:
    """An axis that runs, and the packets that are ready for it."""

    settings: Settings
    sight: Sight
    composer: Composer
    number: int = 0

    def packet(self, sender: str, priority: int, recipients: int) -> tuple[str, bytes]:
        """Compose one packet; return its document key and bytes."""
        self.number += 1
        others = province.cast().may_write_to(sender)[:recipients]
        now = open_clock(self.settings).now()
        draft = Draft(sender=sender, recipients=tuple(others), number=self.number, at=now, priority=priority)
        composed = self.composer.make(draft)
        return document_key(sender, composed.document_id), composed.packet

    def drop(self, sender: str, packet: bytes) -> None:
        """Hand a packet over as its sender does."""
        self.number += 1
        folder = endpoint_door(self.settings, province.addresses()[sender]).folder
        write_atomically(folder / f"{self.number:08d}{SUFFIX}", packet)

    def probe(self, until: Callable[[], bool]) -> Probes:
        """Drop packet after packet until something holds, then wait for their outcomes."""
        probes, next_at = Probes(), time.monotonic()
        while not until():
            if time.monotonic() >= next_at:
                next_at += 1 / PROBES_A_SECOND
                urgent = len(probes.dropped) % 2 == 0
                key, packet = self.packet(OTHER, 2 if urgent else 0, 1)
                probes.dropped[key] = time.time(), urgent
                self.drop(OTHER, packet)
            self.sight.look()
            time.sleep(LOOK_SECONDS)  # the pace at which packets come
        self.wait_for(probes.dropped)
        return probes

    def wait_for(self, keys: Sequence[str] | dict[str, tuple[float, bool]]) -> None:
        """Wait until each has an outcome."""
        until = time.monotonic() + PATIENCE_SECONDS
        while any(self._open(key) for key in keys):
            assert time.monotonic() < until, "no outcome in time"
            self.sight.look()
            time.sleep(LOOK_SECONDS)  # the pause between two looks

    def _open(self, key: str) -> bool:
        return (seen := self.sight.seen.get(key)) is None or seen.outcome is None


def measure(
    made: Ground, *, documents: int, seconds: float, say: Callable[[str], None]
) -> dict[str, dict[str, list[float]]]:
    """Return unit -> what -> values, for intake as it is and for one without a window."""
    times: dict[str, list[float]] = {}
    rates: dict[str, list[float]] = {}
    for kind, bounded in (("lienthong", True), ("all taken in at once", False)):
        with town(made.settings, kind, bounded=bounded) as here:
            flood = [here.packet(FLOODING, 0, RECIPIENTS) for _ in range(documents)]
            here.wait_for([_first(here)])
            ends_at = time.monotonic() + seconds
            alone = here.probe(lambda: time.monotonic() >= ends_at)  # noqa: B023 - used at once
            began = time.monotonic()
            for _, packet in flood:
                here.drop(FLOODING, packet)
            left = {key for key, _ in flood}
            beside = here.probe(lambda: not _still(here, left))  # noqa: B023 - used at once
            rates[f"{kind}: flood"] = [documents * RECIPIENTS / (time.monotonic() - began)]
            for when, probes in (("alone", alone), ("under the flood", beside)):
                for what, urgent in (("urgent", True), ("ordinary", False)):
                    times[f"{kind}: {what}, {when}"] = sorted(probes.seconds(here.sight, urgent=urgent))
            say(f"{kind}: {len(beside.dropped)} packets beside a flood of {documents}")
    return {"s": _p50_p99(times), "deliveries/s": rates}


def _p50_p99(times: dict[str, list[float]]) -> dict[str, list[float]]:
    found = {}
    for name, each in times.items():
        found[f"{name}: p50"] = [each[len(each) // 2]]
        found[f"{name}: p99"] = [each[min(len(each) - 1, int(len(each) * 0.99))]]
    return found


def _still(here: Town, left: set[str]) -> bool:
    """Tell whether some of the flood have no outcome yet."""
    done = {key for key in left if (seen := here.sight.seen.get(key)) is not None and seen.outcome is not None}
    left -= done
    return bool(left)


def _first(here: Town) -> str:
    key, packet = here.packet(OTHER, 0, 1)
    here.drop(OTHER, packet)
    return key


@contextmanager
def town(settings: Settings, name: str, *, bounded: bool) -> Iterator[Town]:
    """Bring a whole axis up in a folder of its own; nothing of it stays."""
    prefix = f"{settings.topic_prefix}{'w' if bounded else 'n'}."
    own = settings.model_copy(update={"var": settings.var / name.replace(" ", "-"), "topic_prefix": prefix})
    own.run_folder.mkdir(parents=True)
    set_clock(own.clock_file, "rate", at=BEGINS, rate=1.0)
    provision.apply(own)
    publish_province(own, BEGINS)
    make_folders(own)
    environment = told(own, smtp_port=(port := free_ports(1)[0])) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    environment |= {"KAFKA_BOOTSTRAP": own.kafka_bootstrap, "LIENTHONG_TOPIC_PREFIX": prefix}
    supervisor = Supervisor(run_folder=own.run_folder, log_folder=own.var / "log", environment=environment)
    sight = Sight(own)
    try:
        supervisor.start(mail_sink(own, port))
        for spec in axis(own, Workers()):
            unbounded = (sys.executable, "-m", "tests.bench.unbounded")
            supervisor.start(replace(spec, argv=unbounded) if spec.name == "intake" and not bounded else spec)
        pki = province.open_pki(own, BEGINS)
        yield Town(settings=own, sight=sight, composer=Composer(pki))
    finally:
        sight.close()
        supervisor.stop_all()
