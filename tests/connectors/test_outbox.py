"""From a document system's outbox table to the log, through a real intake: order, shards, poison, crashes, a server that goes away."""

import base64
import json
import random
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest

from infra.settings import Settings
from tests.axis import open_axis, until
from tests.connectors.doorway import process
from tests.connectors.outbox_scene import ADDRESS, System, relay
from tests.connectors.packets import document, document_id
from tests.postgres import PostgresServer, server_here

POINTS = ("row_locked", "row_dropped", "row_answered", "row_noted", "row_finished")
pytestmark = pytest.mark.postgres


@pytest.fixture
def system(settings: Settings, postgres: str) -> Iterator[System]:
    """Yield a document system beside an axis whose intake runs."""
    with _beside_axis(settings, postgres) as found:
        yield found


@contextmanager
def _beside_axis(settings: Settings, url: str) -> Iterator[System]:
    found = System(settings=settings, url=url.replace("+psycopg", ""))
    open_axis(settings, kinds=("directory", "secrecy"))
    found.prepare()
    with process(settings):
        yield found


def versions(system: System, documents: int, each: int) -> dict[str, list[str]]:
    """Write so many versions of so many documents, mixed; return what the log must say of each, in order."""
    for version in range(each):
        for number in range(documents):
            system.write(f"doc-{number}", document(number, subject=f"Lần {version}"))
    return {document_id(number): [f"Lần {version}" for version in range(each)] for number in range(documents)}


def test_rows_become_submissions_in_the_order_of_their_aggregate(system: System) -> None:
    """Four documents of five versions: each once, in order; the row holds moment and receipt."""
    expected = versions(system, 4, 5)
    with relay(system):
        until(lambda: not system.open())

    assert expected == system.subjects()
    assert 20 == len(system.submitted())
    for at, receipt, refusal in system.rows().values():
        assert (True, None) == (receipt["accepted"], refusal)
        assert datetime.fromisoformat(receipt["at"]) == at
        assert f"folder:{ADDRESS}" == receipt["submitted_by"]


def test_two_relays_share_the_aggregates(system: System) -> None:
    """Two with a shard each, and two more that want everything: nothing twice, the order kept."""
    expected = versions(system, 6, 4)
    shards = [("a", "0/2"), ("b", "1/2"), ("c", ""), ("d", "")]
    with ExitStack() as running:
        for name, shard in shards:
            running.enter_context(relay(system, LIENTHONG_PROCESS=name, LIENTHONG_OUTBOX_SHARD=shard))
        until(lambda: not system.open())

    assert expected == system.subjects()
    assert 24 == len(system.submitted())
    assert 24 == len(system.doorway.receipts())


def test_a_shard_leaves_the_others_alone(system: System) -> None:
    """What one relay of two does not take, the other does."""
    for number in range(12):
        system.write(f"doc-{number}", document(number))
    with relay(system, LIENTHONG_OUTBOX_SHARD="0/2") as first:
        until(lambda: system.open() < 12)
        first.terminate()
        assert 0 == first.wait(20)
    left = system.open()
    with relay(system, LIENTHONG_OUTBOX_SHARD="1/2"):
        until(lambda: not system.open())

    assert 0 < left < 12


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_step_nothing_is_lost_or_doubled(system: System, point: str) -> None:
    """Killed in its first and in its second round; the third goes on."""
    expected = versions(system, 3, 3)
    for visit in ("1", "2"):
        with relay(system, LIENTHONG_CRASH_AT=f"{point}:{visit}") as killed:
            assert -signal.SIGKILL == killed.wait(60)
    with relay(system):
        until(lambda: not system.open())

    assert expected == system.subjects()
    assert 9 == len(system.submitted()) == len(system.doorway.receipts())


def test_killed_by_chance_while_rows_come(system: System) -> None:
    """Two relays, killed together six times at random moments."""
    chance, expected = random.Random(7), versions(system, 4, 6)
    for _ in range(6):
        with relay(system), relay(system, LIENTHONG_PROCESS="other"):
            began = system.open()
            until(lambda began=began: system.open() < began or not began)  # type: ignore[misc] # bound at once
            time.sleep(chance.uniform(0.0, 0.3))  # then both are killed, wherever they are
    with relay(system):
        until(lambda: not system.open())

    assert expected == system.subjects()
    assert 24 == len(system.submitted()) == len(system.doorway.receipts())


