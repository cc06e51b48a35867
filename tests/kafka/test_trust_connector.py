"""The trust connector on the real broker: a list that lies at its source comes into force by itself, or by one command."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from infra.clock import open_clock
from infra.content import open_content
from infra.demo import province
from infra.pki import Pki
from infra.published import announced
from infra.reference import Follower
from infra.settings import Settings, environment
from schemas.reference import KINDS, RevocationList
from tests import axis
from tests.reference_files import present

SECONDS = 60.0
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pki(settings: Settings) -> Pki:
    """Return the PKI of an axis on which everything is in force."""
    axis.open_axis(settings, kinds=KINDS)
    return province.open_pki(settings, open_clock(settings).now())


def newer(pki: Pki, folder: Path) -> Path:
    """Lay the sub CA's next list into a folder."""
    folder.mkdir(exist_ok=True)
    der = pki.sub.crl(number=2**33, this_update=axis.MORNING - HOUR, next_update=axis.MORNING + DAY, revoked={})
    (folder / "sub.crl").write_bytes(der)
    return folder


def in_force(settings: Settings) -> tuple[RevocationList, ...]:
    """Return the lists by which every process judges."""
    follower = Follower(settings, open_content(settings))
    follower.start()
    follower.stop()
    return present(follower.current().crl).lists


def test_by_command(settings: Settings, pki: Pki, tmp_path: Path) -> None:
    """Looked at, published, unchanged; what is wrong makes the answer no and publishes nothing."""
    folder = newer(pki, tmp_path / "crl")

    def run(*arguments: str) -> tuple[int, list[str]]:
        command = [sys.executable, "-m", "infra", "crl", *arguments, "--json"]
        env = environment() | axis.environment(settings)
        result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
        return result.returncode, [json.loads(line)["became"] for line in result.stdout.splitlines()]

    before = announced(settings)["crl"]
    assert (0, ["published"]) == run(str(folder), "--dry-run")
    assert before == announced(settings)["crl"]
    assert (0, ["published"]) == run(str(folder))
    assert (0, ["unchanged"]) == run(str(folder))
    assert (folder / "sub.crl").read_bytes() in [each.der for each in in_force(settings)]

    said = announced(settings)["crl"]
    assert "trust" == said.published_by
    (folder / "bad.crl").write_bytes(b"noise")
    assert (1, ["refused", "unchanged"]) == run(str(folder))
    assert said == announced(settings)["crl"]
    assert 2 == run()[0]


def test_by_itself(settings: Settings, pki: Pki, tmp_path: Path) -> None:
    """The process takes what is laid at its source while it runs, and ends when it is told to."""
    folder = tmp_path / "crl"
    own = axis.environment(settings) | {
        "LIENTHONG_CRL_SOURCES": f"{folder}, /no/folder",
        "LIENTHONG_CRL_MINUTES": "0.005",
    }
    with (tmp_path / "trust.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "connectors", "trust"], env=environment() | own, stdout=out, stderr=out
        )
        try:
            axis.until((settings.run_folder / "trust.progress").exists, seconds=SECONDS)
            before = announced(settings)["crl"]
            newer(pki, folder)
            axis.until(lambda: announced(settings)["crl"] != before, seconds=SECONDS)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            code = process.wait(SECONDS)

    assert 0 == code
    assert (folder / "sub.crl").read_bytes() in [each.der for each in in_force(settings)]
