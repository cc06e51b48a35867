"""Every route, asked by every kind of client: it speaks for its own agencies and reads only theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http.table import CALLS
from infra.settings import Settings
from tests.connectors.api_inbox import DELIVERY, PACKET, SHA256, acknowledge, lay
from tests.connectors.api_scene import Scene, api

Asked = dict[str, Any]
ROLES = ("tinh", "so-y-te", "xa-b", "nobody", "")
"""Sender; recipient of DELIVERY; recipient of the other delivery; a client without an agency; nobody at all."""

UNKNOWN = 401
OK, FAIL = "OK", "FAIL"
SEND = {"from": "000.00.00.H53", "messagetype": "edoc", "hash-file": SHA256}
WHAT = {"messagetype": "edoc", "docId": DELIVERY, "status": "done"}
EVERY: tuple[Asked, tuple[int | str, ...]] = ({}, (OK, OK, OK, OK))
NOBODY: tuple[Asked, tuple[int | str, ...]] = ({}, (FAIL, FAIL, FAIL, FAIL))
TABLE: dict[str, tuple[Asked, tuple[int | str, ...]]] = {
    "POST /v1/documents": ({"content": PACKET}, (202, 403, 403, 403)),
    "GET /v1/documents": ({"params": {"document_id": "000.00.00.H53,2026-11-23,1234/UBND-KSTT"}}, (200, 200, 200, 404)),
    "GET /v1/documents/{digest}": ({}, (200, 200, 200, 404)),
    "POST /v1/preflight": ({"content": PACKET}, (503, 403, 403, 403)),
    "GET /v1/inbox": ({"params": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
    "POST /v1/leases": ({"json": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
    "GET /v1/inbox/{delivery_id}": ({}, (404, 200, 404, 404)),
    "POST /v1/inbox/{delivery_id}/receipt": ({"json": {"sha256": SHA256}}, (404, 200, 404, 404)),
    "POST /v1/inbox/{delivery_id}/status": ({"json": {"code": "03", "by": "A"}}, (403, 202, 404, 404)),
    "GET /v1/owes": ({"params": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
    "GET /v1/events": ({}, (200, 200, 200, 200)),
    "POST /sendEdoc": ({"headers": SEND, "content": PACKET}, (OK, FAIL, FAIL, FAIL)),
    "POST /getReceivedEdocList": ({"headers": WHAT}, (OK, OK, OK, OK)),
    "POST /getEdoc": ({"headers": WHAT}, (FAIL, OK, FAIL, FAIL)),
    "GET /downloadEdoc": ({"headers": WHAT}, (FAIL, "", FAIL, FAIL)),
    "POST /updateStatus": ({"headers": WHAT}, (FAIL, OK, FAIL, FAIL)),
    "POST /getSentEdocList": EVERY,
    "GET /countReceiveEdoc": EVERY,
    "GET /countReceiveStatus": EVERY,
    "POST /getAgenciesList": EVERY,
    "POST /getAgenciesListQD20": EVERY,
    "POST /getSynchronizeUnit": EVERY,
    "POST /registerAgency": NOBODY,
    "POST /deleteAgency": NOBODY,
}
"""Call -> what is asked, and the answer to each role but the last, which is always told to say who it is.

The calls of the national axis say OK or FAIL; what each sees in a list is looked at in `test_api_legacy.py`.
"""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API with a document on its way."""
    with api(Settings(var=tmp_path / "var")) as running:
        lay(running)
        acknowledge(running)
        yield running


def test_the_table_names_every_route() -> None:
    """A route that nobody thought about is noticed."""
    assert {f"{call.method} {call.path}" for call in CALLS} == set(TABLE)


@pytest.mark.parametrize("call", TABLE)
def test_a_route_asked_by_everybody(scene: Scene, call: str) -> None:
    """The sender's side, the recipient, another recipient, a client of no agency, a stranger; the one who may comes last."""
    method, _, path = call.partition(" ")
    asked, wanted = TABLE[call]
    path, more = path.format(digest=SHA256, delivery_id=DELIVERY), dict(asked)
    headers = more.pop("headers", {})
    got = {}
    for role in sorted(ROLES, key=lambda each: each in ("tinh", "so-y-te")):
        own = headers if role else headers | {"Authorization": ""}
        answer = scene.ask(method, path, role, headers=own, **more)
        modern = path.startswith("/v1/") or not role
        got[role] = answer.status_code if modern else said(answer)

    assert dict(zip(ROLES, (*wanted, UNKNOWN), strict=True)) == got


def said(answer: httpx.Response) -> str:
    """Return OK or FAIL; empty for a packet."""
    return answer.json()["status"] if "json" in answer.headers["content-type"] else ""