def test_poison_is_refused_and_blocks_nobody(system: System) -> None:
    """Rubbish, nothing, a secret: each row says why in Vietnamese; successors and other aggregates go on."""
    poison = system.write("doc-1", b"<not edxml", None, document(2, subject="Tuyệt mật"))
    good = [*system.write("doc-1", document(1)), *system.write("doc-3", document(3))]
    with relay(system):
        until(lambda: not system.open())
    rows = system.rows()

    assert {document_id(1), document_id(3)} == set(system.subjects())
    assert ["XML_NOT_WELL_FORMED", "NOT_EDXML", "SECRET_FORBIDDEN"] == [rows[row][2]["code"] for row in poison]
    assert all(rows[row][0] is None and rows[row][2]["sentence_vi"] for row in poison)
    assert all(rows[row][1]["accepted"] and rows[row][2] is None for row in good)


def test_payloads_may_be_json(system: System) -> None:
    """Column `jsonb` with the packet in base64; JSON without one is refused in its row."""
    with system.connect() as connection:
        connection.execute("alter table outbox alter column payload type jsonb using null")
    good = json.dumps({"edxml": base64.b64encode(document(1)).decode()})
    (taken, *refused) = system.write("doc-1", good, '{"other": 1}', "[1]", '{"edxml": "%"}')
    with relay(system):
        until(lambda: not system.open())
    rows = system.rows()

    assert rows[taken][1]["accepted"]
    assert ["NOT_EDXML"] * 3 == [rows[row][2]["code"] for row in refused]
    assert [document_id(1)] == list(system.subjects())


def test_what_is_too_large_is_refused_unread(system: System) -> None:
    """Above twice a packet's size it never leaves the database; the row says so, and no file lies anywhere."""
    (row,) = system.write("doc-1", b"<" * (2 * 1024 * 1024 + 1))
    with relay(system, LIENTHONG_PACKET_MB="1"):
        until(lambda: not system.open())
    _, receipt, refusal = system.rows()[row]

    assert (None, "RESOURCE_LIMIT", "payload") == (receipt, refusal["code"], refusal["element"])
    assert [] == system.doorway.receipts()
    assert [] == system.doorway.unfinished()


def test_what_was_handed_over_may_be_deleted(system: System) -> None:
    """With the setting only refused rows stay."""
    good, bad = system.write("doc-1", document(1)), system.write("doc-2", b"rubbish")
    with relay(system, LIENTHONG_OUTBOX_DELETE="true"):
        until(lambda: list(system.rows()) == bad and not system.open())

    assert good[0] not in system.rows()
    assert [document_id(1)] == list(system.subjects())


def test_a_row_handed_over_before_is_not_dropped_again(system: System) -> None:
    """The mark is lost (a database set back to yesterday): the receipt beside the file answers; the log says nothing twice."""
    (row,) = system.write("doc-1", document(1))
    with relay(system):
        until(lambda: not system.open())
        with system.connect() as connection:
            connection.execute("update outbox set handed_over_at = null, receipt = null")
        until(lambda: not system.open())

    assert system.rows()[row][1]["accepted"]
    assert 1 == len(system.submitted()) == len(system.doorway.receipts())


def test_the_server_goes_away_and_comes_back(settings: Settings) -> None:
    """Cut off twice while rows wait: the same relay goes on by itself; progress and metrics are there."""
    server: PostgresServer | None = server_here()
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    with server, _beside_axis(settings, server.make_database(f"t{uuid.uuid4().hex[:8]}")) as system:
        expected = versions(system, 3, 6)
        with relay(system) as running:
            for _ in range(2):
                began = system.open()
                until(lambda began=began: system.open() < began)  # type: ignore[misc] # bound at once
                server.stop()
                server.start()
            until(lambda: not system.open())
            progress = settings.run_folder / "outbox.progress"
            until(lambda: json.loads(progress.read_bytes())["lag"] == 0)
            assert running.poll() is None

        assert expected == system.subjects()
        assert 18 == len(system.submitted()) == len(system.doorway.receipts())
