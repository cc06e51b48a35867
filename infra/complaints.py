"""What can be wrong with the environment variables, each in one line; `infra.settings` gathers them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, AliasPath
from pydantic.fields import FieldInfo

PREFIX = "LIENTHONG_"
FILES = ("KAFKA_SASL_PASSWORD_FILE", "KAFKA_SSL_CA", "KAFKA_SSL_CERTIFICATE", "KAFKA_SSL_KEY", "KAFKA_LIBS")


def variables(fields: Mapping[str, FieldInfo]) -> dict[str, tuple[str, ...]]:
    """Return field -> environment variables that set it, the preferred one first."""
    named = {}
    for field, declared in fields.items():
        alias = declared.validation_alias
        choices: list[str | AliasPath] = alias.choices if isinstance(alias, AliasChoices) else [alias] if alias else []
        named[field] = tuple(str(each) for each in choices) or (PREFIX + field.upper(),)
    return named


def unknown(fields: Mapping[str, FieldInfo], given: Mapping[str, str]) -> Iterable[str]:
    """Name variables with our prefix that set nothing: a misspelt limit must not pass for a limit."""
    known = {name for names in variables(fields).values() for name in names}
    for name in sorted(given):
        if name.startswith(PREFIX) and name.upper() not in known:
            yield f"{name}: no such setting"


def contradictions(given: Mapping[str, str]) -> Iterable[str]:
    """Name what is missing beside, or does not go with, something else."""
    protocol = given.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    if protocol.startswith("SASL"):
        for name in ("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME"):
            if not given.get(name):
                yield f"{name}: needed with KAFKA_SECURITY_PROTOCOL={protocol}"
        if not (given.get("KAFKA_SASL_PASSWORD") or given.get("KAFKA_SASL_PASSWORD_FILE")):
            yield f"KAFKA_SASL_PASSWORD_FILE: needed with KAFKA_SECURITY_PROTOCOL={protocol}"
    if bool(given.get("KAFKA_SSL_CERTIFICATE")) != bool(given.get("KAFKA_SSL_KEY")):
        yield "KAFKA_SSL_CERTIFICATE, KAFKA_SSL_KEY: one without the other"
    for name in FILES:
        if given.get(name) and not Path(given[name]).exists():
            yield f"{name}: {given[name]} does not exist"


def fault(fields: Mapping[str, FieldInfo], error: Mapping[str, Any]) -> str:
    """Say one fault of a value in one line; values that may be secret are not repeated."""
    where = str(error["loc"][0])
    name = variables(fields)[where][0] if where in fields else where
    secret = "PASSWORD" in name.upper() or name.endswith(("STATE", "DATABASE", "OUTBOX"))
    return f"{name}: {error['msg']}" + ("" if secret else f" (it is {error['input']!r})")
