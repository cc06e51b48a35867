"""Names compared as RFC 5280 §7.1 asks: whatever the string type, the case, and the blanks in between."""

from asn1crypto import x509


def prepared(name_der: bytes) -> str:
    """Return a key that is the same for two encodings of one name; the encoding itself where it cannot be read."""
    try:
        return str(x509.Name.load(name_der).hashable)
    except (ValueError, TypeError):
        return name_der.hex()
