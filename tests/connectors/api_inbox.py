"""A document on its way to two agencies, as `deliver` leaves it: rows in the register, files in the inboxes, bytes in the store."""

import hashlib
from pathlib import Path
from typing import Any

from connectors.delivery.inbox import short
from connectors.folders import inbox
from infra.settings import Settings
from schemas.events import ContentRef, Event, Milestone
from schemas.ids import delivery_id
from tests.connectors import life
from tests.connectors.api_scene import Scene
from tests.connectors.packets import COMMUNE, HEALTH, document, status

PACKET = document(recipients=(HEALTH, COMMUNE))
SHA256 = hashlib.sha256(PACKET).hexdigest()
CONTENT = ContentRef(sha256=SHA256, size=len(PACKET), media_type="application/octet-stream")
SAID = status()
STATUS = ContentRef(sha256=hashlib.sha256(SAID).hexdigest(), size=len(SAID), media_type="application/octet-stream")
DELIVERY, OTHER = life.DELIVERY, delivery_id(life.KEY, COMMUNE)
ACKNOWLEDGED = life.said("03", 30, content=STATUS)
ITEM = f"{DELIVERY}.{short(ACKNOWLEDGED.event_id)}"


def laid_out() -> list[Event]:
    """Return what the axis says until both packets wait."""
    same: dict[str, Any] = {"content": CONTENT}
    return [
        life.submitted(**same), life.signed(**same), life.dispatched(**same), life.dispatched(COMMUNE, endpoint="h53-31-21", **same),
        life.received(Milestone.OFFERED, 4), life.received(Milestone.OFFERED, 4, COMMUNE), life.owed("transport", 5),
    ]  # fmt: skip


def lay(scene: Scene) -> None:
    """Lay both packets out."""
    scene.tell(laid_out())
    scene.office.content.put([PACKET], "application/octet-stream")
    for address, delivery in (("h53-17", DELIVERY), ("h53-31-21", OTHER)):
        folder = box(scene.settings, address)
        (folder / f"{delivery}.edxml").write_bytes(PACKET)
        (folder / f"{delivery}.json").write_text("{}")


def acknowledge(scene: Scene) -> None:
    """Let the recipient's status come back to the sender's inbox."""
    scene.tell([*laid_out(), ACKNOWLEDGED])
    scene.office.content.put([SAID], "application/octet-stream")
    (box(scene.settings, "h53") / f"{ITEM}.status.edxml").write_bytes(SAID)


def box(settings: Settings, address: str) -> Path:
    """Return an inbox that exists."""
    folder = inbox(settings, address)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
