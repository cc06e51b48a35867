"""What people may type: moments as every answer prints them, and text that a packet can carry."""

from datetime import UTC, datetime

import click
import pytest

from infra.commands.words import MOMENT, NEEDED_WORDS, WORDS


@pytest.mark.parametrize(
    "text", ["2026-11-17T10:15:24.626541+00:00", "2026-11-17T17:15:24+07:00", "2026-11-17T10:15:24Z"]
)
def test_a_printed_moment_can_be_given_back(text: str) -> None:
    """ISO 8601 with an offset, with or without fractions."""
    assert datetime(2026, 11, 17, 10, 15, 24, tzinfo=UTC) == MOMENT.convert(text, None, None).replace(microsecond=0)


@pytest.mark.parametrize("text", ["2026-11-17T10:15:24", "yesterday", "", "2026-13-01T00:00:00+07:00"])
def test_what_is_no_moment_is_said(text: str) -> None:
    """Without an offset nobody knows when it is."""
    with pytest.raises(click.UsageError):
        MOMENT.convert(text, None, None)


@pytest.mark.parametrize("text", ["a\x01b", "a\udcffb", "a\x00", "a\nb"])
def test_text_that_no_packet_can_carry_is_refused(text: str) -> None:
    """Control characters, and bytes that are not UTF-8."""
    with pytest.raises(click.UsageError):
        WORDS.convert(text, None, None)


def test_an_empty_text_is_refused_where_one_is_needed() -> None:
    """Nobody signs with blanks."""
    assert "Trần Thị Bình" == NEEDED_WORDS.convert(" Trần Thị Bình ", None, None)
    with pytest.raises(click.UsageError):
        NEEDED_WORDS.convert("  ", None, None)
