"""Who calls: by bearer token (RFC 6750), client certificate or signed headers; and for which agencies it may speak."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from connectors.http.header_signature import Signatures
from connectors.http.memory import Memory
from connectors.http.problems import RefusedError, not_ready
from connectors.http.rates import Rates
from connectors.http.roll import Roll
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

    def __init__(self, roll: Roll, memory: Memory, now: Callable[[], datetime] = real_now) -> None:
        limits = roll.current().limits
        self._roll = roll
        self._signatures = Signatures(memory, now)
        self._rates = Rates(limits.requests_per_minute)
        self._strangers = Rates(limits.failures_per_minute)

    async def of(self, request: Request, reference: Reference) -> Caller:
        """Return the caller of a request; raise `RefusedError`."""
        try:
            name = await self._name(request)
        except RefusedError as exc:
            if exc.status == 401:  # noqa: PLR2004 - of HTTP
                self._strangers.take(request.client.host if request.client else "")
            raise
        if reference.identities is None:
            raise not_ready("identities")
        return Caller(name=name, agencies=reference.identities.may_speak_for("client", name))

    def still(self, caller: Caller, reference: Reference) -> Caller | None:
        """Return a caller of before as it stands now, for what goes on long; None where its client was struck out."""
        if self._roll.find(caller.name) is None or reference.identities is None:
            return None
        return Caller(name=caller.name, agencies=reference.identities.may_speak_for("client", caller.name))

    async def _name(self, request: Request) -> str:
        clients = self._roll.current()
        if given := request.headers.get("authorization"):
            scheme, _, token = given.partition(" ")
            digest = hashlib.sha256(token.strip().encode()).hexdigest()
            if scheme.lower() != "bearer" or not (name := clients.by_token(digest)):
                raise RefusedError("CREDENTIALS_WRONG", 401, element="Authorization", headers=CHALLENGE)
        elif request.headers.get("systemid"):
            signed = self._signatures.judge(request.headers, clients)
            self._rates.take(signed.client)  # before it is remembered: so many signatures a minute, and no more
            await run_in_threadpool(self._signatures.require_new, signed, clients)
            return signed.client
        elif not (name := clients.by_certificate(request.scope.get(CERTIFICATE, ""))):
            raise RefusedError("CREDENTIALS_MISSING", 401, headers=CHALLENGE)
        self._rates.take(name)
        return name
