"""The example of docs/integrating.md as an integrator runs it: schema, client, relay, answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.axis import open_axis
from tests.connectors.doorway import ROOT, process
from tests.connectors.outbox_scene import System, relay
from tests.connectors.packets import document

CLIENT = ROOT / "docs" / "examples" / "outbox" / "client.py"
pytestmark = pytest.mark.postgres


def client(url: str, aggregate: str, file: Path) -> str:
    """Run the example; return what it prints."""
    told = [sys.executable, str(CLIENT), url, aggregate, str(file)]
    return subprocess.run(told, check=True, capture_output=True, timeout=90).stdout.decode()


def test_the_example_sends_and_hears(settings: Settings, postgres: str, tmp_path: Path) -> None:
    """A packet is handed over, rubbish is refused; both are booked in the system's own data."""
    system = System(settings=settings, url=postgres.replace("+psycopg", ""))
    open_axis(settings, kinds=("directory", "secrecy"))
    system.prepare()
    good, bad = tmp_path / "good.edxml", tmp_path / "bad.edxml"
    good.write_bytes(document(1))
    bad.write_bytes(b"rubbish")
    with process(settings), relay(system):
        taken, refused = client(system.url, "doc-1", good), client(system.url, "doc-2", bad)

    assert taken.startswith("handed over: Trục đã nhận")
    assert refused.startswith("refused: Tệp không phải gói tin edXML")
    with system.connect() as connection:
        assert (2,) == connection.execute("select count(*) from sent").fetchone()


def test_the_example_is_short() -> None:
    """Forty lines, as promised, without blank ones."""
    assert len([line for line in CLIENT.read_text(encoding="utf-8").splitlines() if line.strip()]) <= 40
