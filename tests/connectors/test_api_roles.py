"""Every route, asked by every kind of client: it speaks for its own agencies and reads only theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.http.routes import CALLS
from infra.settings import Settings
from tests.connectors.api_inbox import DELIVERY, PACKET, SHA256, acknowledge, lay
from tests.connectors.api_scene import Scene, api

Asked = dict[str, Any]
ROLES = ("tinh", "so-y-te", "xa-b", "nobody", "")
"""Sender; recipient of DELIVERY; recipient of the other delivery; a client without an agency; nobody at all."""

UNKNOWN = 401
TABLE: dict[str, tuple[Asked, tuple[int, ...]]] = {
    "POST /v1/documents": ({"content": PACKET}, (202, 403, 403, 403)),
    "GET /v1/documents": ({"params": {"document_id": "000.00.00.H53,2026-11-23,1234/UBND-KSTT"}}, (200, 200, 200, 404)),
    "GET /v1/documents/{digest}": ({}, (200, 200, 200, 404)),
    "GET /v1/inbox": ({"params": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
    "POST /v1/inbox/lease": ({"json": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
    "GET /v1/inbox/{delivery_id}": ({}, (404, 200, 404, 404)),
    "POST /v1/inbox/{delivery_id}/receipt": ({"json": {"sha256": SHA256}}, (404, 200, 404, 404)),
    "POST /v1/inbox/{delivery_id}/status": ({"json": {"code": "03", "by": "A"}}, (403, 202, 404, 404)),
    "GET /v1/owes": ({"params": {"agency": "000.00.17.H53"}}, (403, 200, 403, 403)),
}
"""Call -> what is asked, and the answer to each role but the last, which is always told to say who it is."""


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
    path = path.format(digest=SHA256, delivery_id=DELIVERY)
    got = {
        role: scene.ask(method, path, role, headers={} if role else {"Authorization": ""}, **asked).status_code
        for role in sorted(ROLES, key=lambda each: each in ("tinh", "so-y-te"))
    }

    assert dict(zip(ROLES, (*wanted, UNKNOWN), strict=True)) == got
