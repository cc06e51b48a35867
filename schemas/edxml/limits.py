"""What a packet may cost. The defaults are those of field gateways; `infra.packets` makes them from the settings."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one packet; over any of them it is refused with RESOURCE_LIMIT, as soon as that is known."""

    packet_bytes: int = 50 * MEGABYTE
    """Of the file as it came."""

    attachment_bytes: int = 50 * MEGABYTE
    """Of one unpacked file; all files of a packet together may unpack to twice as much."""

    attachments: int = 100
    depth: int = 64
    """Elements inside one another."""

    attributes: int = 64
    """Of one element."""

    value_bytes: int = MEGABYTE
    """Text of one value outside attachments; also one tag, comment or instruction."""

    zip_ratio: int = 100
    """Unpacked bytes for each packed byte, once a megabyte is unpacked."""

    envelope_bytes: int = 16 * MEGABYTE
    """Of the packet without its attachments: 3,500 recipients are 2 MB."""

    elements: int = 100_000
    """Comments and instructions count as well; 3,500 recipients are a third of it."""

    names: int = 512
    """Different names of elements, attributes and namespaces: an XML library may remember each for as long as it runs."""

    @property
    def unpacked_bytes(self) -> int:
        """Of all files of a packet together."""
        return 2 * self.attachment_bytes
