"""The mail as machines and people with every kind of reader meet it: valid by the RFCs, and a page that is accessible and asks nothing of anybody."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, strict
from html import escape

import pytest
from lxml import etree

from connectors.notify import digests, texts, words
from connectors.notify.letters import Letter
from connectors.notify.missives import Missive
from connectors.notify.tongues import Tongue
from schemas.events import AlertState
from schemas.ids import event_id
from tests.connectors.notify_desk import CLERK, MONDAY, alert, html, plain
from tests.reference_files import demo, present

HOSTILE = '<script src="https://x.example/a.js"></script><img src=x onerror=1>"\'&amp;'
SENDER = "truc@truc.example"
AA_LARGE, AAA = 4.5, 7.0
"""WCAG 2.1, 1.4.6: contrast of text."""


def missives() -> Iterator[Missive]:
    """Yield one of each sort: late, over, urgent and hostile, a digest."""
    late = alert()
    for each in (
        late,
        alert(state=AlertState.RESOLVED, event_id=event_id("over"), why="received"),
        alert(urgency="hoa_toc", level=3, number=2, subject=HOSTILE, document_id=HOSTILE, event_id=event_id("hostile")),
        alert(subject="V/v " + "rất dài " * 200, event_id=event_id("long")),
    ):
        yield Letter(name=f"{each.event_id}.0", alert=each, person=CLERK).missive(demo(), MONDAY)
    came = [alert(event_id=event_id(str(n)), subject=HOSTILE, kind="incoming", clock="") for n in range(3)]
    found: tuple[digests.Digest, ...] = ()
    for each in came:
        found = digests.joined(found, each, CLERK, MONDAY)
    yield found[0].missive(demo(), MONDAY)


MISSIVES = list(missives())
ALL = pytest.mark.parametrize("missive", MISSIVES, ids=["late", "over", "hostile", "long", "digest"])


def received(missive: Missive) -> EmailMessage:
    """Return the mail as a client parses it that forgives nothing."""
    sent = missive.mail(SENDER, MONDAY).as_bytes(policy=SMTP)
    assert sent.isascii()
    assert max(map(len, sent.split(b"\r\n"))) <= 998  # RFC 5322 §2.1.1
    assert b"\n" not in sent.replace(b"\r\n", b"")
    mail = message_from_bytes(sent, policy=strict + SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def page(missive: Missive) -> etree._Element:
    """Return the page; what is not well-formed fails here, elements that HTML leaves open aside."""
    source = re.sub(r"<meta ([^>]*)>", r"<meta \1/>", html(received(missive)))
    return etree.fromstring(source.removeprefix("<!DOCTYPE html>").strip())


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, WCAG 2.1."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@ALL
def test_a_mail_is_valid(missive: Missive) -> None:
    """RFC 5322, 2045, 2046: parsed without a defect; the headers that must be there once are there once; plain comes before the page."""
    mail = received(missive)

    assert [] == [defect for part in mail.walk() for defect in part.defects]
    for header in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"):
        assert 1 == len(mail.get_all(header, [])), header
        assert not mail[header].defects
    assert f"<{missive.name}@truc.example>" == mail["Message-ID"]
    assert missive.text.subject == mail["Subject"]
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.iter_parts()]
    assert {"utf-8"} == {part.get_content_charset() for part in mail.iter_parts()}
    assert missive.text.body.splitlines() == plain(mail).splitlines()


@ALL
def test_the_same_mail_is_the_same_bytes(missive: Missive) -> None:
    """A repeat is recognisable to the last byte: also what parts the text from the page."""
    assert missive.mail(SENDER, MONDAY).as_bytes() == missive.mail(SENDER, MONDAY).as_bytes()


@ALL
def test_the_page_is_accessible(missive: Missive) -> None:
    """Language, title, one first heading, no level left out, header cells that say what they head, text that can be read and grows."""
    root = page(missive)
    headings = [int(each.tag[1]) for each in root.iter("h1", "h2", "h3")]
    colours = dict(re.findall(r"(color|background-color):(#[0-9a-f]{6})", str(present(root.find("body")).get("style"))))

    assert missive.text.tongue.code == root.get("lang")
    assert missive.text.subject == root.findtext("head/title")
    assert 1 == len(root.findall(".//main"))
    assert 1 == headings.count(1) == headings[0]
    assert set(headings[1:]) <= {2}
    assert all(each.get("scope") == "row" and each.text for each in root.iter("th"))
    assert all(["th", "td"] == [cell.tag for cell in row] for row in root.iter("tr"))
    assert contrast(colours["color"], colours["background-color"]) > AAA > AA_LARGE
    assert [] == re.findall(r"font-size:[^;]*(?:px|pt)", html(received(missive)))
    assert ["body"] == [each.tag for each in root.iter() if "color" in str(each.get("style")).replace("border", "")]


@ALL
def test_the_page_asks_nothing_of_anybody(missive: Missive) -> None:
    """No picture, script, link, form or font; nothing that a stranger wrote becomes an element; opening the mail tells nobody."""
    root = page(missive)

    allowed = {"html", "head", "meta", "title", "body", "main", "footer", "h1", "h2", "p", "strong"}
    assert {str(each.tag) for each in root.iter()} <= allowed | {"table", "tr", "th", "td", "ol", "li"}
    assert {name for each in root.iter() for name in each.attrib} <= {
        "lang",
        "charset",
        "name",
        "content",
        "style",
        "scope",
    }
    assert "url(" not in html(received(missive))


@ALL
def test_page_and_text_say_the_same(missive: Missive) -> None:
    """Whoever reads one misses nothing of the other."""
    root, said = page(missive), missive.text
    seen = [" ".join(str(each).split()) for each in present(root.find("body")).itertext() if each.strip()]

    for words_ in (said.greeting, *said.notes, *said.items, said.to_do, said.why, said.tongue.signature):
        assert " ".join(words_.split()) in seen
    assert [part for fact in said.facts for part in fact] == [cell.text for cell in root.iter("th", "td")]


def test_a_strangers_text_stays_text() -> None:
    """Markup in a subject is shown, not obeyed."""
    hostile = MISSIVES[2]

    assert escape(HOSTILE) in html(received(hostile))
    assert HOSTILE in [cell.text for cell in page(hostile).iter("td")]


@pytest.mark.parametrize("tongue", words.TONGUES.values(), ids=list(words.TONGUES))
def test_the_page_speaks_the_readers_language(tongue: Tongue) -> None:
    """The language is named where a screen reader and a mail client look for it."""
    said = texts.text(alert(), CLERK, demo(), MONDAY + timedelta(hours=2), tongue)
    missive = Missive(name="a", about=(), person=CLERK, text=said)

    assert tongue.code == received(missive)["Content-Language"] == page(missive).get("lang")
