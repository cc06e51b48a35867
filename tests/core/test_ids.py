"""Ids: one spelling for one thing, whatever the sender's tool wrote; never anything but a value or a ValueError."""

import contextlib
import re
import unicodedata
import uuid
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.ids import (
    MAX_DOCUMENT_ID,
    clean_code,
    code_form,
    delivery_id,
    document_key,
    event_id,
    expand_short,
    normalise_document_id,
    split_delivery_id,
    split_document_id,
)

AWKWARD = "\u200b\u200d\ufeff\u00ad\u202e\u0301\u0323ßŉΐıİﬁǰ ,/-.\u00a0\t\x00\x1f0123456789²١aĐƯ"
TEXT = st.text(st.sampled_from(AWKWARD) | st.characters(), max_size=60)
GROUP = st.integers(0, 99).map("{:02}".format)
CODES_102 = st.builds("{:03}.{}.{}.{}{:02}".format, st.integers(0, 999), GROUP, GROUP, st.sampled_from("GHAW"), st.integers(0, 99))  # fmt: skip
CODES_QD20 = st.from_regex(r"[A-Z][A-Z0-9]{1,2}(\.[A-Z0-9]{2,3}){0,7}", fullmatch=True).filter(lambda code: len(code) <= 35)  # fmt: skip
CODES = CODES_102 | CODES_QD20
DAYS = st.dates(date(1945, 9, 2), date(2100, 1, 1))
NUMBERS = st.integers(1, 99_999).map(str)
NOTATIONS = st.sampled_from(("UBND-KSTT", "CĐ-UBND", "QĐ-UBND", "STC-QLNS", "BC-SYT,PYT"))


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """Draw one document id twice, as two tools of the field might spell it."""
    code, day = draw(CODES), draw(DAYS)
    number, notation = draw(NUMBERS), draw(NOTATIONS)

    def spelt() -> str:
        blank = st.sampled_from(("", " ", "\u00a0", "\u200b", "\ufeff ", "  "))
        form = draw(st.sampled_from(("{0:%Y}-{0:%m}-{0:%d}", "{0:%Y}/{0:%m}/{0:%d}", "{0:%d}/{0:%m}/{0:%Y}", "{0.day}/{0.month}/{0:%Y}")))  # fmt: skip
        written = draw(st.sampled_from((code, code.lower())))
        parts = [written, draw(blank), ",", draw(blank), form.format(day), draw(blank), ",", draw(blank), number]
        parts += [draw(blank), "/", draw(blank), *notation.replace(",", f"{draw(blank)},{draw(blank)}")]
        text = draw(blank) + "".join(parts) + draw(blank)
        return unicodedata.normalize(draw(st.sampled_from(("NFC", "NFD"))), text)

    return spelt(), spelt()


@settings(max_examples=200, deadline=None)
@given(pair=spellings())
def test_spelling_variants_are_one_id(pair: tuple[str, str]) -> None:
    """Blanks, invisible characters, composed or not, three ways to write a day, upper or lower case of the code."""
    one, other = map(normalise_document_id, pair)

    assert one == other
    assert document_key("000.00.00.H53", one) == document_key("000.00.00.H53", other)


@settings(max_examples=200, deadline=None)
@given(pair=spellings())
def test_an_id_has_its_three_parts(pair: tuple[str, str]) -> None:
    """Agency, day and number come apart again, and together again."""
    normalised = normalise_document_id(pair[0])
    parts = split_document_id(normalised)

    assert parts is not None
    assert normalised == f"{parts.organ_id},{parts.promulgated_on.isoformat()},{parts.number_notation}"
    assert parts.organ_id == clean_code(parts.organ_id)


IDS = st.builds(lambda code, day, rest: f"{code},{day},{rest}", TEXT | CODES, TEXT | DAYS.map(str), TEXT) | TEXT


@settings(max_examples=800, deadline=None)
@given(text=IDS)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """Idempotent, and total: an id or a ValueError."""
    with contextlib.suppress(ValueError):
        normalised = normalise_document_id(text)
        assert normalised == normalise_document_id(normalised)
        assert len(normalised) <= MAX_DOCUMENT_ID


