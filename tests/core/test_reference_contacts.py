"""How a contact official wants to be told: optional columns, with one meaning each, and what they cannot do without."""

from typing import Any

import pytest

from schemas.reference import parse
from schemas.reference.contacts import Contact
from tests.reference_files import TODAY, sound

HEADER = "organ_id,role,name,title,unit,mobile,mailbox"
PERSON = "000.00.05.H53,clerk,A,,,{mobile},a@x.example"


def files(mobile: str = "0900000001", **columns: str) -> dict[str, bytes]:
    """Return contacts of one person with these columns beside the ones that must be there."""
    header, row = ",".join((HEADER, *columns)), ",".join((PERSON.format(mobile=mobile), *columns.values()))
    return {"contacts.csv": f"{header}\n{row}\n".encode()}


def found(**columns: str) -> Contact:
    """Return the person, who must be sound."""
    (one,) = sound("contacts", files(**columns)).find("000.00.05.H53", "clerk", TODAY)
    assert isinstance(one, Contact)
    return one


@pytest.mark.parametrize(
    "columns", [{}, dict.fromkeys(("language", "channel", "webhook", "digest", "unsubscribed"), "")]
)
def test_without_a_wish_it_is_as_it_always_was(columns: dict[str, str]) -> None:
    """Vietnamese, by mail, gathered as the rules say, subscribed."""
    one = found(**columns)

    assert ("vi", "mail", "", True, False) == (one.language, one.channel, one.webhook, one.digest, one.unsubscribed)


def test_a_wish_is_understood() -> None:
    """Each column."""
    address = "https://qlvb.tinhx.example:8443/truc?agency=1"
    one = found(language="en", channel="webhook", webhook=address, digest="no", unsubscribed="yes")

    assert ("en", "webhook", address, False, True) == (
        one.language,
        one.channel,
        one.webhook,
        one.digest,
        one.unsubscribed,
    )


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"language": "fr"}, ("language", "BAD_VALUE")),
        ({"channel": "fax"}, ("channel", "BAD_VALUE")),
        ({"digest": "true"}, ("digest", "BAD_VALUE")),
        ({"unsubscribed": "1"}, ("unsubscribed", "BAD_VALUE")),
        ({"channel": "webhook"}, ("webhook", "MISSING_FIELD")),
        ({"channel": "sms", "mobile": ""}, ("mobile", "MISSING_FIELD")),
        ({"webhook": "ftp://x.example/"}, ("webhook", "BAD_VALUE")),
        ({"webhook": "https://user:word@x.example/"}, ("webhook", "BAD_VALUE")),
        ({"webhook": "https://x.example/#part"}, ("webhook", "BAD_VALUE")),
        ({"webhook": "https://x.example/a b"}, ("webhook", "BAD_VALUE")),
        ({"webhook": "/etc/passwd"}, ("webhook", "BAD_VALUE")),
        ({"webhook": "https://x.example/" + "a" * 500}, ("webhook", "BAD_VALUE")),
    ],
)
def test_what_cannot_be_is_named(columns: dict[str, Any], fault: tuple[str, str]) -> None:
    """With its column, and never published."""
    _, faults = parse("contacts", files(**columns))

    assert [(2, *fault)] == [(each.line, each.column, each.code) for each in faults]
