"""What a document that is sent tells other partitions: the older documents that it updates or replaces, and whoever knows its files."""

from collections.abc import Iterator
from datetime import datetime

from processors.routing.contents import asked_of
from processors.routing.plan import here
from processors.routing.receivers import dropped_of, organ_ids
from schemas.events import Act, DocumentRelated, DocumentSigned
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.reference.filing import key_of

ACTS = {0: Act.DELIVER, 1: Act.RECALL, 2: Act.UPDATE, 3: Act.REPLACE}
"""BussinessDocType -> what the recipient's side is asked."""


def act_of(event: DocumentSigned) -> Act:
    """Return what a document asks."""
    return ACTS.get(event.envelope.business_type, Act.DELIVER)


def told_of(
    event: DocumentSigned, recipients: tuple[str, ...], reference: Reference, now: datetime, *, more: bool = False
) -> Iterator[DocumentRelated]:
    """Yield all that is told when a document was sent to some agencies. `more`: others got it before, and then it was told."""
    if not more:
        yield from asked_of(event, recipients, act_of(event), now)
    yield from told_older(event, recipients, reference, now, more=more)


def told_older(
    event: DocumentSigned, recipients: tuple[str, ...], reference: Reference, now: datetime, *, more: bool = False
) -> Iterator[DocumentRelated]:
    """Yield what is told to the partitions of the older documents; what is provisional takes hold of nothing before it is confirmed.

    Whose delivery is replaced, the packet may name (`OrganIdList`); else it is theirs who get the newer document.
    """
    act = act_of(event)
    if act not in (Act.UPDATE, Act.REPLACE) or event.provisional:
        return
    on = here(reference, now)
    named = {each.document_id: organ_ids(each.organ_ids, reference.directory, on) for each in event.envelope.replaced}
    dropped = dropped_of(event.envelope, reference, on) if act is Act.UPDATE else ()
    for older_id in event.envelope.related:
        meant = named.get(older_id, ())
        if older_id != event.envelope.document_id and (meant or recipients) and not (meant and more):
            yield _related(event, older_id, meant or recipients, reference, now, act=act)
        if dropped and not more:
            yield _related(event, older_id, dropped, reference, now, act=Act.RECALL)


def _related(
    event: DocumentSigned, older_id: str, recipients: tuple[str, ...], reference: Reference, now: datetime, *, act: Act
) -> DocumentRelated:
    key = key_of(event.sender, older_id, reference.directory, here(reference, now))
    which = () if act is act_of(event) else (act,)
    return DocumentRelated(
        event_id=event_id("related", event.document_key, event.content.sha256, key, *which),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        subject=key,
        older_id=older_id,
        document_key=event.document_key,
        document_id=event.envelope.document_id,
        sha256=event.content.sha256,
        sender=event.sender,
        act=act,
        recipients=recipients,
    )
