"""Webhooks: a client's feed is posted to it, signed as Standard Webhooks 1.0 has it; its position moves with each 2xx.

At least once and in the feed's order: a batch that was not taken is posted again under the same `webhook-id`, first after a
second, then twice as long each time. After some failures in a row the endpoint's circuit is open: one try an interval.
"""

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from connectors.http import feed, places
from connectors.http.answers import text
from connectors.http.callers import Caller
from connectors.http.clients import Hook
from connectors.http.office import Office
from connectors.http.places import Places
from connectors.http.problems import RefusedError
from infra.clock import real_now
from infra.durable import write_atomically
from schemas.ids import event_id

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 600.0
OPEN_AFTER = 5
"""Failures in a row that open the circuit, which is said once."""

ANSWER_SECONDS = 10.0
ROLL_SECONDS = 1.0
"""After so long a webhook that was added, changed or struck out is known."""

BATCH = 100
"""Events of one post."""

log = structlog.get_logger(__name__)


class NotTakenError(Exception):
    """The endpoint did not say 2xx."""


@dataclass(slots=True)
class Circuit:
    """How one endpoint does."""

    failures: int = 0

    def failed(self) -> float:
        """Count a failure; return the seconds to wait."""
        self.failures += 1
        return float(min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self.failures - 1, 30)))

    @property
    def opens(self) -> bool:
        """Tell, once, that it has just opened."""
        return self.failures == OPEN_AFTER

    def well(self) -> bool:
        """Forget the failures; tell whether it was open."""
        was, self.failures = self.failures >= OPEN_AFTER, 0
        return was


def start(office: Office) -> list[asyncio.Task[None]]:
    """Begin to post to every client that has a webhook, now or later."""
    return [asyncio.create_task(_post_all(office))]


async def _post_all(office: Office) -> None:
    """Keep one task for each webhook as the file of clients has it now."""
    running: dict[str, tuple[Hook, asyncio.Task[None]]] = {}
    try:
        while not office.ending.is_set():
            clients = office.roll.current().clients
            wanted = {name: client.webhook for name, client in clients.items() if client.webhook is not None}
            for name, (hook, task) in list(running.items()):
                if wanted.get(name) != hook:
                    task.cancel()
                    del running[name]
                elif task.done():
                    task.result()  # raises what it broke by
            for name, hook in wanted.items():
                if name not in running:
                    running[name] = hook, asyncio.create_task(_follow(office, name, hook))
            await _pause(office, ROLL_SECONDS)
    except BaseException:
        for _, task in running.values():
            task.cancel()
        raise
    await asyncio.gather(*(task for _, task in running.values()))


async def _follow(office: Office, name: str, hook: Hook) -> None:
    file, circuit = office.handovers.door(name).folder.parent / "webhook.json", Circuit()
    while not office.ending.is_set():
        try:
            wait = feed.LOOK_SECONDS if not await _once(office, name, hook, file) else 0.0
            if circuit.well():
                log.info("webhook_circuit_closed", client=name)
        except (NotTakenError, RefusedError, OperationalError, OSError) as exc:
            wait = circuit.failed()
            if circuit.opens:
                log.warning("webhook_circuit_open", client=name, why=str(exc))
        await _pause(office, wait)


async def _pause(office: Office, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await office.ending.wait()
    except TimeoutError:
        return


async def _once(office: Office, name: str, hook: Hook, file: Path) -> bool:
    """Post what is new, if anything is; return whether the position moved."""
    identities = office.references.current().identities
    agencies = identities.may_speak_for("client", name) if identities else frozenset[str]()
    at = _position(file)
    if at is None:
        at = await feed.heads(office)
        _remember(file, at)
    found, then = await feed.look(office, Caller(name=name, agencies=agencies), at)
    for begins in range(0, len(found), BATCH):
        part = found[begins : begins + BATCH]
        body = text({"events": part}).encode()
        named = event_id("webhook", name, *(each["event_id"] for each in part))
        await run_in_threadpool(post, hook, named, body)
    if then != at:
        _remember(file, then)
    return then != at


def signature(secret: str, named: str, stamp: int, body: bytes) -> str:
    """Return `v1,BASE64(HMAC-SHA256(secret, id.timestamp.body))` (Standard Webhooks 1.0)."""
    signed = f"{named}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def post(hook: Hook, named: str, body: bytes) -> None:
    """Post once; raise `NotTakenError` unless the answer is 2xx."""
    stamp = int(real_now().timestamp())
    headers: Mapping[str, str] = {
        "Content-Type": "application/json",
        "webhook-id": named,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(hook.secret, named, stamp, body),
    }
    asking = urllib.request.Request(hook.url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - `Hook` allows http and https only
    try:
        with _OPENER.open(asking, timeout=ANSWER_SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as exc:
        exc.close()
        raise NotTakenError(str(exc.code)) from None
    except (OSError, http.client.HTTPException) as exc:
        raise NotTakenError(type(exc).__name__) from None
    if not 200 <= status < 300:  # noqa: PLR2004 - of HTTP
        raise NotTakenError(str(status))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Events go where the operator said, not where an answer points."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _position(file: Path) -> Places | None:
    try:
        return places.read(json.loads(file.read_bytes())["position"], "position")
    except FileNotFoundError:
        return None


def _remember(file: Path, at: Places) -> None:
    write_atomically(file, json.dumps({"position": places.write(at)}).encode(), sync=True)
