"""CSV tables of reference data, read with line numbers. Hostile bytes give faults, never exceptions."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from schemas.ids import clean_code, code_form
from schemas.reference.faults import INVISIBLE, Faults, decode_text

MAX_CELL = 100_000
"""Characters; a client that speaks for every agency of a province names 3,500 codes in one cell."""

MAX_COLUMNS = 100

ISO_DAY = "yyyy-mm-dd"


@lru_cache(maxsize=20_000)
def iso_day(text: str) -> date | None:
    """Return the day that `yyyy-mm-dd` names, None for anything else."""
    if len(text) != len(ISO_DAY) or text[4] != "-" or text[7] != "-":  # `2026-W48-1` is another way of ISO 8601
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def _sound_span(valid_from: str, valid_to: str) -> tuple[date, date | None] | None:
    """Return a validity where nothing is wrong with it: most rows have one of a few."""
    first, last = iso_day(valid_from), iso_day(valid_to)
    if first is None or (valid_to and last is None) or (last is not None and last < first):
        return None
    return first, last


@dataclass(slots=True)  # not frozen: a directory has 150,000, and freezing each takes as long as reading it
class Row:
    """One row of a table; its readers note a fault and answer a harmless value where the cell is wrong."""

    file: str
    line: int
    cells: Mapping[str, str]
    faults: Faults
    shown_as: Mapping[str, str] | None = None
    """Column -> what it is called in the file, where it has another name there."""

    def fault(self, column: str, code: str, sentence_vi: str) -> None:
        """Note a fault of this row."""
        self.faults.add(self.file, self.line, (self.shown_as or {}).get(column, column), code, sentence_vi)

    def text(self, column: str, *, optional: bool = False) -> str:
        """Return the cell, trimmed and NFC."""
        written = self.cells.get(column)
        if written and (value := written.strip()):
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        if not optional:
            self.fault(column, "MISSING_FIELD", f"Cột {column} không được để trống.")
        return ""

    def code(self, column: str, *, optional: bool = False, qd20_only: bool = False) -> str:
        """Return an agency's code: upper case, in the form of QCVN 102:2016 or of QĐ 20/2020."""
        if optional and not self.cells.get(column):
            return ""
        value = self.text(column, optional=optional)
        if not value:
            return value
        form = code_form(value)  # of what is written: a code that must be cleaned first has none
        if form is None and INVISIBLE.search(value):
            return clean_code(value)  # a fault already
        if form not in (("qd20",) if qd20_only else ("102", "qd20")):
            self.fault(column, "CODE_MALFORMED", f"Mã “{value}” không đúng dạng QCVN 102:2016 hoặc QĐ 20/2020.")
        return value

    def day(self, column: str, *, optional: bool = False) -> date | None:
        """Return a day written `yyyy-mm-dd`."""
        value = self.text(column, optional=optional)
        found = iso_day(value)
        if value and found is None:
            self.fault(column, "BAD_VALUE", f"“{value}” không phải ngày; hãy viết năm-tháng-ngày, ví dụ 2026-11-23.")
        return found

    def choice(self, column: str, allowed: Collection[str], *, optional: bool = False) -> str:
        """Return the cell if it is one of the words allowed."""
        value = self.text(column, optional=optional)
        if value and value not in allowed:
            self.fault(column, "BAD_VALUE", f"“{value}” không thuộc các giá trị: {', '.join(allowed)}.")
        return value

    def validity(self) -> tuple[date, date | None]:
        """Return `valid_from` (empty = always) and `valid_to` (inclusive, None = open)."""
        if (sound := _sound_span(self.cells.get("valid_from", ""), self.cells.get("valid_to", ""))) is not None:
            return sound
        valid_from, valid_to = self.day("valid_from", optional=True), self.day("valid_to", optional=True)
        if valid_from and valid_to and valid_to < valid_from:
            self.fault("valid_to", "VALIDITY_INVERTED", f"Ngày hết hạn {valid_to} trước ngày bắt đầu {valid_from}.")
        return valid_from or date.min, valid_to


def read_table(file: str, content: bytes | None, columns: Collection[str], faults: Faults) -> Iterator[Row]:
    """Yield the rows of a CSV file whose header must name `columns`; other columns are left alone."""
    if content is None:
        faults.add(file, 0, "", "MISSING_FIELD", f"Thiếu tệp {file}.")
        return
    text = decode_text(file, content, faults)
    hides = INVISIBLE.search(text) is not None  # one look at all of it: there are a million cells
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                if not (header := _header(file, cells, columns, faults)):
                    return
            elif any(cells) and _sound(file, line, header, cells, faults, hides=hides):
                yield Row(file, line, dict(zip(header, cells, strict=True)), faults)
            line = reader.line_num + 1
    except csv.Error as exc:
        faults.add(file, line, "", "BAD_VALUE", f"Dòng này không đúng dạng CSV ({exc}); các dòng sau chưa được đọc.")
        return
    if not header:
        faults.add(file, 1, "", "MISSING_FIELD", f"Tệp trống; dòng đầu phải là: {','.join(columns)}.")


def _header(file: str, cells: list[str], columns: Collection[str], faults: Faults) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) == 1 and (other := next((each for each in (";", "\t") if each in cells[0]), "")):
        shown = "dấu chấm phẩy" if other == ";" else "dấu tab"
        faults.add(file, 1, "", "BAD_VALUE", f"Các cột cách nhau bằng {shown}; hãy lưu lại tệp CSV với dấu phẩy.")
        return []
    missing = [column for column in columns if column not in header]
    for column in missing:
        faults.add(file, 1, column, "MISSING_FIELD", f"Thiếu cột {column}; dòng đầu phải có: {','.join(columns)}.")
    twice = {name for name in header if header.count(name) > 1} if len(header) <= MAX_COLUMNS else set(header[:1])
    for column in sorted(twice):
        faults.add(file, 1, column[:80], "BAD_VALUE", "Một cột có hai lần.")
    return [] if missing or twice else header


def _sound(file: str, line: int, header: list[str], cells: list[str], faults: Faults, *, hides: bool) -> bool:
    if len(cells) != len(header):
        faults.add(file, line, "", "BAD_VALUE", f"Dòng có {len(cells)} ô, dòng đầu có {len(header)} cột.")
        return False
    if sum(map(len, cells)) > MAX_CELL and max(map(len, cells)) > MAX_CELL:
        faults.add(file, line, "", "BAD_VALUE", f"Một ô dài hơn {MAX_CELL} ký tự.")
        return False
    if hides and INVISIBLE.search("".join(cells)):
        for column, cell in zip(header, cells, strict=True):
            if found := INVISIBLE.search(cell):
                seen = f"U+{ord(found[0]):04X}"
                faults.add(
                    file, line, column, "INVISIBLE_CHARACTER", f"Ô có ký tự không nhìn thấy ({seen}); hãy gõ lại."
                )
    return True
