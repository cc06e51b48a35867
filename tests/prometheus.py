"""Prometheus' own programs for tests: found, or named with how to get them; started on free loopback ports."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.kafka.places import free_ports
from infra.pages import ROOT

INSTALL = "apt-get install prometheus prometheus-alertmanager"


def program(name: str) -> str:
    """Return where a program is; without it skip the test, except where CI=true."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is not installed: {INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def running(*command: str, log: Path) -> Iterator[None]:
    """Run a server as long as the block lasts."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def shipped(path: str, changes: Mapping[str, str]) -> str:
    """Return the text of a file below infra/ with settings of a test in the place of its own; each must be there."""
    text = (ROOT / "infra" / path).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{path} says nothing of {old}"
        text = text.replace(old, new)
    return text


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server."""

    port: int

    def ready(self) -> bool:
        """Tell whether it answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            return False

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """Return the samples of an instant query, numbers only (a quantile of nothing is none)."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/query?{query}", timeout=30) as answer:
            found = json.load(answer)["data"]["result"]
        return [sample for sample in found if sample["value"][1] != "NaN"]


@contextmanager
def prometheus(
    folder: Path, targets: Path, *, alertmanager: int = 9, rules: Path | None = None
) -> Iterator[Prometheus]:
    """Run Prometheus by the shipped configuration: only what it watches and how often differ."""
    changes = {
        "../../var/run/targets/*.json": f"{targets}/*.json",
        "rules.yml": str(rules or ROOT / "infra" / "prometheus" / "rules.yml"),
        "15s": "1s",
        "127.0.0.1:9093": f"127.0.0.1:{alertmanager}",
    }
    configuration = folder / "prometheus.yml"
    configuration.write_text(shipped("prometheus/prometheus.yml", changes), encoding="utf-8")
    (port,) = free_ports(1)
    command = (
        program("prometheus"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with running(*command, log=folder / "prometheus.log"):
        yield Prometheus(port)
