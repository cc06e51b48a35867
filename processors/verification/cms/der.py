"""DER in and out, by `cryptography`: the decoder accepts nothing but DER, so an element can be put together again."""

from typing import TypeVar

from cryptography.hazmat import asn1

from processors.verification.defects import NotStrictError

T = TypeVar("T")


def decoded(kind: type[T], der: bytes) -> T:
    """Return what is encoded; raise `NotStrictError` where it is not DER of that shape."""
    try:
        return asn1.decode_der(kind, der)
    except (ValueError, OverflowError) as exc:
        raise NotStrictError from exc


def der_of(element: asn1.TLV) -> bytes:
    """Return an element's encoding, which is DER: the decoder accepts nothing else."""
    return element.tag_bytes + length_of(len(element.data)) + bytes(element.data)


def length_of(size: int) -> bytes:
    """Return the length octets (X.690 §8.1.3)."""
    if size < 0x80:  # noqa: PLR2004 - X.690 §8.1.3
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
