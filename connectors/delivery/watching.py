"""Looking into the inboxes: which of the packets that wait were taken, or have a receipt beside them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from connectors.delivery.inbox import RECEIPT, Inbox
from connectors.delivery.rows import OPEN, Offer
from connectors.folders import SUFFIX, inbox
from infra.settings import Settings
from schemas.step import Change, Put, Wake

TAKEN, BY_RECEIPT = "taken", "receipt"
log = structlog.get_logger(__name__)


class Watch:
    """Sees it once; what was seen is written into the row with its moment, so that it is not seen anew every second."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._complaints: set[tuple[str, str]] = set()
        """(what, address) that the log has already."""

    def look(self, rows: Mapping[str, bytes], now: datetime) -> Iterator[Change]:
        """Yield what becomes of the open rows."""
        waiting: dict[str, list[tuple[str, Offer]]] = defaultdict(list)
        for row, value in rows.items():
            offer = Offer.load(value)
            if offer is not None and not offer.noticed:
                waiting[offer.address].append((row, offer))
        for address, offers in waiting.items():
            for row, offer, how in self._seen(address, offers):
                yield Put(row, replace(offer, noticed=how, noticed_at=now.isoformat()).dump())
                yield Wake(row, now)

    def _seen(self, address: str, offers: list[tuple[str, Offer]]) -> Iterator[tuple[str, Offer, str]]:
        box = Inbox(inbox(self._settings, address))
        try:
            names = box.names()
            for row, offer in offers:
                if how := self._how(row.removeprefix(OPEN), offer, box, names):
                    yield row, offer, how
        except OSError as exc:  # away, and nothing can be said of what lies there
            self._complain(address, "inbox_unreadable", why=type(exc).__name__)
        else:
            self._complaints.discard(("inbox_unreadable", address))

    def _how(self, delivery_id: str, offer: Offer, box: Inbox, names: set[str]) -> str:
        if f"{delivery_id}{RECEIPT}" in names:
            return BY_RECEIPT
        packet = f"{delivery_id}{SUFFIX}"
        if packet in names or box.lies(packet) or box.was_withdrawn(offer.mark):
            return ""
        if not box.was_laid(offer.mark):
            self._complain(offer.address, "inbox_is_another", endpoint=offer.endpoint)
            return ""
        return TAKEN

    def _complain(self, address: str, what: str, **said: str) -> None:
        if (what, address) not in self._complaints:
            self._complaints.add((what, address))
            log.error(what, address=address, **said)
