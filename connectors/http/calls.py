"""What a row of the route table says: how a call is made, what it does, and all that may be answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from connectors.http import legacy, problems
from connectors.http.callers import Caller
from connectors.http.office import Office
from connectors.http.problems import RefusedError

Answering = Callable[[Office, Request, Caller], Awaitable[Response]]
Schema = Mapping[str, Any]
"""JSON Schema, 2020-12."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Of the query, the path or the headers."""

    name: str
    says: str
    schema: Schema
    where: str = "query"
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A yes."""

    says: str
    schema: Schema
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One row."""

    method: str
    path: str
    does: str
    answer: Answering
    answers: Mapping[str, Answer]
    """Status -> what is said; every call may also be refused, by a problem."""

    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Schema] = field(default_factory=dict)
    """Media type -> what is taken."""

    body_needed: bool = True
    old: bool = False
    """Refusals are written as systems of the national axis read them."""

    def problem(self, refused: RefusedError) -> Response:
        """Return a refusal as this call writes it."""
        return legacy.problem(refused) if self.old else problems.response(refused)
