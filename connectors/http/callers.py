"""Who calls: by bearer token (RFC 6750), client certificate or signed headers; and for which agencies it may speak."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from connectors.http.clients import Clients
from connectors.http.header_signature import Signatures
from connectors.http.problems import RefusedError, not_ready
from connectors.http.rates import Rates
from infra.clock import real_now
from schemas.reference import Reference

CHALLENGE = {"WWW-Authenticate": "Bearer"}
CERTIFICATE = "client_certificate"
"""Key of the ASGI scope under which the server leaves the SHA-256 of a certificate that TLS has accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A client system that has shown who it is."""

    name: str
    agencies: frozenset[str]
    """organ_ids it may speak for and read."""

    def require(self, organ_id: str) -> None:
        """Raise `RefusedError` unless it may speak for an agency."""
        if organ_id not in self.agencies:
            raise RefusedError("AGENCY_NOT_YOURS", 403, detail=organ_id)


class Callers:
    """Recognises them."""

    def __init__(self, clients: Clients, now: Callable[[], datetime] = real_now) -> None:
        self._clients = clients
        self._signatures = Signatures(clients, now)
        self._rates = Rates(clients.limits.requests_per_minute)
        self._strangers = Rates(clients.limits.failures_per_minute)

    def of(self, request: Request, reference: Reference) -> Caller:
        """Return the caller of a request; raise `RefusedError`."""
        try:
            name = self._name(request)
        except RefusedError:
            self._strangers.take(request.client.host if request.client else "")
            raise
        self._rates.take(name)
        if reference.identities is None:
            raise not_ready("identities")
        return Caller(name=name, agencies=reference.identities.may_speak_for("client", name))

    def _name(self, request: Request) -> str:
        if given := request.headers.get("authorization"):
            scheme, _, token = given.partition(" ")
            digest = hashlib.sha256(token.strip().encode()).hexdigest()
            if scheme.lower() == "bearer" and (name := self._clients.by_token(digest)):
                return name
            raise RefusedError("CREDENTIALS_WRONG", 401, element="Authorization", headers=CHALLENGE)
        if request.headers.get("systemid"):
            return self._signatures.client(request.headers)
        if name := self._clients.by_certificate(request.scope.get(CERTIFICATE, "")):
            return name
        raise RefusedError("CREDENTIALS_MISSING", 401, headers=CHALLENGE)
