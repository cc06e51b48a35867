"""What a packet may cost, by the settings."""

from infra.settings import Settings
from schemas.edxml import Limits
from schemas.edxml.limits import MEGABYTE


def limits(settings: Settings) -> Limits:
    """Return the reader's limits."""
    return Limits(
        packet_bytes=settings.packet_mb * MEGABYTE,
        attachment_bytes=settings.attachment_mb * MEGABYTE,
        attachments=settings.attachments,
        depth=settings.xml_depth,
        attributes=settings.xml_attributes,
        value_bytes=settings.xml_value_mb * MEGABYTE,
        zip_ratio=settings.zip_ratio,
    )
