"""What a report becomes: CSV for Excel, a page, a PDF; each says what the rows say, and hostile texts stay texts."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from connectors.reports import as_csv, as_html, as_pdf
from connectors.reports.asked import EVER, Period, period
from connectors.reports.columns import Column, Layout
from connectors.reports.table import Table, table, written
from infra.errors import EnvironmentFaultError

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
DAYS = period(date(2026, 11, 1), date(2026, 11, 30), HERE)
HOSTILE = (
    '=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", " =1", "＝1", "|calc", "%x",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", 'a,b;c"d"', "dòng 1\r\ndòng 2\x00\x1b",
    "Nguyễn Thị Ứng — Ủy ban nhân dân thị xã Kỳ Anh, V/v đề nghị “rà soát”", "Ngu\u0302y\u1ec5n", "\u202egnp.exe", "\ud800",
)  # fmt: skip
"""Subjects and names that somebody may write into a packet."""


def shown(texts: Sequence[str] = HOSTILE, *, language: str = "vi") -> Table:
    """Return a table of a text, a number and a free column."""
    layout = Layout(
        titles={"vi": "Thử <nghiệm> & “ưởng”", "en": "Trial"},
        columns=(
            Column(field="text", titles={"vi": "Trích yếu", "en": "Subject"}),
            Column(field="number", titles={"vi": "Số", "en": "Number"}),
            Column(field="free", titles={"vi": "Kiến nghị", "en": "Proposals"}, text=""),
        ),
    )
    rows = ({"text": text, "number": -at} for at, text in enumerate(texts))
    return table(layout, rows, period=DAYS, now=NOW, zone=HERE, language=language)


def read_csv(content: bytes, separator: str = ",") -> list[list[str]]:
    """Read a file back as other software does."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_excel_finds_a_byte_order_mark_and_one_line_a_row() -> None:
    """UTF-8 with its mark, CRLF, no line break inside a cell, no control character."""
    content = b"".join(as_csv.lines(shown()))

    assert content.startswith(b"\xef\xbb\xbf")
    assert len(HOSTILE) + 1 == content.count(b"\r\n") == content.count(b"\n")
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", content)


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_cell_is_a_formula(separator: str) -> None:
    """An apostrophe stands before what a spreadsheet would run; numbers of ours stay numbers; the rest is as it was."""
    _, *rows = read_csv(b"".join(as_csv.lines(shown(), separator=separator)), separator)

    for at, (text, number, free) in enumerate(rows):
        assert not text.lstrip().startswith(("=", "+", "-", "@", "＝", "|", "%")), text
        assert text.removeprefix("'") == written(HOSTILE[at], HERE)
        assert (str(-at), "") == (number, free)


class Page(HTMLParser):
    """Reads tags and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, begin a cell."""
        self.tags.append((tag, dict(attrs)))
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        """Take text into the cell that is open."""
        if self.cells and self.tags[-1][0] in ("td", "th"):
            self.cells[-1] += data.rstrip("\n")


def page(language: str = "vi", texts: Sequence[str] = HOSTILE) -> Page:
    """Read the page of a table."""
    found = Page()
    found.feed(b"".join(as_html.lines(shown(texts, language=language))).decode())
    return found


def test_the_page_is_accessible_and_on_its_own() -> None:
    """Language, title, caption, headings with scope; no script, no handler, nothing that is fetched."""
    found = page()
    names = [name for name, _ in found.tags]
    attributes = {key for _, each in found.tags for key in each}

    assert {"lang": "vi"} == dict(found.tags)["html"]
    assert {"lang": "en"} == dict(page("en").tags)["html"]
    assert 1 == names.count("caption") == names.count("h1") == names.count("table") == names.count("title")
    assert ["col"] * 3 == [each["scope"] for name, each in found.tags if name == "th"]
    assert not {"script", "img", "link", "iframe", "a", "b"} & set(names)
    assert not {key for key in attributes if key.startswith("on") or key in ("src", "href", "style")}


def test_the_page_says_what_the_rows_say() -> None:
    """Every text comes out as it went in, less what cannot be seen."""
    _, _, _, *cells = page().cells

    assert [written(text, HERE) for text in HOSTILE] == cells[::3]
    assert [str(-at) for at in range(len(HOSTILE))] == cells[1::3]


def test_a_page_without_rows_says_so() -> None:
    """Not an empty table that looks like a fault."""
    assert "Không có dòng nào." in b"".join(as_html.lines(shown([]))).decode()


def pdf_text(content: bytes) -> str:
    """Return all text of a file, without blanks: lines are broken where the columns end."""
    return "".join("".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages).split())


