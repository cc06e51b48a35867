"""Every reason code in the code base is in the closed list, and every sentence is filled with fields it has."""

from pathlib import Path

from schemas.events import AlertState, Indication
from schemas.reasons import REASONS
from tests.contracts import code

ROOT = Path(__file__).parents[2]
NO_CODES = {*Indication, *AlertState} | {"JAVA_HOME", "M2_REPO", "XDG_CACHE_HOME", "FULL_TRANSITIVE"}
"""Values of enums that events carry, variables of the environment that are not ours to name, a word of registries."""

FIELDS = {"element", "detail", "deadline"}


def test_every_code_is_in_the_list() -> None:
    """A code that no table explains would reach a person without a sentence."""
    assert [] == sorted(each for each in code.codes(ROOT) if each[0] not in {*REASONS, *NO_CODES})


def test_a_planted_code_is_noticed(tmp_path: Path) -> None:
    """Two words anywhere, one where a code is asked for; placeholders of the help and settings' variables are none."""
    (tmp_path / "schemas").mkdir()
    lines = ['x = "NOT_LISTED"', 'f(code="GONE", detail="UBND")', 'sentence_vi("LATE")', 'f(metavar="ORGAN_ID")']
    (tmp_path / "schemas" / "planted.py").write_text("\n".join([*lines, 'y = "KAFKA_LIBS"']))

    expected = [
        ("GONE", "schemas/planted.py:2"),
        ("LATE", "schemas/planted.py:3"),
        ("NOT_LISTED", "schemas/planted.py:1"),
    ]
    assert expected == sorted(code.codes(tmp_path))


def test_sentences_are_filled_with_fields_they_have() -> None:
    """`element`, `detail` and `deadline` are all that the tables know; another name would be dropped in silence."""
    assert [] == sorted(each for each in code.sentence_fields(ROOT) if each[0] not in FIELDS)


def test_a_planted_field_is_noticed(tmp_path: Path) -> None:
    """`code=` is no field of a sentence."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "planted.py").write_text('sentence_vi("REVOKED", code="x", detail="y")')

    assert [("code", "infra/planted.py:1"), ("detail", "infra/planted.py:1")] == list(code.sentence_fields(tmp_path))
