"""What commands that read the register share: opening it, and cleaning an agency's code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, make_url

from connectors.register.tables import METADATA
from infra.commands import Ctx, stop
from infra.state.database import open_to_read, reading
from schemas.ids import clean_code, code_form, expand_short


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
