"""The closed list of reasons: the standard's words as the standard spells them, sentences for people, decision 5."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate

from schemas.events import Indication
from schemas.reasons import REASONS, Disposition, Party, Reason, sentence_en, sentence_vi
from schemas.reasons.table import load

ETSI = {
    Indication.TOTAL_FAILED: "FORMAT_FAILURE HASH_FAILURE SIG_CRYPTO_FAILURE REVOKED EXPIRED NOT_YET_VALID",
    Indication.INDETERMINATE: """
        SIG_CONSTRAINTS_FAILURE CHAIN_CONSTRAINTS_FAILURE CERTIFICATE_CHAIN_GENERAL_FAILURE CRYPTO_CONSTRAINTS_FAILURE
        POLICY_PROCESSING_ERROR SIGNATURE_POLICY_NOT_AVAILABLE TIMESTAMP_ORDER_FAILURE NO_SIGNING_CERTIFICATE_FOUND
        NO_CERTIFICATE_CHAIN_FOUND NO_CERTIFICATE_CHAIN_FOUND_NO_POE REVOKED_NO_POE REVOKED_CA_NO_POE
        OUT_OF_BOUNDS_NOT_REVOKED OUT_OF_BOUNDS_NO_POE REVOCATION_OUT_OF_BOUNDS_NO_POE
        CRYPTO_CONSTRAINTS_FAILURE_NO_POE NO_POE TRY_LATER SIGNED_DATA_NOT_FOUND
    """,
}
"""EN 319 102-1, clause 5.1.3: every sub-indication of each main status."""

EVERY = [(indication, name) for indication, names in ETSI.items() for name in names.split()]
DOMAIN = """
    XML_NOT_WELL_FORMED DTD_FORBIDDEN NOT_EDXML MISSING_FIELD BAD_VALUE DUPLICATE_RECEIVER RESOURCE_LIMIT STATUS_NOT_ENTITLED
    ATTACHMENT_MISSING ATTACHMENT_NAME_MISMATCH ATTACHMENT_NAME_UNSAFE ATTACHMENT_UNREADABLE MALWARE
    SENDER_UNKNOWN SENDER_NOT_ALLOWED RECIPIENT_UNKNOWN RECIPIENT_AMBIGUOUS RECIPIENT_CLOSED
    SECRET_FORBIDDEN SAME_ID_OTHER_BYTES RELATED_DOCUMENT_UNKNOWN DATE_IN_FUTURE
    NO_SIGNATURE_FOUND SIGNER_NOT_SENDER_AGENCY XML_REF_NOT_EXPECTED XML_DUPLICATE_ID
    TYPE_NOT_ACCEPTED ROUTE_NOT_ALLOWED TOO_LARGE_FOR_RECIPIENT
"""
"""Domain §2.4 and decision 5."""

ROW = 'LOST: {do: hold, acts: axis, vi: "Mất.", en: "Lost."}'
FIELD = re.compile(r"\{([a-z]+)\}")


@pytest.fixture(params=REASONS.values(), ids=lambda reason: reason.code)
def reason(request: pytest.FixtureRequest) -> Reason:
    """Return one reason after the other."""
    found: Reason = request.param
    return found


def test_the_standards_words_are_spelt_as_in_the_standard(reason: Reason) -> None:
    """A sub-indication stands in EN 319 102-1, under this main status; without a main status there is none."""
    pair = (reason.indication, reason.sub_indication)

    assert pair == (None, "") or pair in EVERY


@pytest.mark.parametrize(("indication", "name"), EVERY)
def test_every_sub_indication_is_a_code(indication: Indication, name: str) -> None:
    """What the standard can say, the axis can say, in the same word."""
    assert (indication, name) == (REASONS[name].indication, REASONS[name].sub_indication)


def test_pyhanko_says_nothing_else() -> None:
    """Its names are in our list, whatever main status it files them under; its `GENERIC` is not the standard's."""
    theirs = {*AdESFailure.__members__, *AdESIndeterminate.__members__} - {"GENERIC"}

    assert set() == theirs - {name for _indication, name in EVERY}


def test_the_domains_codes_are_there() -> None:
    """The list of the domain and of decision 5."""
    assert [] == [code for code in DOMAIN.split() if code not in REASONS]


def test_what_is_done_fits_what_it_is(reason: Reason) -> None:
    """Decision 5: held is what waiting or a person can mend, so it is tried again; a failed signature is never held."""
    if reason.disposition is Disposition.HOLD:
        assert reason.retry
        assert reason.indication is not Indication.TOTAL_FAILED
    else:
        assert not reason.retry
    if reason.sub_indication == "TRY_LATER":
        assert reason.disposition is Disposition.HOLD


def test_provisional_is_for_revocation_lists_alone() -> None:
    """Decision 5: where a CRL is missing or stale, and for nothing else."""
    assert {"CRL_MISSING", "CRL_STALE"} == {code for code, reason in REASONS.items() if reason.provisional}


def test_a_dead_letter_is_for_the_operator(reason: Reason) -> None:
    """Nobody outside can mend a record of the log."""
    if reason.disposition is Disposition.DEAD_LETTER:
        assert Party.OPERATOR is reason.acts


def test_sentences_are_whole(reason: Reason) -> None:
    """Both languages, composed, one sentence that ends; every field stands in a part that may be left out."""
    for text in (reason.vi, reason.en):
        assert text == unicodedata.normalize("NFC", text)
        assert text.endswith(".")
        assert text[0].isupper()
        outside = re.sub(r"\[[^\[\]]*\]", "", text)
        assert not set("[]{}") & set(outside)
        assert {"element", "detail", "deadline"} >= set(FIELD.findall(text))
    assert set(FIELD.findall(reason.vi)) == set(FIELD.findall(reason.en))
    bare = sentence_vi(reason.code)
    assert not set("[]{}") & set(bare)
    assert "  " not in bare
    assert not re.search(r" [.,;:]", bare)


@settings(max_examples=200, deadline=None)
@given(code=st.sampled_from(sorted(REASONS)), element=st.none() | st.text(max_size=400), detail=st.text(max_size=400))
def test_a_strangers_words_stay_on_one_line(code: str, element: str | None, detail: str) -> None:
    """Whatever a packet puts into a sentence: one line, bounded, no control or invisible characters, no parts of ours left."""
    for sentence in (
        sentence_vi(code, element=element, detail=detail),
        sentence_en(code, element=element, detail=detail),
    ):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", sentence)
        assert len(sentence) < 700
        assert "{detail}" not in sentence or "{detail}" in detail + str(element)


def test_an_unlisted_code_has_no_sentence() -> None:
    """A code that is not in the list is a bug, and says so."""
    with pytest.raises(KeyError):
        sentence_vi("NOT_LISTED")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.yaml": ROW, "b.yaml": ROW}, "b.yaml: LOST comes twice"),
        ({"a.yaml": f"{ROW}\n{ROW}"}, "LOST comes twice"),
        ({"a.yaml": ROW.replace("do: hold", "do: wait")}, "a.yaml: LOST"),
        ({"a.yaml": ROW.replace("acts: axis", "act: axis")}, "unknown act"),
        ({"a.yaml": ROW.replace("do: hold,", "")}, "a.yaml: LOST"),
    ],
)
def test_a_wrong_table_is_not_read(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    """A code twice, in one file or two; a word that is none of the list; a field misspelt or missing."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    with pytest.raises(ValueError, match=expected):
        load(tmp_path)
