"""What a command says when the process or the broker it needs is not there (any more)."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.folders import hand_door
from connectors.intake import client
from infra.cli import cli
from infra.kafka.places import free_ports
from infra.settings import Settings


@pytest.mark.parametrize("words", [("dlq", "list"), ("audit",), ("topics", "check"), ("reference", "show")])
def test_a_named_kafka_that_does_not_listen_is_said_at_once(words: tuple[str, ...], tmp_path: Path) -> None:
    """Exit 2, one sentence, nothing of the client library's own noise."""
    nowhere = f"127.0.0.1:{free_ports(1)[0]}"
    result = CliRunner().invoke(cli, words, env={"KAFKA_BOOTSTRAP": nowhere, "LIENTHONG_VAR": str(tmp_path)})

    assert 2 == result.exit_code
    assert "" == result.stdout
    assert f"lienthong: Kafka at {nowhere} does not answer" == result.stderr.splitlines()[0]


def test_waiting_for_a_receipt_ends_when_the_intake_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last thing an intake said grows old while somebody waits: the full time is not waited out."""
    monkeypatch.setattr(client, "ALIVE_SECONDS", 0.2)
    settings = Settings(var=tmp_path / "var")
    settings.run_folder.mkdir(parents=True)
    (settings.run_folder / "intake-1.progress").write_text(json.dumps({"at": time.monotonic()}))
    packet = tmp_path / "p.edxml"
    packet.write_bytes(b"<edXML/>")
    client.require_intake(settings)
    dropped = client.drop(hand_door(settings), packet)

    with pytest.raises(client.NoIntakeError):
        client.wait_for_receipt(settings, dropped, seconds=600.0)
