"""Accepted documents that a certificate had a part in: as the signer's, a CA's, or a time-stamp's; by the evidence of each verdict."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from connectors.register.tables import DELIVERY, EVENT, SUBMISSION
from schemas.events import DocumentSigned

AT_ONCE = 500
"""Rows fetched together."""


class EvidenceMissingError(Exception):
    """The evidence of a verdict is not at hand, or is none that names certificates: nobody knows what it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A certificate, or all of a CA; both given: both must fit the same certificate."""

    serial: str = ""
    """Serial number, hexadecimal without leading zeros, lower case."""

    issuer: str = ""
    """What the RFC 4514 name of the issuer contains, whatever the case."""

    def fits(self, certificate: Mapping[str, str]) -> bool:
        """Tell whether a certificate of an evidence is meant."""
        serial = not self.serial or certificate["serial"] == self.serial
        return serial and self.issuer.casefold() in certificate["issuer"].casefold()


def touched(
    connection: Connection, wanted: Wanted, read: Callable[[str], bytes], *, since: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Yield each accepted packet once, the earliest verdict first; `read` gives evidence by SHA-256 or raises `EvidenceMissingError`.

    A packet whose evidence is missing is yielded as well, with `certificates` null: it may be touched.
    """
    told: set[tuple[str, str]] = set()
    for row in _accepted(connection, since):
        packet = row["document_key"], row["sha256"]
        if packet in told:
            continue
        verdict = json.loads(row["body"])["verdict"]
        found = _certificates(verdict["evidence_sha256"], wanted, read)
        if found is None or found:
            told.add(packet)
            yield _answer(connection, packet, verdict, found)


def _accepted(connection: Connection, since: datetime | None) -> Iterator[Mapping[str, Any]]:
    column = EVENT.c
    query = select(column.document_key, column.sha256, column.body).where(column.type == DocumentSigned.__name__)
    if since is not None:
        query = query.where(column.occurred_at >= since)
    rows = connection.execution_options(yield_per=AT_ONCE).execute(query.order_by(column.occurred_at, column.event_id))
    for row in rows.mappings():
        yield dict(row)


def _certificates(evidence_sha256: str, wanted: Wanted, read: Callable[[str], bytes]) -> list[Mapping[str, str]] | None:
    """Return the certificates that fit; None: nobody knows."""
    try:
        record = json.loads(read(evidence_sha256))
        return [each for each in _named(record) if wanted.fits(each)]
    except (EvidenceMissingError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _named(record: Mapping[str, Any]) -> Iterable[Mapping[str, str]]:
    """Return every certificate that an evidence names, once."""
    judged = [*record["signatures"], *([record["envelope"]] if record["envelope"] else [])]
    tokens = [each["token"] for each in judged if each["token"]]
    return {link["sha256"]: link for each in (*judged, *tokens) for link in each["chain"]}.values()


def _answer(
    connection: Connection, packet: tuple[str, str], verdict: Mapping[str, Any], found: list[Mapping[str, str]] | None
) -> dict[str, Any]:
    key, sha256 = packet
    column = SUBMISSION.c
    said = connection.execute(
        select(column.document_id, column.sender, column.state).where(
            column.document_key == key, column.sha256 == sha256
        )
    ).mappings()
    row = dict(next(iter(said), {"document_id": "", "sender": "", "state": ""}))
    return {
        "document_id": row["document_id"],
        "document_key": key,
        "digest": sha256,
        "sender": row["sender"],
        "state": row["state"],
        "signed_at": verdict["signed_at"],
        "evidence_sha256": verdict["evidence_sha256"],
        "certificates": found,
        "deliveries": _deliveries(connection, key, sha256),
    }


def _deliveries(connection: Connection, key: str, sha256: str) -> list[dict[str, Any]]:
    column = DELIVERY.c
    query = select(column.delivery_id, column.recipient, column.label, column.progress, column.received_at)
    rows = connection.execute(
        query.where(column.document_key == key, column.sha256.in_(("", sha256))).order_by(column.delivery_id)
    )
    return [
        {
            "delivery_id": row["delivery_id"],
            "organ_id": row["recipient"],
            "label": row["label"],
            "progress": row["progress"],
            "received_at": row["received_at"],
        }
        for row in rows.mappings()
    ]
