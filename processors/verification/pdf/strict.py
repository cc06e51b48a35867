"""The strict lane: our own reader, and our own rules for later revisions. Whatever it is not sure of is left to the general lane."""

from dataclasses import dataclass, field
from datetime import datetime

from processors.verification.defects import found
from processors.verification.pdf.additions import Addition, addition_of
from processors.verification.pdf.byteranges import SignedRange, SignedRanges
from processors.verification.pdf.dates import moment_of
from processors.verification.pdf.fields import SignatureField, contents_of, signature_fields, text_of
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.located import Coverage, Modification, Signatures
from processors.verification.pdf.permissions import permission_of
from processors.verification.pdf.responses import stored_responses
from processors.verification.pdf.syntax import Name, Ref
from processors.verification.pdf.update import ChangedError
from processors.verification.trust.responses import Responses


@dataclass(slots=True)
class _File:
    """What the signatures of a file share."""

    pdf: StrictPdf
    ranges: SignedRanges
    values: frozenset[Ref]
    additions: dict[int, Addition | None] = field(default_factory=dict)
    """Section -> what it added, None if it did something else."""

    def added(self, number: int) -> Addition | None:
        """Judge a revision once, whoever asks."""
        if number not in self.additions:
            try:
                self.additions[number] = addition_of(self.pdf, number, self.values)
            except ChangedError:
                self.additions[number] = None
        return self.additions[number]


@dataclass(frozen=True, kw_only=True)
class StrictSignature:
    """A signature as our own reader shows it."""

    file: _File
    found: SignatureField

    @property
    def name(self) -> str:
        """Fully qualified name of the field."""
        return self.found.name

    @property
    def subfilter(self) -> str:
        """SubFilter without its slash."""
        given = self.found.dictionary.get("SubFilter", "")
        return str(given) if isinstance(given, Name) else ""

    @property
    def claimed_at(self) -> datetime | None:
        """/M."""
        claimed = self.found.dictionary.get("M")
        return moment_of(text_of(claimed)) if isinstance(claimed, bytes) else None

    def covered(self) -> SignedRange | None:
        """Return the range of the raw file that the dictionary names, if its /Contents is the string in the gap."""
        numbers = self.found.dictionary.get("ByteRange")
        if not isinstance(numbers, list) or any(type(each) is not int for each in numbers):
            return None
        each = self.file.ranges.matching(numbers)
        if each is None or each.reasons:
            return each
        contents = contents_of(self.found.dictionary)
        entry, _ = self.file.pdf.entry(self.found.value.number, self.file.pdf.last)
        itself = entry is not None and entry.kind == "n"  # in an object stream offsets would mean something else
        same = contents is not None and (contents.start, contents.end) == (each.start, each.resume)
        return each if itself and same else None

    def coverage(self, covered: SignedRange) -> Coverage:
        """Say how much of the file the range covers; a revision must be the one in which the value last changed."""
        if covered.end >= self.file.pdf.whole:
            return Coverage.ENTIRE_FILE
        return Coverage.PARTIAL if self._section(covered) is None else Coverage.ENTIRE_REVISION

    def _section(self, covered: SignedRange) -> int | None:
        number = self.file.pdf.section_at(covered.end)
        _, said = self.file.pdf.entry(self.found.value.number, self.file.pdf.last)
        return number if number == said else None

    def modification(self, covered: SignedRange) -> Modification:
        """Judge each later revision by itself; what a certification or lock forbids is a change."""
        section = self._section(covered)
        if section is None:
            return Modification.OTHER
        later = [self.file.added(number) for number in range(section + 1, self.file.pdf.revisions)]
        if not later:
            return Modification.NONE
        permits = permission_of(self.file.pdf, self.found)
        fits = all(each is not None and permits.allows(each) for each in later)
        return Modification.SIGNATURES if fits else Modification.OTHER


def locate(pdf: bytes, ranges: SignedRanges) -> Signatures:
    """Find every filled signature field; raises `NotStrictError` where another lane should look."""
    file = StrictPdf(pdf, ranges.gaps)
    fields = signature_fields(file)
    shared = _File(file, ranges, frozenset(each.value for each in fields))
    located = [StrictSignature(file=shared, found=each) for each in fields]
    finding = found(["HYBRID_XREF"] if file.ambiguous else [])
    return Signatures(located=located, finding=finding, lane="strict", responses=Responses(stored_responses(file)))
