"""Every metric of the axis: name, help and labels, declared once; pages and rules are generated from or checked against it."""

import json
from collections.abc import Mapping
from importlib import metadata

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, Info, start_http_server
from prometheus_client.metrics import MetricWrapperBase

from infra.clock import Stepped
from infra.durable import write_atomically
from infra.settings import Settings

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds; verification is promised between a millisecond and ten seconds."""

LONG = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800)
"""Seconds; from one step to a week, end to end."""

TARGETS = "targets"
"""Folder below `var/run` in which Prometheus finds each process (`file_sd_configs`)."""

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
SETTLED = Gauge(
    "lienthong_settled_records",
    "Position: records of a partition before it, all settled.",
    ["process", "topic", "partition"],
)
SILENT = Gauge("lienthong_broker_silent_seconds", "Since the broker last said how far its log is, while it does not.")
DEAD_LETTERS = Counter(
    "lienthong_dead_letters_total", "Messages that no step could take.", ["process", "topic", "reason"]
)
FENCED = Counter(
    "lienthong_fenced_batches_total", "Batches dropped because another worker owns the partition.", ["process"]
)
VERIFICATION = Histogram("lienthong_verification_seconds", "Judging one document.", ["indication"], buckets=QUICK)
VERIFICATION_STEPS = Histogram(
    "lienthong_verification_step_seconds",
    "One step of judging a document, over all its signatures.",
    ["step"],
    buckets=QUICK,
)
FETCHED_LISTS = Counter(
    "lienthong_revocation_lists_total", "Revocation lists that were fetched, by what became of them.", ["became", "why"]
)
POOL_KILLS = Counter("lienthong_pool_kills_total", "Judges killed for time, memory or a crash.", ["reason"])
DISAGREEMENTS = Counter(
    "lienthong_lanes_disagree_total", "Documents about which the two readers of signatures disagree."
)
OBLIGATIONS = Gauge("lienthong_open_obligations", "Open obligations, by clock.", ["clock"])
OLDEST = Gauge("lienthong_oldest_obligation_seconds", "Age of the oldest open obligation.", ["clock"])
ALERTS = Counter("lienthong_alerts_total", "Alerts raised or resolved.", ["kind", "level", "state"])
NOTIFICATIONS = Counter("lienthong_notifications_total", "Attempts to tell somebody.", ["channel", "delivered"])
INTAKE = Counter(
    "lienthong_intake_packets_total", "Packets handed over, by outcome and reason.", ["channel", "outcome", "reason"]
)
HTTP = Counter(
    "lienthong_http_requests_total", "Requests that the API answered, by call and status.", ["call", "status"]
)
OUTBOX_ROWS = Counter(
    "lienthong_outbox_rows_total",
    "Rows of outbox tables finished, by outcome and reason.",
    ["source", "outcome", "reason"],
)
OUTBOX_FAULTS = Counter("lienthong_outbox_faults_total", "Databases that failed the relay.", ["source", "kind"])
OUTBOX_WAITING = Gauge("lienthong_outbox_waiting_rows", "Rows that are not handed over yet.", ["process", "source"])
OUTBOX_OLDEST = Gauge("lienthong_outbox_oldest_seconds", "Age of the oldest of them.", ["process", "source"])
DELIVERIES = Counter("lienthong_deliveries_total", "Transport facts, by milestone.", ["milestone", "how"])
PROCESS_RESTARTS = Counter("lienthong_process_restarts_total", "Restarts by the supervisor.", ["process", "reason"])
REFERENCE = Gauge(
    "lienthong_reference_version_info", "1 for the version of each kind in force.", ["process", "kind", "version"]
)
REFERENCE_AGE = Gauge(
    "lienthong_reference_age_seconds", "Since the snapshot in force was published.", ["process", "kind"]
)
LIST_LEFT = Gauge(
    "lienthong_revocation_list_left_seconds",
    "Until the newest revocation list of a series (issuer, key, distribution point) ends.",
    ["process", "list"],
)
ANCHOR_LEFT = Gauge("lienthong_trust_anchor_left_seconds", "Until a trust anchor ends.", ["process", "anchor"])
AUDIT = Gauge("lienthong_audit_findings", "What the last audit found against the law of conservation.", ["what"])
AUDIT_AGE = Gauge("lienthong_audit_age_seconds", "Since the last audit, as the register knows it.", ["process"])
AHEAD = Gauge(
    "lienthong_recorded_ahead_seconds", "How far the newest record lies in the future of our clock.", ["process"]
)
STEPPED = Gauge("lienthong_clock_stepped_seconds", "How far the machine's clock was set since the process began.")
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


def show_partition(place: tuple[str, str, int], *, lag: int, settled: int) -> None:
    """Show how far a process is with a partition; `place` is (process, topic, partition)."""
    LAG.labels(*place).set(lag)
    SETTLED.labels(*place).set(settled)


def forget_partitions() -> None:
    """Show lag and position only of what is owned: whoever lost a partition would show an old lag for ever."""
    LAG.clear()
    SETTLED.clear()


def serve(port: int, version: str = "") -> int:
    """Serve the process' metrics on loopback; return the port (0 asks for a free one)."""
    BUILD.info({"version": version or "unknown"})
    server, _thread = start_http_server(port, addr="127.0.0.1", registry=REGISTRY)
    return int(server.server_address[1])


def serve_announced(settings: Settings, process: str) -> int:
    """Serve on the port of the settings and leave it in `var/run`: in `PROCESS.metrics` (decimal) for people, in `targets/` for Prometheus."""
    STEPPED.set_function(Stepped().seconds)
    port = serve(settings.metrics_port, metadata.version("lienthong") if _installed() else "")
    write_atomically(settings.run_folder / f"{process}.metrics", str(port).encode())
    target = [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": process}}]  # the name outlives the port
    write_atomically(settings.run_folder / TARGETS / f"{process}.json", json.dumps(target).encode())
    return port


def forget_announced(settings: Settings) -> None:
    """Take down the notes of an earlier start: what does not run this time is not missed."""
    for note in (*settings.run_folder.glob("*.metrics"), *(settings.run_folder / TARGETS).glob("*.json")):
        note.unlink(missing_ok=True)


def _installed() -> bool:
    return any(metadata.distributions(name="lienthong"))
