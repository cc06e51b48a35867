"""Which processes make an axis, in which order they start, and what each is told."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infra.accounts import accounts_of
from infra.errors import EnvironmentFaultError
from infra.progress import progress_file
from infra.settings import Settings, environment
from infra.supervise.child import Spec

MAILBOX, AXIS, PLAY = 1, 2, 3
"""Ranks: started in rising order, stopped in falling order."""

PROCESSORS = {"verify": "verifier", "route": "router", "sla": "watcher"}
"""What `--workers` calls them -> the processor."""

CONNECTORS = ("intake", "deliver", "notify", "register")
TRUST = "trust"
"""Runs only where there are revocation lists to fetch."""

API, PREFLIGHT = "api", "preflight"
"""They run only where LIENTHONG_API_CLIENTS names clients: the door, and who answers its questions about packets."""

CONSOLE = "console"
"""Runs only where somebody has an account."""

OUTBOX = "outbox"
"""Runs only where a document system's database is to be relayed."""

STEPPED_TICK_SECONDS = "0.1"
"""A stepped clock waits for every process to look: the sooner they do, the shorter a simulated week."""


class WorkersError(EnvironmentFaultError):
    """`--workers` cannot be understood."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--workers {text}: not understood", "write it as verify=2,route=1,sla=1, each at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """How many workers each processor has."""

    verify: int = 1
    route: int = 1
    sla: int = 1

    @classmethod
    def parse(cls, text: str) -> "Workers":
        """Read `verify=2,sla=1`; what is not named has one."""
        try:
            named = dict(part.split("=", 1) for part in text.split(",") if part.strip())
            counts = {name.strip(): int(count) for name, count in named.items()}
        except ValueError:
            raise WorkersError(text) from None
        if not counts.keys() <= PROCESSORS.keys() or min(counts.values(), default=1) < 1:
            raise WorkersError(text)
        return cls(**counts)

    def of(self, processor: str) -> int:
        """Return the number of workers, by the name in `--workers`."""
        return {"verify": self.verify, "route": self.route, "sla": self.sla}[processor]


def axis(settings: Settings, workers: Workers) -> Iterator[Spec]:
    """Yield processors and connectors; what needs longest to start comes first."""
    for short, processor in PROCESSORS.items():
        for replica in range(workers.of(short)):
            argv = ("processors", processor, "--replica", str(replica))
            yield _watched(settings, f"{processor}-{replica}", *argv)
    asked = (
        (TRUST, settings.crl_sources),
        (API, settings.api_clients),
        (CONSOLE, accounts_of(settings).any()),
    )
    for connector in (*CONNECTORS, *(name for name, wanted in asked if wanted)):
        yield _watched(settings, connector, "connectors", connector)
    if settings.api_clients:
        yield _watched(settings, PREFLIGHT, "processors", PREFLIGHT)
    for number in range(settings.outbox_relays if settings.outbox else 0):
        shard = {"LIENTHONG_OUTBOX_SHARD": f"{number}/{settings.outbox_relays}"}
        yield _watched(settings, f"{OUTBOX}-{number}", "connectors", OUTBOX, more=shard)


def mail_sink(settings: Settings, port: int) -> Spec:
    """Return the demo's mail server."""
    folder = str(settings.var / "demo" / "mail")
    return Spec(name="mailbox", argv=_python("infra.demo.mailbox", folder, str(port)), rank=MAILBOX)


def play(monday: date, packets: int, *, until_settled: bool) -> Spec:
    """Return the scripted week, which ends by itself."""
    how = ("--until-settled",) if until_settled else ()
    return Spec(
        name="play", argv=_python("infra.demo.play", monday.isoformat(), str(packets), *how), rank=PLAY, once=True
    )


def told(
    settings: Settings,
    *,
    stepped: bool = False,
    smtp_port: int | None = None,
    axis_key: Path | None = None,
    console_port: int = 0,
) -> dict[str, str]:
    """Return the environment all processes share: ours, and what this start decided."""
    said = environment() | {
        "LIENTHONG_VAR": str(settings.var.absolute()),
        "LIENTHONG_REPLICATION": str(settings.replication),
        "LIENTHONG_METRICS_PORT": "0",  # one fixed port cannot be everybody's; the supervisor itself takes it
        "LIENTHONG_CONSOLE_PORT": str(console_port),
        "PYTHONUNBUFFERED": "1",
    }
    if settings.api_clients:  # wherever this start looks for it, and one port over all restarts
        said |= {
            "LIENTHONG_API_CLIENTS": str(settings.api_clients.absolute()),
            "LIENTHONG_API_PORT": str(settings.api_port),
        }
    if stepped:
        said = {"LIENTHONG_TICK_SECONDS": STEPPED_TICK_SECONDS} | said
    if smtp_port is not None:
        said |= {"LIENTHONG_SMTP_HOST": "127.0.0.1", "LIENTHONG_SMTP_PORT": str(smtp_port)}
    if axis_key is not None:
        said = {"LIENTHONG_AXIS_KEY": str(axis_key.absolute())} | said
    return said


def _watched(
    settings: Settings, name: str, module: str, *arguments: str, more: Mapping[str, str] | None = None
) -> Spec:
    return Spec(
        name=name,
        argv=_python(module, *arguments),
        rank=AXIS,
        environment={"LIENTHONG_PROCESS": name, **(more or {})},
        progress=progress_file(settings.run_folder, name),
    )


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
