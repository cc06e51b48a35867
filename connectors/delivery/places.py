"""Where something goes: the endpoint of the directory, if it is a folder that can be used."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.delivery.inbox import Inbox
from connectors.folders import inbox
from infra.settings import Settings
from schemas.reference import Agency, Endpoint, Reference

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days are Vietnamese days where no calendar says otherwise."""


class BlockedError(Exception):
    """Nothing can be handed over there until somebody changes the directory; `code` says why."""

    def __init__(self, code: str, endpoint: str = "") -> None:
        super().__init__(f"{code} {endpoint}".strip())
        self.code, self.endpoint = code, endpoint


def of_delivery(endpoint_id: str, recipient: str, reference: Reference, now: datetime) -> Endpoint:
    """Return the endpoint that the router decided for; raise `BlockedError`.

    Where it has ended since, the recipient (or who came after it) is served where it is now: a merger happens at midnight.
    """
    directory = reference.directory
    found = directory.endpoint(endpoint_id, _day(reference, now)) if directory else None
    if found is None and directory and endpoint_id in directory.endpoints_by_id:
        return of_agency(recipient, reference, now)
    if found is None:
        raise BlockedError("ENDPOINT_UNKNOWN", endpoint_id)
    return found


def of_agency(code: str, reference: Reference, now: datetime) -> Endpoint:
    """Return an agency's endpoint, its successor's, or the nearest above; the national axis' for a stranger; raise `BlockedError`."""
    directory, on = reference.directory, _day(reference, now)
    if directory is None:
        raise BlockedError("ENDPOINT_UNKNOWN")
    agency = directory.resolve(code, on).agency or Agency(organ_id=code, name="", level="", valid_from=on)
    found = (
        reference.routes.endpoint_for(agency, directory, on)
        if reference.routes
        else directory.endpoint_for(agency.organ_id, on)
    )
    if found is None:
        raise BlockedError("ENDPOINT_UNKNOWN")
    return found


def inbox_at(settings: Settings, endpoint: Endpoint) -> Inbox:
    """Return the inbox of a folder endpoint; raise `BlockedError` for what this connector cannot serve."""
    if endpoint.kind != "folder":
        raise BlockedError("ENDPOINT_KIND_NOT_SERVED", endpoint.endpoint_id)
    try:
        return Inbox(inbox(settings, endpoint.address))
    except ValueError:
        raise BlockedError("ENDPOINT_ADDRESS_UNUSABLE", endpoint.endpoint_id) from None


def _day(reference: Reference, now: datetime) -> date:
    return now.astimezone(reference.calendar.zone if reference.calendar else HERE).date()
