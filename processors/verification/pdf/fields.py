"""The signature fields of a form (ISO 32000-1 §12.7): every field that has a value, with the signature dictionary itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from processors.verification.defects import NotStrictError
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Hex, Ref

MAX_FIELDS = 20_000
MAX_LEVELS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureField:
    """A signature field that has a value."""

    name: str
    """Fully qualified."""

    field: dict[str, Any]
    value: Ref
    """The signature dictionary's."""

    dictionary: dict[str, Any]


def signature_fields(pdf: StrictPdf) -> list[SignatureField]:
    """Return the filled signature fields of the newest revision, in the form's order."""
    form = form_of(pdf, pdf.last)
    listed = pdf.resolved(form.get("Fields", []), pdf.last)
    if not isinstance(listed, list):
        raise NotStrictError
    return list(_Walk(pdf).filled(listed))


def form_of(pdf: StrictPdf, upto: int) -> dict[str, Any]:
    """Return the form's dictionary as of a revision; empty where there is none."""
    catalog = pdf.resolved(pdf.trailer(upto).get("Root"), upto)
    if not isinstance(catalog, dict):
        raise NotStrictError
    form = pdf.resolved(catalog.get("AcroForm"), upto)
    if form is None:
        return {}
    if not isinstance(form, dict):
        raise NotStrictError
    return form


class _Walk:
    """Goes down the form's tree, within bounds."""

    def __init__(self, pdf: StrictPdf) -> None:
        self._pdf = pdf
        self._left = MAX_FIELDS

    def filled(self, listed: list[Any], above: str = "", kind: Any = None, level: int = 0) -> Iterator[SignatureField]:
        """Yield the filled signature fields below; `kind` is inherited."""
        for each in listed:
            self._left -= 1
            field = self._pdf.resolved(each, self._pdf.last)
            if self._left < 0 or level > MAX_LEVELS or not isinstance(each, Ref) or not isinstance(field, dict):
                raise NotStrictError
            name = _qualified(above, field.get("T"))
            own = field.get("FT", kind)
            if own == "Sig" and field.get("V") is not None:
                yield _signature(self._pdf, name, field)
            kids = self._pdf.resolved(field.get("Kids"), self._pdf.last)
            if isinstance(kids, list):
                yield from self.filled(kids, name, own, level + 1)


def _signature(pdf: StrictPdf, name: str, field: dict[str, Any]) -> SignatureField:
    value = field["V"]
    dictionary = pdf.resolved(value, pdf.last)
    if not isinstance(value, Ref) or not isinstance(dictionary, dict):
        raise NotStrictError
    return SignatureField(name=name, field=field, value=value, dictionary=dictionary)


def _qualified(above: str, title: Any) -> str:
    if title is None:
        return above
    if not isinstance(title, bytes):
        raise NotStrictError
    own = text_of(title)
    return f"{above}.{own}" if above else own


def text_of(string: bytes) -> str:
    """Return a text string (§7.9.2.2); PDFDocEncoding is read as Latin-1, with which it agrees in all that names use."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be", "replace")
    if string.startswith(b"\xef\xbb\xbf"):
        return string[3:].decode("utf-8", "replace")
    return string.decode("latin-1")


def contents_of(dictionary: dict[str, Any]) -> Hex | None:
    """Return the /Contents of a signature dictionary; None unless it is a hexadecimal string."""
    contents = dictionary.get("Contents")
    return contents if isinstance(contents, Hex) else None
