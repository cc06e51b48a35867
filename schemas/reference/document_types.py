"""Types of documents (QCVN 102:2016, NĐ 30/2020 art. 7): group, ordinal, name, and whether paper is dispensed with."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.reference.faults import Faults
from schemas.reference.table import read_table

COLUMNS = ("group", "type", "ordinal", "name", "list_mark", "in_nd30", "without_paper", "without_paper_mark")
MAX_ORDINAL_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """One type."""

    group: str
    """`A` legal, `B` administrative."""

    type_code: int
    """`DocumentType/Type`: 1 = group A, 2 = group B."""

    ordinal: int | None
    """`TypeDetail`; None where the list gives none."""

    name: str
    list_mark: str = ""
    """F found, M from memory."""

    in_nd30: bool = False
    without_paper: bool = False
    """On the list piloted without a paper copy (CV 2887 annex II)."""

    without_paper_mark: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTypes:
    """A snapshot of the list."""

    rows: tuple[DocumentType, ...]
    by_name: Mapping[tuple[int, str], DocumentType]
    """(Type, folded name) -> row; with Type 0 the first row of that name."""

    by_ordinal: Mapping[tuple[int, int], DocumentType]

    def find(self, type_code: int, type_name: str = "", ordinal: int | None = None) -> DocumentType | None:
        """Return the type meant: by name first (senders put the ordinal into `Type`), then by group and ordinal."""
        name = folded(type_name)
        named = self.by_name.get((type_code, name)) or self.by_name.get((0, name))
        return named or (self.by_ordinal.get((type_code, ordinal)) if ordinal is not None else None)


def parse_document_types(files: Mapping[str, bytes], faults: Faults) -> DocumentTypes:
    """Parse document_types.csv."""
    rows: list[DocumentType] = []
    by_name: dict[tuple[int, str], DocumentType] = {}
    by_ordinal: dict[tuple[int, int], DocumentType] = {}
    for row in read_table("document_types.csv", files.get("document_types.csv"), COLUMNS, faults):
        ordinal = row.text("ordinal", optional=True)
        if ordinal and not (ordinal.isascii() and ordinal.isdigit() and len(ordinal) <= MAX_ORDINAL_DIGITS):
            row.fault("ordinal", "BAD_VALUE", f"“{ordinal}” không phải số thứ tự.")
            ordinal = ""
        kind = DocumentType(
            group=row.choice("group", ("A", "B")),
            type_code=2 if row.choice("type", ("1", "2")) == "2" else 1,
            ordinal=int(ordinal) if ordinal else None,
            name=row.text("name"),
            list_mark=row.text("list_mark", optional=True),
            in_nd30=row.choice("in_nd30", ("yes", "no")) == "yes",
            without_paper=row.choice("without_paper", ("yes", "no")) == "yes",
            without_paper_mark=row.text("without_paper_mark", optional=True),
        )
        by_name.setdefault((0, folded(kind.name)), kind)
        if kind.name and by_name.setdefault((kind.type_code, folded(kind.name)), kind) is not kind:
            row.fault("name", "BAD_VALUE", f"Loại “{kind.name}” có hai lần.")
        if kind.ordinal is not None and by_ordinal.setdefault((kind.type_code, kind.ordinal), kind) is not kind:
            row.fault("ordinal", "BAD_VALUE", f"Số thứ tự {kind.ordinal} của nhóm {kind.group} có hai lần.")
        rows.append(kind)
    return DocumentTypes(tuple(rows), by_name, by_ordinal)


def folded(name: str) -> str:
    """Return a name as names are compared: NFC, without case, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
