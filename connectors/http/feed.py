"""The feed: every event about the caller's documents and deliveries, from any position on; as a page, or as Server-Sent Events.

At least once: after a lost connection the events since the last position come again, under their event ids.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, select, union_all
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from connectors.http import places
from connectors.http.answers import Json, text
from connectors.http.callers import Caller
from connectors.http.office import Office
from connectors.http.places import FEED, Place, Places
from connectors.register.tables import DOCUMENT, EVENT, REFUSAL
from schemas.topics import PARTITIONS

LOOK_SECONDS = 0.5
ALIVE_SECONDS = 15.0
"""A line that says nothing, so that proxies do not hang up."""

PAGE = 200
"""Records of one partition that are looked through at once."""

MOST_EVENTS = 1000
"""Of one page, about."""

UNSURE = timedelta(seconds=60)
"""So long a record waits for the register to hear whose document it is about."""

EVENT_STREAM = "text/event-stream"


async def events(office: Office, request: Request, caller: Caller) -> Response:
    """Give what happened since a position: `Last-Event-ID`, or `after`; `after=now` begins with what comes next."""
    asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
    at = await heads(office) if asked == "now" else places.read(asked.strip(), "after")
    if EVENT_STREAM not in request.headers.get("accept", ""):
        found, then = await look(office, caller, at)
        return Json({"events": found, "next": places.write(then), "more": await _more(office, then)})
    office.streams.require(caller.name)
    return Stream(office, caller, at)


class Stream(StreamingResponse):
    """A stream that holds its client's place from before its first byte, so that a flood of them cannot slip past the count."""

    def __init__(self, office: Office, caller: Caller, at: Places) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_stream(office, caller, at), media_type=EVENT_STREAM, headers=headers)
        self._place = office.streams.taken(caller.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._place:
            await super().__call__(scope, receive, send)


async def _stream(office: Office, caller: Caller, at: Places) -> AsyncIterator[str]:
    yield f"retry: 2000\nid: {places.write(at)}\n\n"
    quiet = 0.0
    while not office.ending.is_set():
        now = office.callers.still(caller, office.references.current())
        if now is None:
            return  # struck out meanwhile; asking again it hears why
        found, then = await look(office, now, at)
        for each in found:
            yield f"event: {each['event']}\ndata: {text(each)}\n\n"
        if then != at:
            at, quiet = then, 0.0
            yield f"id: {places.write(at)}\n\n"
            continue
        if quiet >= ALIVE_SECONDS:
            quiet = 0.0
            yield ": still here\n\n"
        quiet += LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)  # the register says nothing by itself


async def _more(office: Office, at: Places) -> bool:
    return any(head > at.get(place, -1) for place, head in (await heads(office)).items())


async def heads(office: Office) -> Places:
    """Return how far the register is with each partition of the feed."""
    return await office.register.read(_heads)


def _heads(connection: Connection) -> Places:
    each = [_head(topic, partition) for topic in FEED for partition in range(PARTITIONS)]
    rows = connection.execute(union_all(*each))
    return {(row.topic, row.partition): row.head for row in rows if row.head is not None}


def _head(topic: str, partition: int) -> Select[Any]:
    newest = func.max(EVENT.c.offset).label("head")
    named = literal(topic).label("topic"), literal(partition).label("partition")
    return select(*named, newest).where(EVENT.c.topic == topic, EVENT.c.partition == partition)


async def look(office: Office, caller: Caller, at: Mapping[Place, int]) -> tuple[list[dict[str, Any]], Places]:
    """Return the caller's events after a position, in the order of their records as far as that is known, and the next position."""
    now = office.clock.now()

    def ask(connection: Connection) -> tuple[list[dict[str, Any]], Places]:
        found, then = list[dict[str, Any]](), dict(at)
        for place, head in sorted(_heads(connection).items()):
            if head <= at.get(place, -1):
                continue
            for row in _records(connection, place, at.get(place, -1)):
                if row["document_key"] and row["sender"] is None and now - (row["recorded_at"] or now) < UNSURE:
                    break
                then[place] = row["offset"]
                if _is_own(row, caller):
                    found.append(_told(row))
            if len(found) >= MOST_EVENTS:
                break
        return sorted(found, key=lambda each: (each["recorded_at"] or each["at"], each["event_id"])), then

    return await office.register.read(ask)


def _records(connection: Connection, place: Place, after: int) -> list[dict[str, Any]]:
    """Return the next records of a partition, each with its document, and who handed it over where it was refused at the door."""
    topic, partition = place
    joined = EVENT.outerjoin(
        DOCUMENT, and_(DOCUMENT.c.document_key == EVENT.c.document_key, EVENT.c.document_key != "")
    ).outerjoin(REFUSAL, REFUSAL.c.event_id == EVENT.c.event_id)
    wanted = (
        select(EVENT, DOCUMENT.c.sender, DOCUMENT.c.document_id, REFUSAL.c.submitted_by)
        .select_from(joined)
        .where(EVENT.c.topic == topic, EVENT.c.partition == partition, EVENT.c.offset > after)
        .order_by(EVENT.c.offset)
        .limit(PAGE)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _is_own(row: Mapping[str, Any], caller: Caller) -> bool:
    """Tell whether an event is about what the caller may see: as in `visible`, and what its own door refused."""
    if not row["document_key"]:
        return bool(row["submitted_by"] == f"client:{caller.name}")
    recipient = row["delivery_id"].partition("-")[2]
    return row["sender"] in caller.agencies or recipient in caller.agencies


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("event_id", "recorded_at", "topic", "document_key", "delivery_id", "who", "why")
    said = {name: row[name] for name in names} | {"digest": row["sha256"], "document_id": row["document_id"] or ""}
    return {"event": row["type"], "at": row["occurred_at"], **said}
