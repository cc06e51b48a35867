"""OCSP responses of a PDF's document security store (ISO 32000-2 §12.8.4.3), as the strict lane reads it."""

from processors.verification.limits import MAX_RESPONSES
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Stream
from processors.verification.pdf.xref import unpacked


def stored_responses(pdf: StrictPdf) -> tuple[bytes, ...]:
    """Return them as they are encoded; raises `NotStrictError` where the store cannot be read."""
    upto = pdf.last
    catalog = pdf.resolved(pdf.trailer(upto).get("Root"), upto)
    store = pdf.resolved(catalog.get("DSS"), upto) if isinstance(catalog, dict) else None
    listed = pdf.resolved(store.get("OCSPs"), upto) if isinstance(store, dict) else None
    held = [pdf.resolved(each, upto) for each in listed[:MAX_RESPONSES]] if isinstance(listed, list) else []
    return tuple(unpacked(pdf.data, each) for each in held if isinstance(each, Stream))