@settings(max_examples=800, deadline=None)
@given(text=TEXT)
def test_cleaning_a_code_twice_is_cleaning_it_once(text: str) -> None:
    """Idempotent for any text; a form is a property of the cleaned code."""
    cleaned = clean_code(text)

    assert cleaned == clean_code(cleaned)
    assert code_form(cleaned) in (None, "102", "qd20", "short")


def test_every_character_is_cleaned_in_one_go() -> None:
    """Capitals of some letters are several characters, or come apart: all of Unicode, alone and before a combining mark."""
    every = map(chr, range(0x110000))
    for changing in (each for each in every if each.upper() != each or unicodedata.normalize("NFC", each) != each):
        for text in (changing, f"{changing}\u0301", f"A\u200b{changing}"):
            cleaned = clean_code(text)
            assert cleaned == clean_code(cleaned), ascii(text)


@pytest.mark.parametrize(
    "text",
    ["", ",,", "H53", "H53,2026-02-30,1/X", "H53,26-1-1,1/X", "H53,2026-01-01,/", "H53,2026-01-01", "\x00", "a" * 201,
     "H53,2026-01-01,1\x07/X", ",2026-01-01,1/X", "H53,01-01-26,1/X", "H53,1/1/1," + "x" * 190],
)  # fmt: skip
def test_what_is_no_id(text: str) -> None:
    """Parts missing, no such day, control characters, too long (also once it is written in full)."""
    with pytest.raises(ValueError, match=r".+"):
        normalise_document_id(text)


def test_a_uuid_is_an_id_too() -> None:
    """In any of its spellings; and never taken for one where it is only as long."""
    wanted = "6f1d3c1e-5b7a-5d0c-9a53-0f6a2f0b9d11"
    for text in (wanted, wanted.upper(), wanted.replace("-", ""), f"{{{wanted}}}", f" {wanted}\u200b"):
        assert wanted == normalise_document_id(text)

    assert split_document_id(wanted) is None
    assert len("H53.SO.001,2026-11-23,1234/UBND-KSTT") == len(wanted)
    assert "H53.SO.001,2026-11-23,1234/UBND-KSTT" == normalise_document_id("H53.SO.001,2026-11-23,1234/UBND-KSTT")


@settings(max_examples=200, deadline=None)
@given(sender=CODES, number=NUMBERS, recipient=CODES)
def test_a_delivery_id_comes_apart_again(sender: str, number: str, recipient: str) -> None:
    """Key and recipient; it is safe as a file name, a URL and a topic key."""
    key = document_key(sender, f"{sender},2026-11-23,{number}/X")
    name = delivery_id(key, recipient)

    assert (key, recipient) == split_delivery_id(name)
    assert re.fullmatch(r"[0-9a-f]{32}-[A-Z0-9.]+", name)


@settings(max_examples=300, deadline=None)
@given(text=TEXT | st.builds("{}-{}".format, st.from_regex(r"[0-9a-f]{31,33}", fullmatch=True), TEXT | CODES))
def test_what_comes_apart_is_a_delivery_id(text: str) -> None:
    """Total: the two parts make the same text again, or ValueError."""
    with contextlib.suppress(ValueError):
        assert text == delivery_id(*split_delivery_id(text))


@settings(max_examples=200, deadline=None)
@given(code=CODES_102)
def test_a_short_form_is_the_whole_one(code: str) -> None:
    """Leading groups of zeros dropped (`05.H53`) and put back give the same code; other forms have none."""
    short = re.sub(r"^000\.(00\.)?", "", code)
    if "short" == code_form(short):
        assert code == expand_short(short)

    assert expand_short(code) is None


@settings(max_examples=300, deadline=None)
@given(text=st.from_regex(r"([0-9]{1,3}\.){0,3}[A-Z][0-9]{1,3}", fullmatch=True))
def test_what_a_short_form_stands_for_has_the_form_of_102(text: str) -> None:
    """Whatever is called short can be written in full; nothing else is expanded."""
    full = expand_short(text)

    assert ("short" == code_form(text)) == (full is not None)
    assert full is None or "102" == code_form(full)


@given(parts=st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_event_ids_repeat(parts: list[str]) -> None:
    """The same parts, the same id: a UUID of version 5."""
    with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate is no text
        assert event_id(*parts) == event_id(*parts)
        assert 5 == uuid.UUID(event_id(*parts)).version
