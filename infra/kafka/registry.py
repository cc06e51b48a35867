"""The schemas in a Confluent-compatible registry, where the settings name one: under the ids of `schemas.lock`.

No process needs one; it serves the tools of others (consoles, Connect). Our messages carry our ids, so the registry must not
give its own: they are imported (mode IMPORT). One that cannot import is left alone, and what differs is named.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from infra.errors import EnvironmentFaultError
from infra.kafka import clients
from infra.kafka.provision import Difference, Standing
from infra.settings import Settings
from schemas.codec import FOLDER
from schemas.topics import TOPICS

COMPATIBILITY = "FULL_TRANSITIVE"
MEDIA_TYPE, SECONDS = "application/vnd.schemaregistry.v1+json", 10.0
Release = Mapping[str, Any]  # a row of the lock, with the text of its schema


class RegistryError(EnvironmentFaultError):
    """The registry does not answer, or not as a registry does."""


def check(settings: Settings) -> list[Standing]:
    """Compare the registry with the lock, subject by subject; nothing where no registry is named; raise `RegistryError`."""
    return [
        Standing(topic=name, differences=tuple(_compare(settings, name, releases)))
        for name, releases in _subjects(settings).items()
    ]


def apply(settings: Settings) -> list[Standing]:
    """Import what is missing and set what differs; return how each subject stands afterwards."""
    for subject, releases in _subjects(settings).items():
        found = {each.what: each.found for each in _compare(settings, subject, releases)}
        if "compatibility" in found:
            _ask(settings, "PUT", f"/config/{subject}", {"compatibility": COMPATIBILITY})
        _import(settings, subject, [each for each in releases if found.get(f"version {each['version']}") == "missing"])
    return check(settings)


def _subjects(settings: Settings) -> dict[str, list[Release]]:
    """Return subject (TopicNameStrategy: one event a topic) -> the versions of its schema."""
    rows = json.loads((FOLDER / "schemas.lock").read_text(encoding="utf-8"))["schemas"]
    every = [{**row, "schema": (FOLDER / "avro" / row["file"]).read_text(encoding="utf-8")} for row in rows]
    return {
        f"{settings.topic_prefix}{topic.name}-value": [each for each in every if each["event"] == topic.event.__name__]
        for topic in TOPICS
        if topic.event and settings.kafka_schema_registry
    }


def _compare(settings: Settings, subject: str, releases: Sequence[Release]) -> Iterable[Difference]:
    _, config = _ask(settings, "GET", f"/config/{subject}?defaultToGlobal=true")
    if (level := config.get("compatibilityLevel")) != COMPATIBILITY:
        yield Difference(what="compatibility", wanted=COMPATIBILITY, found=str(level), mendable=True)
    for each in releases:
        what, wanted = f"version {each['version']}", f"id {each['id']}"
        status, answer = _ask(settings, "GET", f"/subjects/{subject}/versions/{each['version']}")
        if status != HTTPStatus.OK:
            yield Difference(what=what, wanted=wanted, found="missing", mendable=True)
        elif answer.get("id") != each["id"]:
            yield Difference(what=what, wanted=wanted, found=f"id {answer.get('id')}", mendable=False)
        elif json.loads(answer["schema"]) != json.loads(each["schema"]):
            yield Difference(what=what, wanted=each["file"], found="another schema", mendable=False)


def _import(settings: Settings, subject: str, missing: Sequence[Release]) -> None:
    """Register versions under their own ids, if the registry lets itself be told ids."""
    mode = f"/mode/{subject}"
    if not missing or _ask(settings, "PUT", f"{mode}?force=true", {"mode": "IMPORT"})[0] != HTTPStatus.OK:
        return
    for each in missing:
        given = {name: each[name] for name in ("schema", "id", "version")}
        _ask(settings, "POST", f"/subjects/{subject}/versions", {"schemaType": "AVRO", **given})
    _ask(settings, "PUT", mode, {"mode": "READWRITE"})


def _ask(settings: Settings, method: str, path: str, given: Any = None) -> tuple[int, dict[str, Any]]:
    """Return status and answer; a refusal is an answer, too. Asked directly, whatever proxy the machine has."""
    url, body = settings.kafka_schema_registry.rstrip("/") + path, given and json.dumps(given).encode()
    request = Request(url, body, {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}, method=method)  # noqa: S310 - http and https only, say the settings
    tls = [HTTPSHandler(context=clients.ssl_context(settings))] if url.startswith("https:") else []
    opener = build_opener(ProxyHandler({}), *tls)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status, dict(json.loads(answer.read() or b"{}"))
    except HTTPError as refusal:
        with refusal:
            if refusal.code < HTTPStatus.INTERNAL_SERVER_ERROR and refusal.code not in (401, 403):
                return refusal.code, {}
            why = f"{refusal.code} {refusal.reason}"
    except (OSError, ValueError, TypeError) as exc:
        why = f"{type(exc).__name__}: {exc}"
    raise RegistryError(f"the schema registry does not answer {method} {path}: {why}", "see KAFKA_SCHEMA_REGISTRY")
