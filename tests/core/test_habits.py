"""The project keeps its habits; and each law sees a planted violation."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import habits

ROOT = Path(__file__).parents[2]
Law = Callable[[Path], list[str]]

PLANTED: list[tuple[Law, str, list[str]]] = [
    (habits.environment_read, "import os\nx = os.environ['HOME']\n", ["infra/planted.py:2 os.environ"]),
    (habits.environment_read, "from os import getenv, path\n", ["infra/planted.py:1 getenv"]),
    (habits.wall_clock_read, "x = datetime.now(UTC)\n", ["infra/planted.py:1 datetime.now"]),
    (habits.wall_clock_read, "x = datetime.date.today()\n", ["infra/planted.py:1 date.today"]),
    (habits.wall_clock_read, "import time\nx = f(time.time)\n", ["infra/planted.py:2 time.time"]),
    (habits.wall_clock_read, "from time import time\n", ["infra/planted.py:1 time"]),
    (habits.broad_except, "try:\n    f()\nexcept Exception:\n    pass\n", ["infra/planted.py:3 broad except"]),
    (habits.broad_except, "try:\n    f()\nexcept (OSError, BaseException):\n    g()\n", ["infra/planted.py:3 broad except"]),
    (habits.broad_except, "try:\n    f()\nexcept:\n    g()\n", ["infra/planted.py:3 broad except"]),
    (habits.broad_except, "with suppress(Exception):\n    f()\n", ["infra/planted.py:1 suppresses everything"]),
    (habits.too_long, "x = 1\n" * 251, ["infra/planted.py:251 has 251 lines"]),
    (habits.banned_names, "class LogManager:\n    pass\n", ["infra/planted.py:1 class LogManager"]),
    (habits.banned_names, "def process(event):\n    pass\n", ["infra/planted.py:1 def process"]),
    (habits.silent_silences, f"x = 1  # {'noqa'}\n", [f"infra/planted.py:1 # {'noqa'}"]),
    (habits.silent_silences, f"x = 1  # {'noqa'}: S101\n", [f"infra/planted.py:1 # {'noqa'}: S101"]),
]  # fmt: skip

GOOD = """import time
try:
    f(time.monotonic(), datetime.time(12))
except BaseException:
    g()
    raise
except OSError:  # noqa: X001 - a reason
    database = events
"""

LAWS = [*dict.fromkeys(law for law, _, _ in PLANTED)]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_project_keeps_the_law(law: Law) -> None:
    """Over all four packages."""
    assert [] == law(ROOT)


@pytest.mark.parametrize(("law", "source", "expected"), PLANTED)
def test_a_planted_violation_is_seen(law: Law, source: str, expected: list[str], tmp_path: Path) -> None:
    """By its file and line, and by this law."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "planted.py").write_text(source)

    assert expected == law(tmp_path)


def test_a_banned_file_name_is_seen(tmp_path: Path) -> None:
    """A folder counts as well."""
    (tmp_path / "schemas" / "utils").mkdir(parents=True)
    (tmp_path / "schemas" / "utils" / "texts.py").write_text("")

    assert ["schemas/utils/texts.py:1 file name"] == habits.banned_names(tmp_path)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_what_is_allowed_is_not_seen(law: Law, tmp_path: Path) -> None:
    """Measuring spans, cleaning up and raising again, a silence with its reason."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "good.py").write_text(GOOD)

    assert [] == law(tmp_path)
