"""The check that keeps people's names and documents' subjects out of the logs sees what it looks for."""

import json
from pathlib import Path

import pytest

from tests.private_words import leaks, private_words

NAME = "Nguyễn Văn A"


@pytest.mark.parametrize(
    "line",
    [f"mail to {NAME}", json.dumps({"to": NAME}), json.dumps({"to": str(NAME.encode())}).replace("\\\\", "\\")],
    ids=["plain", "JSON", "bytes"],
)
def test_a_name_is_seen_in_any_form_and_file(tmp_path: Path, line: str) -> None:
    """Written as it is, escaped, or as bytes, in the file being written or a full one."""
    (tmp_path / "notify.log.2").write_text(f"{line}\n")
    (tmp_path / "router-0.log").write_text("fine\n")

    assert [("notify.log.2", NAME)] == leaks(tmp_path, private_words())


def test_what_is_looked_for_is_not_nothing() -> None:
    """Names, mailboxes, numbers, subjects: some of each, none so short that it stands in everything."""
    words = private_words()

    assert {NAME, "0900000003", "vanthu.g01@bo.example", "Thông báo lịch họp giao ban"} <= words
    assert all(len(word) >= 8 for word in words)
