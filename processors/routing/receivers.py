"""Whom an update adds or drops (`ReceiverList`, domain §2.3): the numbers' meaning is not confirmed, so `routes` says it."""

from collections.abc import Iterator
from datetime import date

from schemas.events import Envelope
from schemas.reference import Directory, Reference


def codes_of(envelope: Envelope, reference: Reference) -> tuple[str, ...]:
    """Return every code that is to get the packet: those of `To`, then those that the list adds; one that it drops is not among them."""
    if not envelope.receivers:
        return envelope.recipients
    dropped = set(_of_type(envelope, reference.routes.receiver_dropped if reference.routes else None))
    added = _of_type(envelope, reference.routes.receiver_added if reference.routes else None)
    return tuple(code for code in dict.fromkeys((*envelope.recipients, *added)) if code not in dropped)


def dropped_of(envelope: Envelope, reference: Reference, on: date) -> tuple[str, ...]:
    """Return the organ_ids of the agencies that an update drops; a code that nobody knows stays as it is."""
    codes = _of_type(envelope, reference.routes.receiver_dropped if reference.routes else None)
    return organ_ids(codes, reference.directory, on)


def organ_ids(codes: tuple[str, ...] | Iterator[str], directory: Directory | None, on: date) -> tuple[str, ...]:
    """Return what codes mean on a day, each agency once."""
    found = ((code, directory.resolve(code, on).agency if directory else None) for code in codes)
    return tuple(dict.fromkeys(agency.organ_id if agency else code for code, agency in found))


def _of_type(envelope: Envelope, wanted: int | None) -> Iterator[str]:
    for code, kind in zip(envelope.receivers, envelope.receiver_types, strict=True):
        if kind == wanted:
            yield code
