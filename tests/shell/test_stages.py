"""What the terminal view says about latency is what Prometheus would say of the same pages."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest, start_http_server
from rich.console import Console

from infra.demo.view import View
from infra.metrics import LONG
from infra.stages import Buckets, Stages, latencies, read
from tests.axis import MORNING, until

STAGE = "DocumentSubmitted → DocumentSigned"


def observed(*seconds: float) -> tuple[CollectorRegistry, Histogram]:
    """Return a page on which a process measured these latencies."""
    registry = CollectorRegistry()
    stage = Histogram("lienthong_stage_seconds", "As declared.", ["source", "outcome"], buckets=LONG, registry=registry)
    for each in seconds:
        stage.labels("DocumentSubmitted", "DocumentSigned").observe(each)
    return registry, stage


def buckets(registry: CollectorRegistry) -> Buckets:
    """Read a page."""
    return Counter({(stage, bound): count for stage, bound, count in read(generate_latest(registry).decode())})


def test_quantiles_lie_in_the_right_bucket() -> None:
    """Ninety of a hundred take 40 ms, ten take 3 s: half below 50 ms, the slow ones between one and five seconds."""
    registry, _ = observed(*[0.04] * 90, *[3.0] * 10)
    half, most = latencies(Counter(), buckets(registry))[STAGE]

    assert 0.025 < half <= 0.05
    assert pytest.approx(3.0) == most


def test_only_what_is_new_counts() -> None:
    """What was slow before the first look is over; nothing new, nothing said."""
    registry, stage = observed(*[60.0] * 100)
    before = buckets(registry)
    stage.labels("DocumentSubmitted", "DocumentSigned").observe(0.01)

    assert latencies(before, buckets(registry))[STAGE][1] < 0.1
    assert {} == latencies(before, before)


def test_a_process_that_began_anew_counts_from_its_start() -> None:
    """Its counters are lower than before: no negative numbers."""
    before, _ = observed(*[60.0] * 100)
    after, _ = observed(0.01, 0.01)

    assert latencies(buckets(before), buckets(after))[STAGE][1] < 0.1


def test_longer_than_any_bucket_is_said_as_the_longest() -> None:
    """A month: at least a week."""
    registry, _ = observed(*[30 * 86_400.0] * 3)

    assert (604_800, 604_800) == latencies(Counter(), buckets(registry))[STAGE]


def test_the_view_shows_what_processes_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page on a port that a note names; a note of a process that is gone holds nothing up."""
    monkeypatch.setattr("infra.stages.EVERY_SECONDS", 0.05)
    registry, stage = observed()
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    (tmp_path / "verifier-0.metrics").write_text(str(server.server_address[1]))
    (tmp_path / "gone.metrics").write_text("1")
    stages = Stages(tmp_path)
    try:
        until(lambda: len(stages._history) > 1)
        stage.labels("DocumentSubmitted", "DocumentSigned").observe(0.04)
        until(lambda: STAGE in stages.latencies())
        found = stages.latencies()
    finally:
        stages.close()
        server.shutdown()
        server.server_close()
        thread.join()
    screen = Console(width=120, record=True, file=StringIO())
    screen.print(View(places={}).render(
        now=MORNING, at=1.0, mode="real", counts={}, lags={}, processes={}, restarts={}, done=(0, 0), latencies=found
    ))  # fmt: skip

    assert "Submitted → Signed" in screen.export_text()
