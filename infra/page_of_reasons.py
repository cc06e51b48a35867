"""The tables of reason codes for the documentation, made from `schemas/reasons/*.yaml`: one table a file."""

import re
from collections.abc import Iterator
from pathlib import Path

from schemas.reasons import REASONS, sentence_en, sentence_vi
from schemas.reasons.table import FOLDER

CODE = re.compile(r"([A-Z][A-Z0-9_]*):")
HEAD = "| code | does | who acts | verdict | again? | sentence |\n|---|---|---|---|---|---|"
DOES = {
    "hold": "holds", "refuse": "refuses", "warn": "warns", "alert": "alerts", "dead_letter": "dead letter",
}  # fmt: skip


def describe() -> str:
    """Return the tables of reason codes (Markdown)."""
    return "\n\n".join(_table(file) for file in sorted(FOLDER.glob("*.yaml")))


def codes_of(file: Path) -> Iterator[str]:
    """Yield the codes of one file, in its order."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if found := CODE.match(line):
            yield found[1]


def _table(file: Path) -> str:
    said = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(" Fields:")[0]
    return "\n".join([f"## {file.stem}", "", said, "", HEAD, *map(_row, codes_of(file))])


def _row(code: str) -> str:
    reason = REASONS[code]
    verdict = "/".join(part for part in (reason.indication, reason.sub_indication) if part)
    again = "yes" if reason.retry else ""
    sentence = f"{sentence_vi(code)}<br>*{sentence_en(code)}*"
    cells = (f"`{code}`", DOES[reason.disposition], str(reason.acts), verdict, again, sentence)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
