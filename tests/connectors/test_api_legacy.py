"""A system of the national axis works by changing its base URL: the client of `old_client.py` knows nothing of ours."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.axis import events
from tests.connectors import life
from tests.connectors.api_inbox import (
    DELIVERY,
    ITEM,
    OTHER,
    PACKET,
    SAID,
    SHA256,
    acknowledge,
    box,
    lay,
)
from tests.connectors.api_scene import Scene, api, secret, taking
from tests.connectors.doorway import TOPICS, prepare
from tests.connectors.old_client import FailedError, OldClient
from tests.connectors.packets import COMMUNE, HEALTH, PROVINCE, document, status


def client(scene: Scene, name: str) -> OldClient:
    """Return a system that was told three things."""
    return OldClient(scene.url, f"id-{name}", secret(name))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API with a document on its way; no intake runs."""
    with api(Settings(var=tmp_path / "var")) as running:
        lay(running)
        yield running


@pytest.fixture
def whole(settings: Settings) -> Iterator[Scene]:
    """Yield an API beside a real intake."""
    prepare(settings)
    with api(settings) as running, taking(settings):
        yield running


def test_sending(whole: Scene) -> None:
    """A DocId, the same for the same bytes; a status by its own system; one event each."""
    sender, recipient = client(whole, "tinh"), client(whole, "so-y-te")
    first, again = (sender.send(PROVINCE, document()) for _ in range(2))
    said = recipient.send(HEALTH, status(), "status")
    who = sorted(getattr(each, "submitted_by", "") for each in events(whole.settings, *TOPICS))

    assert hashlib.sha256(document()).hexdigest() == first == again != said
    assert ["client:so-y-te", "client:tinh"] == who


@pytest.mark.parametrize(
    ("sender", "packet", "number", "code"),
    [
        (PROVINCE, b"rubbish", "22", "NOT_EDXML"),
        (HEALTH, document(), "19", "SENDER_NOT_ALLOWED"),
        (PROVINCE, document(sender=HEALTH), "19", "SENDER_NOT_ALLOWED"),
        (
            PROVINCE,
            document(recipients=(HEALTH, COMMUNE)).replace(COMMUNE.encode(), HEALTH.encode()),
            "21",
            "DUPLICATE_RECEIVER",
        ),
    ],
)
def test_a_no_has_a_number_and_our_words(whole: Scene, sender: str, packet: bytes, number: str, code: str) -> None:
    """The numbers such clients know; the reason code and a Vietnamese sentence beside it."""
    with pytest.raises(FailedError) as failed:
        client(whole, "tinh").send(sender, packet)

    assert number == failed.value.number
    assert failed.value.words.startswith(code)


def test_pulling(scene: Scene, tmp_path: Path) -> None:
    """List, fetch, store, acknowledge; then nothing waits, and the inbox is empty."""
    taker = client(scene, "so-y-te")
    (row,) = taker.waiting()

    assert (DELIVERY, "eDoc", "edoc", PROVINCE, HEALTH) == tuple(
        row[name] for name in ("docId", "serviceType", "messageType", "from", "to")
    )
    assert 1 == taker.count("Edoc")
    assert PACKET == taker.download(DELIVERY)
    taker.update(DELIVERY, "processing")
    assert [DELIVERY] == taker.pull(tmp_path)
    assert PACKET == (tmp_path / DELIVERY).read_bytes()
    assert not list(box(scene.settings, "h53-17").glob("*.edxml"))
    taker.update(DELIVERY, "done")  # the answer to the first one was lost


def test_pulling_statuses(scene: Scene, tmp_path: Path) -> None:
    """The recipient's answer comes back to the sender's system, and to no other, though several share an inbox."""
    acknowledge(scene)
    sender = client(scene, "tinh")

    assert [0, 0, 0] == [client(scene, name).count("Status") for name in ("so-y-te", "xa-b", "xa-chung")]
    assert 1 == sender.count("Status")
    assert [ITEM] == sender.pull(tmp_path, "status")
    assert SAID == (tmp_path / ITEM).read_bytes()
    assert [] == sender.waiting("status")
    sender.update(ITEM, "done")


