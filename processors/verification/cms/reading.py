"""Reads a signed message: strictly if it has the expected shape, else by the general reader."""

from processors.verification.cms import strict
from processors.verification.cms.message import SignedMessage
from processors.verification.defects import NotStrictError


def read_message(der: bytes) -> SignedMessage:
    """Return the message; raise `DefectError` where there is none to judge, or what asn1crypto raises on hostile bytes."""
    try:
        return strict.read_content_info(der)
    except NotStrictError:
        from processors.verification.cms import general  # noqa: PLC0415 - pyHanko takes most of a second to import

        return general.read_content_info(der)
