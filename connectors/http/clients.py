"""The clients of the API and how they show who they are: one TOML file, apart from the reference data, because it holds secrets.

[clients.h53-17]                        # `client,h53-17,organ_ids` in identities.csv says for whom it may speak
tokens = ["SHA-256 of a bearer token"]
certificates = ["SHA-256 of a client certificate (DER)"]
signatures = [{systemid = "…", secret = "…", form = "listed"}]
    webhook = {url = "https://…", secret = "…"}
"""

import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from infra.errors import EnvironmentFaultError

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MIN_SECRET = 16
"""Characters; a shorter one can be guessed."""


class ClientsError(EnvironmentFaultError):
    """The file of clients cannot be used."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        said = "".join(f"\n  - {each}" for each in faults)
        super().__init__(f"clients of the API, {path}:{said}", "mend the file that LIENTHONG_API_CLIENTS names")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Signature(_Table):
    """A key for signed headers, as clients of the national axis use them."""

    systemid: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    secret: Annotated[str, StringConstraints(min_length=MIN_SECRET)]
    form: Literal["listed", "sorted"] = "listed"


class Hook(_Table):
    """Where a client's feed is posted to."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
    secret: Annotated[str, StringConstraints(min_length=MIN_SECRET)]


class Client(_Table):
    """One client system."""

    tokens: tuple[Digest, ...] = ()
    certificates: tuple[Digest, ...] = ()
    signatures: tuple[Signature, ...] = ()
    webhook: Hook | None = None


class Limits(_Table):
    """What clients may cost."""

    requests_per_minute: Annotated[int, Field(ge=1)] = 1200
    """Of one client; as many at once."""

    failures_per_minute: Annotated[int, Field(ge=1)] = 120
    """Requests of one address that do not show who they are."""

    documents_per_minute: Annotated[int, Field(ge=1)] = 300
    """Of one sending agency."""

    uploads_at_once: Annotated[int, Field(ge=1)] = 16
    """Of all clients together; one of them has at most half of the places."""

    streams_at_once: Annotated[int, Field(ge=1)] = 200
    """Of all clients together; one of them has at most a quarter."""

    connections: Annotated[int, Field(ge=10)] = 500
    head_seconds: Annotated[float, Field(gt=0)] = 10.0
    """For the head of a request."""

    idle_seconds: Annotated[float, Field(gt=0)] = 20.0
    """Without a byte of a body."""

    bytes_per_second: Annotated[int, Field(ge=1)] = 1024
    """That a body must keep up over its first `idle_seconds` and on."""

    signature_minutes: Annotated[float, Field(gt=0)] = 5.0
    """How far a signed request's moment may be from ours."""


class Tls(_Table):
    """Files in PEM; without them the API speaks plain HTTP, for a loopback or a proxy on the same machine."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class Clients(_Table):
    """The whole file."""

    clients: Mapping[str, Client]
    limits: Limits = Limits()
    tls: Tls | None = None

    def by_token(self, digest: str) -> str:
        """Return the client of a token's SHA-256; empty for nobody's."""
        return next((name for name, client in self.clients.items() if digest in client.tokens), "")

    def by_certificate(self, digest: str) -> str:
        """Return the client of a certificate's SHA-256; empty for nobody's."""
        return next((name for name, client in self.clients.items() if digest in client.certificates), "")

    def by_systemid(self, systemid: str) -> tuple[str, Signature] | None:
        """Return the client and key of a system id."""
        return next(
            (
                (name, each)
                for name, client in self.clients.items()
                for each in client.signatures
                if each.systemid == systemid
            ),
            None,
        )


def load(path: Path) -> Clients:
    """Read the file; raise `ClientsError` naming every fault, and never a secret. Others must not be able to read it."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ClientsError(path, ["others may read it; it holds keys: chmod 600"])
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        found = Clients.model_validate(given)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ClientsError(path, [getattr(exc, "strerror", None) or str(exc)]) from None
    except ValidationError as exc:
        raise ClientsError(
            path, [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in exc.errors()]
        ) from None
    if faults := list(_contradictions(found)):
        raise ClientsError(path, faults)
    return found


def _contradictions(found: Clients) -> list[str]:
    faults = [
        f"clients.{name}: a name is small letters, digits, dots, dashes"
        for name in found.clients
        if not NAME.fullmatch(name)
    ]
    seen: dict[str, str] = {}
    for name, client in found.clients.items():
        for each in (*client.tokens, *client.certificates, *(key.systemid for key in client.signatures)):
            if each in seen:
                faults.append(f"clients.{name}: shares a token, certificate or systemid with clients.{seen[each]}")
            seen[each] = name
    return faults
