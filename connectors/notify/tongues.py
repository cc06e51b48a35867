"""What the mails' words are made of, the same in every language; the languages themselves are `vietnamese` and `english`.

In braces stand the fields that `texts` puts in. Values of strangers are put in, never read as patterns.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language in which officials are told."""

    code: str
    """BCP 47: the `lang` of the page, the Content-Language (RFC 3282) of the mail."""

    subject: str
    over: str
    """Put before the title of what is over."""

    greeting: str
    reason: str
    reason_of_side: str
    signature: str
    instead: str
    """Said to who is told because others could not be reached."""

    kinds: Mapping[str, tuple[str, str]]
    """Kind of alert -> title, what happened."""

    other: str
    done_late: str
    ended: str
    facts_title: str
    items_title: str
    labels: Mapping[str, str]
    """What the mail says of the matter -> how it is called."""

    to_do_duty: str
    at_once: str
    by: str
    in_charge: str
    """Who must act, where no agency is named."""

    to_do_kind: str
    to_do_else: str
    nothing_to_do: str
    duties: Mapping[str, str]
    """Clock -> what its debtor must do now."""

    to_do: Mapping[str, str]
    """Kind of alert that no clock measures -> what who gets the mail should do."""

    facts: Mapping[str, str]
    """Fact that starts or ends a duty -> how people say it."""

    urgencies: Mapping[str, str]
    roles: Mapping[str, str]
    sides: Mapping[str, str]
    undone: str
    withdrawn: str
    """What a statement says at the end of a ladder."""

    steps: Mapping[int, str]
    step_late: str
    step_again: str
    digest_title: str
    digest_to_do: str
    digest_from: str
    held_title: str
    held_note: str
    held_to_do: str
