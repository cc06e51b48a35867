"""Under which agency a document or a status is filed: both must meet under one key, also years and reforms later."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.intake import senders
from schemas.edxml import StatusPacket
from schemas.events import Envelope
from tests.reference_files import demo

BEFORE, AFTER = datetime(2025, 1, 15, 3, tzinfo=UTC), datetime(2026, 11, 23, 3, tzinfo=UTC)
"""Before and after the reform of 2025, in which the districts ended and departments merged."""

PROVINCE, HEALTH = "000.00.00.H53", "000.00.17.H53"
DISTRICT, WARD = "000.00.31.H53", "000.00.41.H53"


def envelope(sender: str) -> Envelope:
    """Return the envelope of a packet from a code as addressed."""
    return Envelope(document_id=f"{sender},2025-01-14,1/X", sender=sender, recipients=(HEALTH,))


def status(**fields: Any) -> StatusPacket:
    """Return a status of the department of health to the province."""
    own: dict[str, Any] = {"document_id": f"{PROVINCE},2025-01-14,1/X", "code": "03", "said_by": HEALTH}
    return StatusPacket(**own | {"addressed_to": PROVINCE, "sha256": "a" * 64, "size": 1} | fields)


@pytest.mark.parametrize(
    ("addressed", "moment", "organ_id"),
    [
        (PROVINCE, AFTER, PROVINCE),
        ("H53.31.21", AFTER, "000.21.31.H53"),
        ("05.H53", AFTER, "000.00.05.H53"),
        (DISTRICT, BEFORE, DISTRICT),
        (DISTRICT, AFTER, WARD),
        ("000.98.98.H53", AFTER, "000.98.98.H53"),
    ],
)
def test_the_sender_of_a_document(addressed: str, moment: datetime, organ_id: str) -> None:
    """Resolved on the day it is handed over; as addressed where nobody is known by the code."""
    assert organ_id == senders.of_document(envelope(addressed), demo(), moment)


@pytest.mark.parametrize("code", ["01", "02", "03", "04", "05", "06", "15", "16", "99"])
def test_a_status_is_said_to_the_sender(code: str) -> None:
    """All but 13: the addressee is the document's sender."""
    assert PROVINCE == senders.of_status(status(code=code), demo(), AFTER)


def test_13_is_said_by_the_sender() -> None:
    """The sender asks its packet back; the recipient is the addressee."""
    taken_back = status(code="13", said_by=PROVINCE, addressed_to=HEALTH)

    assert PROVINCE == senders.of_status(taken_back, demo(), AFTER)


@pytest.mark.parametrize(
    ("addressed", "organ_id"),
    [
        (DISTRICT, DISTRICT),  # it sent the document and ended afterwards
        (WARD, WARD),
        ("UBND-H53", PROVINCE),  # an alias that ended since
        ("H53", PROVINCE),
        ("000.98.98.H53", "000.98.98.H53"),
    ],
)
def test_an_agency_that_ended_still_sent_what_it_sent(addressed: str, organ_id: str) -> None:
    """A status about a document of January 2025, said in 2026."""
    assert organ_id == senders.of_status(status(addressed_to=addressed), demo(), AFTER)


def test_a_uuid_has_no_day() -> None:
    """Then the day of the status decides."""
    about = status(document_id="6f1d3c1e-5b7a-5d0c-9a53-0f6a2f0b9d11", addressed_to=DISTRICT)

    assert WARD == senders.of_status(about, demo(), AFTER)
