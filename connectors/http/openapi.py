"""The OpenAPI 3.1 description, made from the table of routes: what a row says of itself is what is written, and nothing else."""

import re
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from connectors.http.calls import Answer, Call, Parameter
from connectors.http.problems import MEDIA_TYPE

BEARER: Mapping[str, list[str]] = {"bearer": []}
SIGNED: Mapping[str, list[str]] = {"systemid": []}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFUSALS: Mapping[str, str] = {
    "400": "the request is malformed",
    "401": "the credentials are missing, wrong, stale or repeated",
    "403": "the client may not speak for that agency",
    "404": "unknown, or not the client's",
    "408": "the request came too slowly",
    "410": "taken back",
    "413": "too large",
    "415": "a type that is not taken",
    "422": "digest, key or packet refused",
    "429": "too many requests",
    "431": "the head is too long",
    "503": "not ready, or no place; try again",
}
"""Any call may be answered so; the problem says which and why."""


def describe(calls: Sequence[Call]) -> dict[str, Any]:
    """Return the description as JSON values."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    version = metadata.version("lienthong") if any(metadata.distributions(name="lienthong")) else "0"
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trục liên thông văn bản / document axis", "version": version},
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem(), "Legacy": _legacy()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "systemid": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "systemid",
                    "description": "with signed headers",
                },
            },
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    said: dict[str, Any] = {
        "summary": call.does,
        "operationId": re.sub(r"[^a-z0-9]+", "_", f"{call.method} {call.path}".lower()).strip("_"),
        "security": [BEARER, SIGNED],
        "responses": {status: _answer(answer) for status, answer in call.answers.items()} | _refusals(call),
    }
    named = re.findall(r"\{(\w+)\}", call.path)
    parameters = [_parameter(each, named) for each in call.parameters]
    if parameters:
        said["parameters"] = parameters
    if call.body:
        said["requestBody"] = {
            "required": call.body_needed,
            "content": {kind: {"schema": schema} for kind, schema in call.body.items()},
        }
    return said


def _parameter(each: Parameter, named: Sequence[str]) -> dict[str, Any]:
    where = "path" if each.name in named else each.where
    needed = each.needed or where == "path"
    return {"name": each.name, "in": where, "required": needed, "schema": each.schema, "description": each.says}


def _answer(answer: Answer) -> dict[str, Any]:
    return {"description": answer.says, "content": {answer.media_type: {"schema": answer.schema}}}


def _refusals(call: Call) -> dict[str, Any]:
    if call.old:
        schema = {"$ref": "#/components/schemas/Legacy"}
        content = {"application/json": {"schema": schema}}
    else:
        content = {MEDIA_TYPE: {"schema": PROBLEM}}
    return {
        status: {"description": says, "content": content}
        for status, says in REFUSALS.items()
        if status not in call.answers
    }


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    names = ("type", "title", "detail", "code", "element", "sentence_vi", "who_must_act")
    members: dict[str, Any] = dict.fromkeys(names, text)
    members |= {"status": {"type": "integer"}, "retry": {"type": "boolean"}}
    return {"type": "object", "required": sorted(members), "properties": members}


def _legacy() -> dict[str, Any]:
    text = {"type": "string"}
    members = {"status": {"enum": ["OK", "FAIL"]}, "ErrorCode": text, "ErrorDesc": text}
    return {"type": "object", "required": sorted(members), "properties": members}
