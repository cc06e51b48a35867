"""Packets' bytes on their way out: the file is the content store's, lent until the last byte was sent or the client has gone."""

from contextlib import ExitStack
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from connectors.http.office import Office
from connectors.http.problems import RefusedError
from infra.content import ContentMissingError


async def lent(office: Office, sha256: str) -> tuple[Path, ExitStack]:
    """Return the file of a content, and what gives it back; raise `RefusedError` where nothing lies under the digest."""
    loan = ExitStack()
    try:
        path = await run_in_threadpool(loan.enter_context, office.content.lend(sha256))
    except ContentMissingError as exc:
        raise RefusedError(exc.code, 503, detail=sha256, headers={"Retry-After": "60"}) from None
    return path, loan


class LentFile(FileResponse):
    """Sends a packet, or the part of it that is asked for, and gives the file back however that ends."""

    def __init__(self, path: Path, loan: ExitStack, *, sha256: str, name: str) -> None:
        headers = {"ETag": f'"{sha256}"', "X-Content-SHA256": sha256}
        super().__init__(path, media_type="application/octet-stream", filename=f"{name}.edxml", headers=headers)
        self._loan = loan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._loan:
            await super().__call__(scope, receive, send)
