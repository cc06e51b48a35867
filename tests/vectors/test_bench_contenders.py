"""The benchmark's contenders in Python answer rightly on every file, and `no` on its tampered copy. No times are judged here."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.bench.verification.contenders import FLOOR, PYTHON, Judge, turn
from tests.bench.verification.contest import WrongAnswerError, require_revoked, require_right
from tests.bench.verification.java_rivals import java_entries
from tests.bench.verification.players import player, python_entries
from tests.bench.verification.specimens import REVOKED, Specimen, write_specimens
from tests.bench.verification.world import write_world

FEW = 200
"""Entries of the large revocation list here."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world with all specimens."""
    made = tmp_path_factory.mktemp("world")
    write_world(made, large=FEW)
    return made


@pytest.fixture(scope="module")
def specimens(folder: Path) -> list[Specimen]:
    """The files."""
    return write_specimens(folder)


@pytest.mark.parametrize("name", PYTHON)
def test_a_contender_answers_rightly(name: str, folder: Path, specimens: list[Specimen]) -> None:
    """On every file of its kinds: as many signatures as there are, and none in the tampered copy."""
    judge = _made(name, folder)
    entry = next(each for each in python_entries(folder) if each.name == name)
    own = [each for each in specimens if entry.validates(each.name)]

    assert own
    assert [each.answer for each in own] == [turn(judge, folder / each.name, 2)[1] for each in own]
    assert entry.trusts != (name == FLOOR)
    assert not (entry.trusts and entry.validates(REVOKED)) or turn(judge, folder / REVOKED, 1)[1] == "no"
    assert ["no"] * len(own) == [turn(judge, folder / each.tampered, 1)[1] for each in own]


def test_who_answers_wrongly_ends_the_contest(folder: Path, specimens: list[Specimen], tmp_path: Path) -> None:
    """A copy that is not tampered with, then a file of which more is expected than it holds."""
    entry = next(each for each in python_entries(folder) if each.name == FLOOR)
    one = specimens[0]
    (tmp_path / one.name).write_bytes((folder / one.name).read_bytes())
    (tmp_path / one.tampered).write_bytes((folder / one.name).read_bytes())

    with player(entry, tmp_path) as playing:
        assert playing is not None
        require_right(playing, one, folder)
        with pytest.raises(WrongAnswerError, match=one.tampered):
            require_right(playing, one, tmp_path)
        with pytest.raises(WrongAnswerError, match="'yes 5'"):
            require_right(playing, replace(one, signatures=5), folder)


@pytest.mark.slow
def test_the_rivals_in_java_answer_rightly(folder: Path, specimens: list[Specimen], tmp_path: Path) -> None:
    """PDFBox with Bouncy Castle, and EU DSS: on every PDF, its tampered copy, and a revoked signer. Their jars may be downloaded."""
    left_out: list[str] = []
    entries = list(java_entries(Settings(), folder, tmp_path / "classes", left_out.append))
    if not entries:
        pytest.skip("; ".join(left_out))

    for entry in entries:
        with player(entry, tmp_path) as playing:
            assert playing is not None
            for each in specimens:
                if entry.validates(each.name):
                    require_right(playing, each, folder)
            require_revoked(playing, folder)


def _made(name: str, folder: Path) -> Judge:
    try:
        return PYTHON[name].make(folder)
    except ImportError as exc:
        pytest.skip(f"{exc.name} is not installed: a rival of the benchmark only")
