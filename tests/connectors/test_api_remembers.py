"""What an end of the process does not make forgotten, what two processes share, and a file of clients that changes while they run."""

import hashlib
import socket
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from connectors.http.memory import LEASE, SIGNATURE, Memory
from infra.clock import real_now
from infra.settings import Settings
from infra.state.database import open_database, reading
from tests.axis import open_axis, publish_files, until
from tests.connectors.api_inbox import DELIVERY, lay
from tests.connectors.api_scene import Scene, api, clients_file, identities, secret, token
from tests.connectors.old_client import OldClient
from tests.connectors.test_api_process import process, url


def signed() -> Mapping[str, str]:
    """Return the headers of a request that was heard on its way."""
    return OldClient("", "id-tinh", secret("tinh")).signed("application/octet-stream")


def asked(address: str, headers: Mapping[str, str]) -> int:
    """Ask something with signed headers."""
    return httpx.post(f"{address}/getAgenciesList", headers=dict(headers), timeout=30).status_code


def test_a_signature_is_not_taken_again_after_a_kill_nor_by_another_process(settings: Settings, tmp_path: Path) -> None:
    """Once, by whichever process, ended or beside."""
    open_axis(settings, kinds=("directory",))
    publish_files(settings, {"identities": {"identities.csv": identities()}})
    file, heard = clients_file(tmp_path), signed()
    with process(settings, file) as first:
        before = [asked(url(settings, first), heard), asked(url(settings, first), heard)]
    (settings.run_folder / "api.port").unlink()
    with process(settings, file) as second:
        one = url(settings, second)
        (settings.run_folder / "api.port").unlink()
        with process(settings, file) as third:
            other, fresh = url(settings, third), signed()
            after = [asked(one, heard), asked(other, heard), asked(other, fresh), asked(one, fresh)]

    assert [200, 401] == before
    assert [401, 401, 200, 401] == after


def test_a_lease_outlives_the_api(tmp_path: Path) -> None:
    """The next one gives the delivery to nobody else before its time is over."""
    settings = Settings(var=tmp_path / "var")
    with api(settings) as scene:
        lay(scene)
        first = scene.ask("POST", "/v1/leases", "so-y-te").json()["items"]
    with api(settings) as scene:
        again = scene.ask("POST", "/v1/leases", "so-y-te").json()["items"]

    assert ([DELIVERY], []) == ([each["delivery_id"] for each in first], again)


def test_what_is_over_is_forgotten(database: str) -> None:
    """On both databases: only what is in force is kept, and two memories see each other's."""
    now = [real_now()]
    one, other = (Memory(Settings(state=database), lambda: now[0]) for _ in range(2))
    taken = [one.first_time(f"{n}", now[0] + timedelta(minutes=10)) for n in range(50)]
    leased = one.lease(["a", "b", "c"], limit=2, seconds=60), other.lease(["a", "b", "c"], limit=3, seconds=60)
    repeated = other.first_time("7", now[0] + timedelta(minutes=10))
    now[0] += timedelta(minutes=11)
    later = other.first_time("7", now[0] + timedelta(minutes=10)), other.lease(["a"], limit=1, seconds=60)
    engine = open_database(database, LEASE.metadata)
    with reading(engine) as connection:
        kept = len(connection.execute(SIGNATURE.select()).all()), len(connection.execute(LEASE.select()).all())
    for each in (one, other, engine):
        each.close() if isinstance(each, Memory) else each.dispose()

    assert (True, False) == (all(taken), repeated)
    assert [["a", "b"], ["c"]] == [sorted(each) for each in leased]
    assert (True, ["a"]) == (later[0], sorted(later[1]))
    assert (1, 1) == kept


def rewritten(scene: Scene, change: Mapping[str, str]) -> None:
    """Change the file of clients as an operator does: written beside, renamed into place."""
    file = scene.settings.var / "clients.toml"
    text = file.read_text()
    for before, after in change.items():
        assert before in text
        text = text.replace(before, after)
    beside = file.with_suffix(".new")
    beside.write_text(text)
    beside.chmod(0o600)
    beside.rename(file)


def digest(name: str) -> str:
    """Return what the file keeps of a token."""
    return hashlib.sha256(f"token-{name}".encode()).hexdigest()


def test_a_token_that_is_struck_out_is_worth_nothing_at_once(tmp_path: Path) -> None:
    """From the next request on; a stream of its client ends, others go on, a new client has a door."""
    with api(Settings(var=tmp_path / "var")) as scene:
        scene.tell([])
        before = scene.ask("GET", "/v1/owes", "so-y-te").status_code
        with socket.create_connection(("127.0.0.1", scene.port), timeout=20) as stream:
            shown = token("so-y-te")["Authorization"]
            head = (
                "GET /v1/events HTTP/1.1",
                "Host: x",
                f"Authorization: {shown}",
                "Accept: text/event-stream",
                "",
                "",
            )
            stream.sendall("\r\n".join(head).encode())
            assert b"200" in stream.recv(65536)
            rewritten(
                scene, {"[clients.so-y-te]": "[clients.moi]", digest("so-y-te"): digest("moi"), "id-so-y-te": "id-moi"}
            )
            after = [scene.ask("GET", "/v1/owes", name).status_code for name in ("so-y-te", "xa-b", "moi")]
            while b"0\r\n\r\n" not in (got := stream.recv(65536)):
                assert got

        assert (200, [401, 200, 200]) == (before, after)
        assert scene.office.handovers.door("moi").folder.exists()


@pytest.mark.parametrize("change", [{"[clients.": "[clients"}, {'systemid = "id-tinh"': 'systemid = "id-xa-b"'}])
def test_a_file_that_cannot_be_used_changes_nothing(tmp_path: Path, change: Mapping[str, str]) -> None:
    """Who was in goes on, and the mended file counts again."""
    with api(Settings(var=tmp_path / "var")) as scene:
        scene.tell([])
        file = scene.settings.var / "clients.toml"
        good = file.read_text()
        rewritten(scene, change)
        during = scene.ask("GET", "/v1/owes").status_code
        file.unlink()
        gone = scene.ask("GET", "/v1/owes").status_code
        file.write_text(good.replace(digest("tinh"), digest("other")))
        file.chmod(0o600)
        until(lambda: scene.ask("GET", "/v1/owes").status_code == 401, seconds=10)

        assert (200, 200) == (during, gone)


def test_a_webhook_that_is_added_is_posted_to(tmp_path: Path) -> None:
    """Without a restart: its position is noted within seconds."""
    with api(Settings(var=tmp_path / "var")) as scene:
        scene.tell([])
        hook = '\nwebhook = {url = "http://127.0.0.1:1/x", secret = "a secret of the hook"}\n'
        rewritten(scene, {"[clients.xa-b]": f"[clients.xa-b]{hook}"})
        until((scene.office.handovers.door("xa-b").folder.parent / "webhook.json").exists, seconds=15)
