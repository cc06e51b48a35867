"""`lienthong revoked`: which accepted documents a certificate or CA had a part in, and who received them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from connectors.commands.register import register
from connectors.register.touched import EvidenceMissingError, Wanted, touched
from connectors.register.words import LABELS
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.words import MOMENT, WORDS
from infra.content import ContentError, ContentStore, open_content

HEX = re.compile(r"[0-9a-f]+", re.ASCII)


@command("revoked", example="lienthong revoked --serial 4F:01:9C --since 2026-11-01T00:00:00+07:00")
@click.option("--serial", default="", metavar="HEX", help="Serial number of a certificate.")
@click.option(
    "--issuer", default="", metavar="NAME", type=WORDS, help="Name, or a part of it, of the CA that issued it."
)
@click.option("--since", type=MOMENT, help="Only verdicts from then on.")
def revoked(ctx: Ctx, serial: str, issuer: str, since: datetime | None) -> int:
    """List every accepted document that a certificate had a part in, with who received it; exit 1 if some evidence is missing."""
    wanted = Wanted(serial=_serial(serial), issuer=issuer)
    if not wanted.serial and not wanted.issuer:
        stop("name a certificate or a CA", "lienthong revoked --serial HEX, or --issuer NAME")
    store, unknown = open_content(ctx.settings), 0
    with register(ctx) as connection:
        for each in touched(connection, wanted, lambda sha256: _read(store, sha256), since=since):
            unknown += each["certificates"] is None
            ctx.emit(each, human=_in_words(each))
    if unknown:
        ctx.say(f"Thiếu bằng chứng xác thực của {unknown} văn bản: không loại trừ chúng có liên quan.")
    return NO if unknown else DONE


def _serial(text: str) -> str:
    cleaned = text.strip().lower().removeprefix("0x").replace(":", "").replace(" ", "").lstrip("0")
    if text.strip() and not HEX.fullmatch(cleaned):
        stop(f"{text!r} is no serial number", "write it in hexadecimal, as `openssl x509 -serial` prints it")
    return cleaned


def _read(store: ContentStore, sha256: str) -> bytes:
    try:
        return store.read(sha256)
    except ContentError as exc:
        raise EvidenceMissingError(str(exc)) from exc


def _in_words(found: Mapping[str, Any]) -> str:
    why = ", ".join(each["subject"] for each in found["certificates"] or ()) or "thiếu bằng chứng"
    lines = [f"{found['document_id']} ({found['sender']}), ký {found['signed_at']}: {why}"]
    lines += [f"  {each['organ_id']}: {LABELS.get(each['label'], each['label'])}" for each in found["deliveries"]]
    return "\n".join(lines)
