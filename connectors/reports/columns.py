"""Which columns people see of a report, under what titles: data of the operator (`columns.yaml`, or a file of his own)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.reports.asked import Report
from schemas.reference.faults import Faults, ReferenceFault
from schemas.reference.tree import Item, read_tree

OURS = Path(__file__).parent / "columns.yaml"
LANGUAGES = ("vi", "en")


class UnsoundColumnsError(ValueError):
    """The file is wrong; `faults` lists everything."""

    def __init__(self, faults: tuple[ReferenceFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{each.file}:{each.line} {each.column} {each.sentence_vi}" for each in faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    field: str
    titles: Mapping[str, str]
    """Language -> title."""

    text: str | None = None
    """What stands in every cell of a column that is not measured; None for one that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a report is shown to people."""

    titles: Mapping[str, str]
    columns: tuple[Column, ...]


def layouts(reports: Mapping[str, Report], own: Path | None = None) -> dict[str, Layout]:
    """Return kind -> layout; a kind that the operator's file names is taken from there. Raise `UnsoundColumnsError`, or OSError."""
    found = _read(OURS, reports)
    return found | _read(own, reports) if own else found


def _read(path: Path, reports: Mapping[str, Report]) -> dict[str, Layout]:
    faults = Faults()
    tree = read_tree(path.name, path.read_bytes(), faults)
    found = {}
    for kind, item in tree.entries(optional=tuple(reports)).items() if tree else ():
        if kind in reports:
            found[kind] = _layout(item, reports[kind])
    if faults:
        raise UnsoundColumnsError(faults.sorted())
    return found


def _layout(item: Item, report: Report) -> Layout:
    keys = item.entries(known=(*LANGUAGES, "columns"))
    columns = tuple(_column(each, report) for each in keys["columns"].items()) if "columns" in keys else ()
    if "columns" in keys and not columns:
        keys["columns"].fault("MISSING_FIELD", "Báo cáo phải có ít nhất một cột.")
    return Layout(titles=_titles(keys), columns=columns)


def _column(item: Item, report: Report) -> Column:
    keys = item.entries(known=("field", *LANGUAGES), optional=("free", "text"))
    field = keys["field"].text() if "field" in keys else ""
    text = keys["text"].text() if "text" in keys else None
    if text is None and "free" in keys and keys["free"].yes():
        text = ""
    if text is None and field and field not in report.fields:
        item.fault("BAD_VALUE", f"Báo cáo không đo “{field[:80]}”; chỉ có: {', '.join(report.fields)}.")
    if text is not None and field in report.fields:
        item.fault("BAD_VALUE", f"“{field}” là số liệu đo được, không phải cột để điền.")
    return Column(field=field, titles=_titles(keys), text=text)


def _titles(keys: Mapping[str, Item]) -> dict[str, str]:
    return {language: keys[language].text() for language in LANGUAGES if language in keys}
