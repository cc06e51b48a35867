"""What the relay is told and what a payload holds; no database needed."""

import base64
import json
from typing import Any

import pytest

from connectors.outbox.sources import OutboxError, Shard, sources
from connectors.outbox.table import NoPacketError, packet_of
from infra.processes import Workers, axis
from infra.settings import Settings, SettingsError


def test_each_word_is_a_database_and_a_door() -> None:
    """Table and schema are named behind #; the door is that of the endpoint."""
    given = "h53=postgresql://relay@127.0.0.1/one  h53-17=postgres://r@db:5433/two#van_thu.gui_di"
    one, two = sources(Settings(outbox=given))

    assert ("h53", "postgresql://relay@127.0.0.1/one", ("outbox",)) == (one.address, one.url, one.table)
    assert ("van_thu", "gui_di") == two.table
    assert "folder:h53-17" == two.door.principal


@pytest.mark.parametrize("given", ["", "h53=postgresql://a/b h53=postgresql://c/d", "../x=postgresql://a/b"])
def test_what_cannot_be_understood_is_said_without_its_value(given: str) -> None:
    """Nothing, an address twice, an address that is no folder."""
    with pytest.raises(OutboxError) as found:
        sources(Settings(outbox=given))

    assert "postgresql://a" not in str(found.value)


def test_a_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting with a fault is named; its value is not."""
    monkeypatch.setenv("LIENTHONG_OUTBOX", "h53:postgresql://relay:secret@db/one")
    with pytest.raises(SettingsError) as found:
        Settings.load()

    assert "LIENTHONG_OUTBOX" in str(found.value)
    assert "secret" not in str(found.value)


def test_shards_are_read() -> None:
    """0/2 and 1/2 are two; nothing is all; 2/2 is none."""
    assert [Shard(number=0, of=1), Shard(number=1, of=2)] == [Shard.parse(""), Shard.parse("1/2")]
    for wrong in ("2/2", "0/0", "a/b", "1"):
        with pytest.raises(OutboxError):
            Shard.parse(wrong)


@pytest.mark.parametrize(
    "payload",
    [b"<a/>", "<a/>", json.dumps({"edxml": base64.b64encode(b"<a/>").decode()})],
    ids=["bytea", "text", "jsonb"],
)
def test_a_packet_is_found_in_its_payload(payload: Any) -> None:
    """Bytes, text, or base64 in JSON."""
    assert b"<a/>" == packet_of(payload)


@pytest.mark.parametrize("payload", [None, "{", '{"edxml": "%"}', '{"edxml": 1}', '{"other": ""}'])
def test_a_payload_without_a_packet_is_refused(payload: str | None) -> None:
    """With what is wrong in Vietnamese."""
    with pytest.raises(NoPacketError, match="payload"):
        packet_of(payload)


def test_up_starts_relays_where_a_database_is_named() -> None:
    """None without the setting; as many as asked for, with a share each, with it."""

    def relays(**given: Any) -> dict[str, str]:
        found = [each for each in axis(Settings(**given), Workers()) if "outbox" in each.argv]
        return {each.name: each.environment["LIENTHONG_OUTBOX_SHARD"] for each in found}

    named = "h53=postgresql://relay@db/one"
    assert {} == relays(outbox_relays=2)
    assert {"outbox-0": "0/1"} == relays(outbox=named)
    assert {"outbox-0": "0/2", "outbox-1": "1/2"} == relays(outbox=named, outbox_relays=2)
