"""adbe-revocationInfoArchival (ISO 32000-1 §12.8.3.3.2): revocation data that a signer puts among the attributes it signs."""

from asn1crypto import core, pdf

from processors.verification.limits import MAX_RESPONSES
from processors.verification.trust.responses import NONE, Responses

ARCHIVAL = "1.2.840.113583.1.1.8"


def archived(value: bytes) -> Responses:
    """Return the OCSP responses of the attribute's value (DER); none where it cannot be read, for nothing depends on it then."""
    try:
        held = pdf.RevocationInfoArchival.load(value)["ocsp"]
        return NONE if held is core.VOID else Responses(each.dump() for each in list(held)[:MAX_RESPONSES])
    except (ValueError, TypeError):
        return NONE
