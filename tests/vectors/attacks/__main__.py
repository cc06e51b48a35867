"""Writes docs/attacks.md."""

from tests.vectors.attacks.page import PAGE, written

PAGE.write_text(written(), encoding="utf-8")
