"""Every metric of the axis: name, help and labels, declared once; pages and rules are generated from or checked against it."""

from collections.abc import Mapping
from importlib import metadata

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, Info, start_http_server
from prometheus_client.metrics import MetricWrapperBase

from infra.durable import write_atomically
from infra.settings import Settings

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds; verification is promised between a millisecond and ten seconds."""

LONG = (1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800)
"""Seconds; from one second to a week, end to end."""

SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000)

EVENTS_IN = Counter("lienthong_events_in_total", "Records taken from a topic and settled.", ["process", "topic"])
EVENTS_OUT = Counter(
    "lienthong_events_out_total", "Events written and confirmed, by what they say.", ["process", "topic", "outcome"]
)
BATCH = Histogram("lienthong_batch_records", "Records of one settled batch.", ["process"], buckets=SIZES)
PROCESSING = Histogram(
    "lienthong_batch_seconds", "From a batch's fetch to its position in SQL.", ["process"], buckets=QUICK
)
STAGE = Histogram(
    "lienthong_stage_seconds", "Axis time from an event to the one it led to.", ["source", "outcome"], buckets=LONG
)
LAG = Gauge(
    "lienthong_consumer_lag_records", "Records on the log that are not settled.", ["process", "topic", "partition"]
)
DEAD_LETTERS = Counter(
    "lienthong_dead_letters_total", "Messages that no step could take.", ["process", "topic", "reason"]
)
FENCED = Counter(
    "lienthong_fenced_batches_total", "Batches dropped because another worker owns the partition.", ["process"]
)
VERIFICATION = Histogram("lienthong_verification_seconds", "Judging one document.", ["indication"], buckets=QUICK)
POOL_KILLS = Counter("lienthong_pool_kills_total", "Judges killed for time, memory or a crash.", ["reason"])
OBLIGATIONS = Gauge("lienthong_open_obligations", "Open obligations, by clock.", ["clock"])
OLDEST = Gauge("lienthong_oldest_obligation_seconds", "Age of the oldest open obligation.", ["clock"])
ALERTS = Counter("lienthong_alerts_total", "Alerts raised or resolved.", ["kind", "level", "state"])
NOTIFICATIONS = Counter("lienthong_notifications_total", "Attempts to tell somebody.", ["channel", "delivered"])
INTAKE = Counter(
    "lienthong_intake_packets_total", "Packets handed over, by outcome and reason.", ["channel", "outcome", "reason"]
)
DELIVERIES = Counter("lienthong_deliveries_total", "Transport facts, by milestone.", ["milestone", "how"])
PROCESS_RESTARTS = Counter("lienthong_process_restarts_total", "Restarts by the supervisor.", ["process", "reason"])
REFERENCE = Gauge(
    "lienthong_reference_version_info", "1 for the version of each kind in force.", ["process", "kind", "version"]
)
BUILD = Info("lienthong_build", "Version of the software.")


def declared() -> list[MetricWrapperBase]:
    """Return every metric of this file, in its order."""
    return [each for each in globals().values() if isinstance(each, MetricWrapperBase)]


def describe() -> str:
    """Return the table of metrics for the documentation (Markdown)."""
    rows = ["| metric | type | labels | says |", "|---|---|---|---|"]
    for metric in declared():
        family = next(iter(metric.describe()))
        name = family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
        labels = ", ".join(metric._labelnames)  # noqa: SLF001 - the library has no public name for them
        rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(rows)


def in_force(process: str, versions: Mapping[str, str]) -> None:
    """Show which version of each kind a process decides by; versions no longer in force disappear."""
    REFERENCE.clear()
    for kind, version in versions.items():
        REFERENCE.labels(process=process, kind=kind, version=version).set(1)


def serve(port: int, version: str = "") -> int:
    """Serve the process' metrics on loopback; return the port (0 asks for a free one)."""
    BUILD.info({"version": version or "unknown"})
    server, _thread = start_http_server(port, addr="127.0.0.1", registry=REGISTRY)
    return int(server.server_address[1])


def serve_announced(settings: Settings, process: str) -> int:
    """Serve on the port of the settings and leave it in `var/run/PROCESS.metrics` (decimal), for people and scrapers."""
    port = serve(settings.metrics_port, metadata.version("lienthong") if _installed() else "")
    write_atomically(settings.run_folder / f"{process}.metrics", str(port).encode())
    return port


def _installed() -> bool:
    return any(metadata.distributions(name="lienthong"))
