"""The description of the API, and schemathesis against it: what is asked by the description is answered by the description."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as effort
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from connectors.http import openapi
from connectors.http.table import CALLS
from infra.settings import Settings
from tests.connectors.api_inbox import acknowledge, lay
from tests.connectors.api_preflight import ANSWER, answering
from tests.connectors.api_scene import Scene, api, token

SCHEMA = schemathesis.openapi.from_dict(openapi.describe(CALLS))
LEFT_OUT: list[Any] = [positive_data_acceptance]
"""Document ids, agency codes and positions keep rules that a JSON Schema does not say; all other checks are made."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Yield an API with a document on its way, for as many requests as are asked."""
    var: Path = tmp_path_factory.mktemp("api") / "var"
    names = ("requests_per_minute", "failures_per_minute", "documents_per_minute")
    with api(Settings(var=var), limits="\n".join(f"{name} = 1000000" for name in names)) as running:
        lay(running)
        acknowledge(running)
        with answering(running.settings, json.dumps(ANSWER).encode() + b"\n"):
            yield running


@SCHEMA.parametrize()
@effort(max_examples=25, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_call_keeps_to_its_description(case: Case[Any], scene: Scene) -> None:
    """Good and bad requests made from it: bad ones are refused, answers have the statuses, types and shapes it names, none is a 5xx."""
    answer = case.call(base_url=scene.url, headers=token("so-y-te"), timeout=30)
    case.validate_response(answer, excluded_checks=LEFT_OUT)


def test_the_description_names_every_call(scene: Scene) -> None:
    """OpenAPI 3.1, open to everybody; no route more or less than the table has."""
    said = scene.ask("GET", "/openapi.json", headers={"Authorization": ""}).json()
    named = {(method.upper(), path) for path, calls in said["paths"].items() for method in calls}

    assert said["openapi"].startswith("3.1")
    assert {(call.method, call.path) for call in CALLS} == named
    assert {"202", "200", "401", "422"} <= said["paths"]["/v1/documents"]["post"]["responses"].keys()
