"""What can be wrong with the environment variables, each in one line; `infra.settings` gathers them."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, AliasPath
from pydantic.fields import FieldInfo

PREFIX = "LIENTHONG_"
FILES = (
    "KAFKA_SASL_PASSWORD_FILE", "KAFKA_SSL_CA", "KAFKA_SSL_CERTIFICATE", "KAFKA_SSL_KEY", "KAFKA_LIBS",
    "AWS_SECRET_ACCESS_KEY_FILE", "AWS_CA_BUNDLE",
)  # fmt: skip
S3 = "s3://"
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9/._-]*)?", re.ASCII)
"""Amazon S3, rules for naming buckets; a prefix of letters that need no escape."""


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
    yield from _of_contents(given)
    for name in FILES:
        if given.get(name) and not Path(given[name]).exists():
            yield f"{name}: {given[name]} does not exist"


def _of_contents(given: Mapping[str, str]) -> Iterable[str]:
    where = given.get("LIENTHONG_CONTENT", "")
    if "://" in where and not BUCKET.fullmatch(where):
        yield f"LIENTHONG_CONTENT: a folder or s3://BUCKET/PREFIX (it is {where!r})"
    secret = given.get("AWS_SECRET_ACCESS_KEY") or given.get("AWS_SECRET_ACCESS_KEY_FILE")
    if where.startswith(S3) and given.get("AWS_ACCESS_KEY_ID") and not secret:
        yield "AWS_SECRET_ACCESS_KEY_FILE: needed with AWS_ACCESS_KEY_ID"


def fault(fields: Mapping[str, FieldInfo], error: Mapping[str, Any]) -> str:
    """Say one fault of a value in one line; values that may be secret are not repeated."""
    where = str(error["loc"][0])
    name = variables(fields)[where][0] if where in fields else where
    secret = any(word in name.upper() for word in ("PASSWORD", "SECRET")) or name.endswith(
        ("STATE", "DATABASE", "OUTBOX")
    )
    return f"{name}: {error['msg']}" + ("" if secret else f" (it is {error['input']!r})")