def test_what_became_of_what_was_sent(scene: Scene) -> None:
    """A row a recipient, by DocId and without it; another system sees none of it."""
    by_id, newest = client(scene, "tinh").sent(SHA256), client(scene, "tinh").sent()

    assert [] == client(scene, "so-y-te").sent(SHA256) == client(scene, "so-y-te").sent()
    assert by_id == newest
    assert {(DELIVERY, HEALTH), (OTHER, COMMUNE)} == {(each["receiverDocId"], each["toCode"]) for each in by_id}
    assert {("1234/UBND-KSTT", "done", PROVINCE)} == {
        (each["notation"], each["sendStatus"], each["fromCode"]) for each in by_id
    }


def test_a_refused_document_says_why(scene: Scene) -> None:
    """It has no recipient's row; the reason stands where the system shows it."""
    content = {"content": life.CONTENT}
    scene.tell([life.submitted(**content), life.refused()])
    (row,) = client(scene, "tinh").sent(life.SHA256)

    assert "fail" == row["sendStatus"]
    assert row["sendStatusDesc"].startswith("CHANGED_AFTER_SIGNING: ")


def test_the_lists_of_agencies(scene: Scene) -> None:
    """Codes of both kinds, parents, names; one level alone; the directory is not changed from here."""
    system = client(scene, "so-y-te")
    every = {each["code"]: each for each in system.agencies()}
    by_qd20 = {each["code102"]: each["code"] for each in system.agencies("/getAgenciesListQD20")}
    level = scene.office.references.current().directory.agency(HEALTH, scene.office.clock.now().date()).level  # type: ignore[union-attr] # the demo has both
    some = {each["code"] for each in system.agencies("/getSynchronizeUnit", level)}

    assert ("H53.17", PROVINCE) == (every[HEALTH]["oldCode"], every[HEALTH]["pid"])
    assert "H53.17" == by_qd20[HEALTH]
    assert HEALTH in some
    assert PROVINCE not in some
    with pytest.raises(FailedError, match="DIRECTORY_BY_OPERATOR"):
        system.register()


def test_another_secret_is_told_by_401(scene: Scene) -> None:
    """15, as such clients know it."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        OldClient(scene.url, "id-tinh", "not the secret at all").waiting()
    with refused.value as answer:
        said = json.loads(answer.read())

    assert (401, "FAIL", "15") == (refused.value.code, said["status"], said["ErrorCode"])


def test_what_may_pass_later_is_a_5xx(tmp_path: Path) -> None:
    """Such clients try again after those only: no register yet."""
    with api(Settings(var=tmp_path / "var")) as empty, pytest.raises(urllib.error.HTTPError) as refused:
        client(empty, "tinh").waiting()
    refused.value.close()

    assert 503 == refused.value.code


def test_a_replayed_request_is_refused(scene: Scene) -> None:
    """The very same headers again."""
    headers = client(scene, "tinh").signed("x/y") | {"servicetype": "eDoc", "messagetype": "edoc", "Authorization": ""}
    said = [scene.ask("POST", "/getReceivedEdocList", headers=headers).json() for _ in range(2)]

    assert ["OK", "FAIL"] == [each["status"] for each in said]
    assert said[1]["ErrorDesc"].startswith("REQUEST_REPEATED")


def test_another_hash_is_refused(scene: Scene) -> None:
    """The file was changed on its way."""
    parameters = {"from": PROVINCE, "messagetype": "edoc", "hash-file": "0" * 64}
    said = scene.ask("POST", "/sendEdoc", headers=parameters, content=document())

    assert (200, "10") == (said.status_code, said.json()["ErrorCode"])
    assert said.json()["ErrorDesc"].startswith("DIGEST_MISMATCH")
