"""The general lane: pyHanko reads the structure, strictly or else leniently, and analyses changes; also the strict lane's check."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NumberObject,
    StreamObject,
)
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from processors.verification.border import guarded
from processors.verification.defects import DefectError, Finding, found
from processors.verification.limits import MAX_CONTENTS, MAX_OBJECTS, MAX_RESPONSE_BYTES, MAX_RESPONSES, MAX_REVISIONS
from processors.verification.pdf.byteranges import SignedRange, SignedRanges
from processors.verification.pdf.changes import coverage_of, modification_of
from processors.verification.pdf.dates import moment_of
from processors.verification.pdf.file import SEARCHED
from processors.verification.pdf.located import DOCUMENT_STAMP, Coverage, Modification, Signatures
from processors.verification.pdf.masking import MaskedPdf, marker
from processors.verification.pdf.syntax import WHITE
from processors.verification.trust.responses import Responses

_LAST = re.compile(rb"startxref[\x00\t\n\f\r ]*+\d++[\x00\t\n\f\r ]*+%%EOF")
CORNERS = 4
"""Numbers of a rectangle."""


@dataclass(frozen=True, kw_only=True)
class GeneralSignature:
    """A signature as pyHanko's reader shows it, over the masked copy: structure only."""

    name: str
    reader: PdfFileReader
    ranges: SignedRanges
    whole: int
    """Length of the file without white space at its end."""

    value: IndirectObject
    form_field: DictionaryObject

    @cached_property
    def dictionary(self) -> DictionaryObject:
        """The signature dictionary."""
        held = self.value.reference.get_object()
        if not isinstance(held, DictionaryObject):
            raise DefectError("FORMAT_FAILURE")
        return held

    @property
    def subfilter(self) -> str:
        """SubFilter without its slash."""
        return str(self.dictionary.get("/SubFilter", ""))[1:]

    @property
    def claimed_at(self) -> datetime | None:
        """/M."""
        return moment_of(str(self.dictionary.get("/M", "")))

    def covered(self) -> SignedRange | None:
        """Return the range of the raw file that the parsed dictionary names, if its /Contents is the string in the gap."""
        each = self.ranges.matching([int(number) for number in self.dictionary["/ByteRange"]])
        if each is None or each.reasons:
            return each
        held = self.dictionary.raw_get("/Contents")
        expected = marker(self.ranges.ranges.index(each))
        return each if getattr(held, "original_bytes", None) == expected else None

    def coverage(self, covered: SignedRange) -> Coverage:
        """Say how much of the file the range covers."""
        return coverage_of(self.reader, self.value.reference, end=covered.end, whole=self.whole)

    def modification(self, covered: SignedRange) -> Modification:  # noqa: ARG002 - pyHanko goes by the value's revision
        """Ask pyHanko what came after."""
        return modification_of(self.reader, self.value.reference, self.form_field)


def locate(pdf: bytes, ranges: SignedRanges) -> Signatures:
    """Find every filled signature field; raises what pyHanko raises on hostile files."""
    reader, finding = _open(pdf, ranges)
    whole = len(pdf.rstrip(WHITE))
    located = [
        GeneralSignature(
            name=name, reader=reader, ranges=ranges, whole=whole, value=value, form_field=form_field.get_object()
        )
        for name, value, form_field in enumerate_sig_fields(reader, filled_status=True)
    ]
    if _shown_by_stamps(located):
        finding += found(["CHANGED_AFTER_SIGNING"])
    return Signatures(located=located, finding=finding, lane="general", responses=Responses(_responses(reader)))


def _shown_by_stamps(located: Sequence[GeneralSignature]) -> bool:
    """Tell whether a document time-stamp that came after a signature shows something; pyHanko's rules let it (ISO 32000-2 §12.8.5)."""
    stamps = [
        each for each in located if guarded(partial(_is_stamp, each), lambda _: False)
    ]  # each is judged by itself
    if not stamps:
        return False
    first = min(_came(each) for each in located)
    return any(_came(each) > first and _has_area(each.form_field) for each in stamps)


def _is_stamp(each: GeneralSignature) -> bool:
    return each.subfilter == DOCUMENT_STAMP


def _came(each: GeneralSignature) -> int:
    """Return the number of the revision that brought a value."""
    revision: int = each.reader.xrefs.get_last_change(each.value.reference)
    return revision


def _has_area(form_field: DictionaryObject) -> bool:
    kids = _held(form_field, "/Kids")
    widgets = (form_field, *(kids[at] for at in range(len(kids)))) if isinstance(kids, ArrayObject) else (form_field,)
    return any((corners := _held(each, "/Rect")) is not None and not _flat(corners) for each in widgets)


def _flat(corners: object) -> bool:
    """Tell whether a rectangle has no area; what is none may be visible."""
    if not isinstance(corners, ArrayObject) or len(corners) != CORNERS:
        return False
    numbers = [corners[at] for at in range(CORNERS)]
    if not all(isinstance(each, NumberObject | FloatObject) for each in numbers):
        return False
    return bool(numbers[0] == numbers[2] or numbers[1] == numbers[3])


def _responses(reader: PdfFileReader) -> Iterator[bytes]:
    listed = _held(_held(reader.root, "/DSS"), "/OCSPs")
    if not isinstance(listed, ArrayObject):
        return
    for number in range(min(len(listed), MAX_RESPONSES)):
        each = listed[number]  # follows references; iterating does not
        if isinstance(each, StreamObject) and len(each.encoded_data) <= MAX_RESPONSE_BYTES:
            yield each.data


def _held(dictionary: object, key: str) -> object:
    """Return what a key leads to, references followed: `get` follows none."""
    return dictionary[key] if isinstance(dictionary, DictionaryObject) and key in dictionary else None


def _open(pdf: bytes, ranges: SignedRanges) -> tuple[PdfFileReader, Finding]:
    """Open strictly; else leniently, and say so."""
    codes = []
    if not _LAST.search(pdf, max(0, len(pdf.rstrip(WHITE)) - SEARCHED)):
        raise DefectError("FORMAT_FAILURE")  # pyHanko would look for it through the whole file, byte by byte
    masked = MaskedPdf(pdf, ranges.ranges)
    if masked.digits() > 2 * MAX_CONTENTS:
        raise DefectError("RESOURCE_LIMIT")
    try:
        reader = PdfFileReader(masked, strict=True)
        revisions = reader.xrefs.total_revisions
    except PdfError:
        reader = PdfFileReader(MaskedPdf(pdf, ranges.ranges), strict=False)
        revisions = reader.xrefs.total_revisions
        codes.append("LENIENT_PARSE")
    if revisions > MAX_REVISIONS or int(reader.trailer["/Size"]) > MAX_OBJECTS:
        raise DefectError("RESOURCE_LIMIT")
    if reader.xrefs.hybrid_xrefs_present:
        codes.append("HYBRID_XREF")
    return reader, found(codes)