def without_blanks(texts: Iterator[str]) -> list[str]:
    """Return texts as the font has them, without blanks."""
    return ["".join(as_pdf.known(text).split()) for text in texts]


def test_the_pdf_says_what_the_rows_say() -> None:
    """Title, headings and each cell, row by row; Vietnamese letters as themselves."""
    content = as_pdf.document(shown())
    seen = shown()
    text = pdf_text(content)

    assert content.startswith(b"%PDF-")
    for said in without_blanks(iter((seen.title, seen.about, *seen.headings))):
        assert said in text
    cells = without_blanks(cell.text for row in shown().rows for cell in row)
    assert "".join(cells) in text
    assert "UỷbannhândânthịxãKỳAnh" in text or "ỦybannhândânthịxãKỳAnh" in text


def test_the_font_has_every_vietnamese_letter() -> None:
    """None is replaced, composed or not."""
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
    as_pdf.document(shown([]))

    assert letters + letters.upper() == as_pdf.known(letters + letters.upper())
    assert "ễ?" == as_pdf.known("e\u0302\u0303中")


def test_a_long_report_goes_on_over_pages() -> None:
    """Headings on every page, each page numbered, all rows in their order; a cell longer than a page as well."""
    texts = [f"văn bản số {at} " + "dài " * (at % 40) for at in range(400)] + ["rất dài " * 4000]
    content = as_pdf.document(shown(texts))
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(content)).pages]
    numbers = [int(each) for each in re.findall(r"văn bản số (\d+)", "\n".join(pages))]

    assert 5 < len(pages)
    assert all("Trích yếu" in each and each.rstrip().endswith(str(at)) for at, each in enumerate(pages, start=1))
    assert list(range(400)) == numbers
    assert 4000 == "".join("".join(pages).split()).count("rấtdài")


def test_a_word_wider_than_its_column_is_broken_not_cut() -> None:
    """Ids and hostile words have no blanks; each letter is there, and none lies beyond the page."""
    word = "".join(chr(ord("A") + at % 26) for at in range(700))
    reader = PdfReader(io.BytesIO(as_pdf.document(shown([word]))))
    ends: list[float] = []
    reader.pages[0].extract_text(visitor_text=lambda text, _cm, tm, _font, _size: ends.append(tm[4]) if text else None)

    assert word in "".join(reader.pages[0].extract_text().split())
    assert max(ends) < reader.pages[0].mediabox.width
    assert all(len(line) < 250 for line in reader.pages[0].extract_text().splitlines())


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which package, and what installs it; not an empty PDF, not a stack trace."""
    monkeypatch.setattr(as_pdf, "PACKAGE", "no_such_font")
    monkeypatch.setattr(as_pdf, "PLAIN", "Nobody")

    with pytest.raises(EnvironmentFaultError, match="no_such_font"):
        as_pdf.document(shown())


def test_codes_are_words_in_vietnamese() -> None:
    """Urgency, duties, labels; a class of the operator's own stays as it is, English gives the codes."""
    columns = tuple(Column(field=name, titles={"vi": name, "en": name}) for name in ("urgency", "clock", "label"))
    layout = Layout(titles={"vi": "x", "en": "x"}, columns=columns)
    own = [
        {"urgency": "hoa_toc", "clock": "intake", "label": "recalled"},
        dict.fromkeys(("urgency", "clock", "label"), "own"),
    ]

    def texts(language: str) -> list[list[str]]:
        made = table(layout, own, period=DAYS, now=NOW, zone=HERE, language=language)
        return [[cell.text for cell in row] for row in made.rows]

    assert [["hỏa tốc", "tiếp nhận hoặc từ chối (02, 03)", "đã thu hồi"], ["own"] * 3] == texts("vi")
    assert ["hoa_toc", "intake", "recalled"] == texts("en")[0]


def test_values_are_written_as_people_write_them() -> None:
    """Moments in Việt Nam's time, yes and no in words, tenths with the comma asked for."""
    said = [written(each, HERE) for each in (None, True, 97.5, NOW, date(2026, 11, 1), ["A", "B"], 3)]

    assert ["", "Có", "97.5", "2026-11-30 10:00", "2026-11-01", "A, B", "3"] == said
    assert ("No", "97,5") == (written(False, HERE, "en"), written(97.5, HERE, comma=","))  # noqa: FBT003 - a value to write
    assert "…" in table(
        Layout(titles={"vi": "x"}, columns=()), [], period=Period(first=EVER, last=EVER, start=NOW, end=NOW), now=NOW,
        zone=HERE, language="vi",
    ).about  # fmt: skip
