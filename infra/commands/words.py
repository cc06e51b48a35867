"""What people may type: moments in ISO 8601 with an offset, and text that a packet can carry."""

import unicodedata
from datetime import datetime
from typing import Any

import click


class Moment(click.ParamType):
    """ISO 8601 with an offset, as every answer prints it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware datetime."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment; write it as 2026-11-23T09:00:00+07:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset; write it as {value}+07:00", param, ctx)
        return moment


class Words(click.ParamType):
    """Printable text of one line: no control characters, nothing that UTF-8 or XML cannot carry."""

    name = "text"

    def __init__(self, *, needed: bool = False) -> None:
        """`needed`: an empty text is refused."""
        self._needed = needed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, trimmed."""
        text = str(value).strip()
        if any(unicodedata.category(char) in ("Cc", "Cs", "Cn") for char in text):
            self.fail("control characters and bytes that are not UTF-8 cannot be written into a packet", param, ctx)
        if self._needed and not text:
            self.fail("it must not be empty", param, ctx)
        return text


MOMENT = Moment()
WORDS = Words()
NEEDED_WORDS = Words(needed=True)
