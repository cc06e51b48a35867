"""What the router remembers of a document, as rows: its tries, who got it by which way, statuses that came too early.

`document:<key>` is small and read with every status; `paths:<key>` holds what a later recall needs of each delivery;
`parked:<key>` the statuses that wait for their document. All are JSON, sorted, so a replay writes the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from schemas.events import Act, ContentRef, DocumentDispatched, StatusSubmitted
from schemas.plain import plain_of

MAX_SEEN = 32
"""Records of one try that are told apart from duplicates of the log, which lie close together."""

MAX_TRIES = 50
"""Tries of one document id that are remembered; the one that was carried never goes."""


def document_row(key: str) -> str:
    """Name the row of a document."""
    return f"document:{key}"


def paths_row(key: str) -> str:
    """Name the row of a document's deliveries."""
    return f"paths:{key}"


def parked_row(key: str) -> str:
    """Name the row of the statuses that wait for a document."""
    return f"parked:{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One digest under a document id, and what became of it."""

    verdict: str
    """Event id of the verdict that was acted on."""

    seen: tuple[str, ...] = ()
    """Records met, newest last: the same again is a duplicate of the log."""

    refused: str = ""
    """Reason code, if the document was refused as a whole."""

    provisional: bool = False
    recipients: tuple[str, ...] = ()
    """organ_ids of its deliveries."""

    def met(self, record: str) -> "Try":
        """Return the try with one more record seen."""
        return Try(
            verdict=self.verdict,
            seen=(*self.seen, record)[-MAX_SEEN:],
            refused=self.refused,
            provisional=self.provisional,
            recipients=self.recipients,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The tries under one document key."""

    document_id: str = ""
    sender: str = ""
    carried: str = ""
    """SHA-256 of the first bytes that were dispatched; they alone may use the id."""

    tries: Mapping[str, Try] = field(default_factory=dict)
    """SHA-256 -> try, oldest first."""

    recalled: tuple[str, ...] = ()
    """Event ids of provisional verdicts that were taken back."""

    recalled_from: tuple[str, ...] = ()
    """organ_ids whose delivery was recalled."""

    early_recalls: tuple[str, ...] = ()
    """Recalls that were read before the document, as they were kept; they may concern what was handed over before them."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Return the organ_ids that have a delivery of this document, in the order of their dispatch."""
        return tuple(dict.fromkeys(organ_id for each in self.tries.values() for organ_id in each.recipients))

    def with_try(self, sha256: str, tried: Try) -> "Document":
        """Return the document with this try put in or replaced."""
        tries = {**self.tries, sha256: tried}
        for oldest in [sha for sha, each in tries.items() if sha not in (sha256, self.carried) and not each.recipients]:
            if len(tries) <= MAX_TRIES:
                break
            del tries[oldest]
        return replace(self, tries=tries)


def load_document(row: bytes | None) -> Document | None:
    """Read `document:<key>`."""
    if row is None:
        return None
    fields = json.loads(row)
    tries = {
        sha: Try(**{**each, "seen": tuple(each["seen"]), "recipients": tuple(each["recipients"])})
        for sha, each in fields["tries"]
    }
    return Document(
        document_id=fields["document_id"],
        sender=fields["sender"],
        carried=fields["carried"],
        tries=tries,
        recalled=tuple(fields["recalled"]),
        recalled_from=tuple(fields["recalled_from"]),
        early_recalls=tuple(fields.get("early_recalls", ())),
    )


def dump_document(document: Document) -> bytes:
    """Write `document:<key>`; the order of the tries is kept."""
    fields = plain_of(Document)(document)
    return _json({**fields, "tries": list(map(list, fields["tries"].items()))})


OWN = (
    "delivery_id",
    "recipient",
    "addressed",
    "endpoint",
    "endpoint_owner",
    "mode",
    "hops",
    "rule",
    "notes",
    "event_id",
)
"""Fields in which the deliveries of one decision differ; the others are written once."""

TUPLES = ("addressed", "hops", "notes")


def load_paths(row: bytes | None) -> tuple[DocumentDispatched, ...]:
    """Read `paths:<key>`: the dispatches as they were decided."""
    return tuple(path for group in _read(row) for path in _group(group["shared"], group["deliveries"]))


def _group(shared: dict[str, Any], deliveries: list[dict[str, Any]]) -> Iterator[DocumentDispatched]:
    same: dict[str, Any] = {
        **shared,
        "occurred_at": datetime.fromisoformat(shared["occurred_at"]),
        "content": ContentRef(**shared["content"]),
        "due_on": date.fromisoformat(shared["due_on"]) if shared["due_on"] else None,
        "act": Act(shared["act"]),
    }
    for each in deliveries:
        own: dict[str, Any] = {name: tuple(value) if name in TUPLES else value for name, value in each.items()}
        yield DocumentDispatched(**same, **own)


def dump_paths(dispatches: tuple[DocumentDispatched, ...]) -> bytes:
    """Write `paths:<key>`; what one decision's dispatches share is written once."""
    groups: dict[str, dict[str, Any]] = {}
    for dispatch in dispatches:
        fields = plain_of(DocumentDispatched)(dispatch)
        own = {name: fields.pop(name) for name in OWN}
        groups.setdefault(dispatch.causation_id, {"shared": fields, "deliveries": []})["deliveries"].append(own)
    return _json(list(groups.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A status that waits for its document."""

    status: StatusSubmitted
    until_at: datetime
    """Then somebody is told."""

    told: bool = False


def load_parked(row: bytes | None) -> tuple[Parked, ...]:
    """Read `parked:<key>`."""
    return tuple(
        Parked(status=_status(each["status"]), until_at=datetime.fromisoformat(each["until_at"]), told=each["told"])
        for each in _read(row)
    )


def _status(fields: dict[str, Any]) -> StatusSubmitted:
    moments = {
        name: datetime.fromisoformat(fields[name]) if fields[name] else None
        for name in ("occurred_at", "recorded_at", "said_at")
    }
    return StatusSubmitted(
        **{**fields, **moments, "notes": tuple(fields["notes"]), "content": ContentRef(**fields["content"])}
    )


def dump_parked(statuses: tuple[Parked, ...]) -> bytes:
    """Write `parked:<key>`."""
    return _json([plain_of(Parked)(each) for each in statuses])


def _read(row: bytes | None) -> Any:
    return json.loads(row) if row else ()


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
