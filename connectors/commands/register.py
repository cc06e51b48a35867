"""What commands that read the register share: opening it, and who is meant by an agency's code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, make_url

from connectors.register.tables import METADATA
from infra.clock import open_clock
from infra.commands import Ctx, stop
from infra.commands.loading import directory_at_hand
from infra.state.database import open_to_read, reading
from schemas.edxml.moments import HERE
from schemas.ids import clean_code, code_form, expand_short
from schemas.reference.why_nobody import why_nobody


@contextmanager
def register(ctx: Ctx) -> Iterator[Connection]:
    """Yield one moment of the register; end with exit code 2 where there is none yet."""
    url = make_url(ctx.settings.register_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        stop(
            "there is no register here yet", "start the axis with `lienthong up`, or set LIENTHONG_VAR to where it ran"
        )
    engine = open_to_read(ctx.settings.register_url, METADATA)
    try:
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def organ_id(text: str) -> str:
    """Return an agency's code as the register writes it; a short form is expanded."""
    code = clean_code(text)
    if code_form(code) is None:
        stop(f"{text!r} is no agency's code", "write it as 000.00.17.H53, H53.17 or 17.H53")
    return expand_short(code) or code


def meant(ctx: Ctx, code: str) -> str:
    """Return the organ_id that a code means today, the code itself where no axis runs; for one under which the register has nothing.

    An empty answer about a code that nobody knows would be a false one, so such a code ends with exit code 2.
    """
    directory = directory_at_hand(ctx)
    if directory is None:
        return code
    today = open_clock(ctx.settings).now().astimezone(HERE).date()
    found = directory.resolve(code, today)
    if found.agency is None and found.code != "RECIPIENT_CLOSED":
        stop(
            f"{why_nobody(code, directory, today)}: {found.code}", "`lienthong agency CODE` says who is meant by a code"
        )
    if found.agency is None or found.agency.organ_id == code:
        return code
    ctx.say(f"{code} nay là {found.agency.organ_id} {found.agency.name}.")
    return found.agency.organ_id
