"""What each role may do in the console."""

from collections.abc import Mapping
from enum import StrEnum

from infra.accounts import Role


class Right(StrEnum):
    """One thing that a route or a part of a page needs."""

    LOOK = "look"
    """Documents, deadlines, figures."""

    PEOPLE = "people"
    """Names and mailboxes of officials: personal data, shown to those who must call them or judge whether they were told."""

    ACT = "act"
    """Replay or discard dead letters; have documents decided again."""

    TRAIL = "trail"
    """Who did what by hand."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.LOOK}),
    Role.OPERATOR: frozenset({Right.LOOK, Right.PEOPLE, Right.ACT, Right.TRAIL}),
    Role.AUDITOR: frozenset({Right.LOOK, Right.PEOPLE, Right.TRAIL}),
}


def may(role: Role, right: Right) -> bool:
    """Tell whether a role has a right."""
    return right in RIGHTS[role]
