"""A mail as a page: HTML that a screen reader reads in order, and that asks nothing of anybody outside the mail.

WCAG 2.1: language of the page (3.1.1), page titled (2.4.2), headings (1.3.1, 2.4.6), header cells of the table (1.3.1), contrast
of more than 7:1 (1.4.6), no text as an image, sizes that grow with the reader's (1.4.4). No picture, link, script, form or
font from elsewhere: opening the mail tells nobody that it was opened.
"""

from collections.abc import Iterator
from html import escape

from connectors.notify.texts import Text

INK, PAPER, RULE = "#1a1a1a", "#ffffff", "#595959"
BODY = f"margin:0;padding:1em;background-color:{PAPER};color:{INK};font-family:Arial,sans-serif;font-size:1em;line-height:1.5"
CELL = f"border:1px solid {RULE};padding:0.4em 0.6em;text-align:left;vertical-align:top"


def page(text: Text) -> str:
    """Return the mail's words as an HTML document; all of them are escaped."""
    return "\n".join(_lines(text)) + "\n"


def _lines(text: Text) -> Iterator[str]:
    tongue = text.tongue
    yield "<!DOCTYPE html>"
    yield f'<html lang="{escape(tongue.code)}">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(text.subject)}</title></head>"
    yield f'<body style="{BODY}">'
    yield '<main style="max-width:44em">'
    yield f'<h1 style="font-size:1.3em;margin:0 0 0.8em">{escape(text.title)}</h1>'
    yield _paragraph(text.greeting)
    yield from map(_paragraph, text.notes)
    if text.facts:
        yield _heading(tongue.facts_title)
        yield '<table style="border-collapse:collapse">'
        for label, value in text.facts:
            yield f'<tr><th scope="row" style="{CELL}">{escape(label)}</th><td style="{CELL}">{escape(value)}</td></tr>'
        yield "</table>"
    if text.items:
        yield _heading(tongue.items_title)
        yield "<ol>"
        yield from (f"<li>{escape(item)}</li>" for item in text.items)
        yield "</ol>"
    yield f"<p><strong>{escape(text.to_do)}</strong></p>"
    yield _paragraph(text.why)
    yield "</main>"
    yield f"<footer>{_paragraph(tongue.signature)}</footer>"
    yield "</body>"
    yield "</html>"


def _heading(words: str) -> str:
    return f'<h2 style="font-size:1.1em;margin:1em 0 0.5em">{escape(words)}</h2>'


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"
