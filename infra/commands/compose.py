"""`lienthong compose`: makes and signs a packet with the demo PKI."""

import csv
import secrets
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from infra.clock import open_clock
from infra.commands import DONE, Ctx, command, stop
from infra.commands.words import MOMENT, WORDS
from infra.demo.compose import Composer, PacketKind
from infra.demo.frame import Draft
from infra.pki import Pki
from schemas.ids import clean_code, normalise_document_id, split_document_id

DEMO_AGENCIES = Path(__file__).resolve().parent.parent / "demo" / "reference" / "agencies.csv"
SENDER, RECIPIENT = "000.00.00.H53", "000.00.05.H53"
NUMBERS = 90_000
"""Numbers are drawn from 10000 on, so that packets made by hand do not meet those of the scripted week."""


def agencies_of(folder: Path | None) -> dict[str, str]:
    """Return organ_id -> name from a reference folder, else the demo province's."""
    file = (folder / "agencies.csv") if folder else DEMO_AGENCIES
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            return {row["organ_id"]: row["name"] for row in csv.DictReader(rows)}
    except (OSError, KeyError) as exc:
        stop(f"no agencies in {file}: {exc}", "name a folder with agencies.csv by --reference")


@command("compose", example="lienthong compose --kind tampered --to 000.00.05.H53 packet.edxml")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to", "recipients", multiple=True, default=(RECIPIENT,), show_default=True, help="Recipient's organ_id."
)
@click.option("--from", "sender", default=SENDER, show_default=True, help="Sender's organ_id.")
@click.option("--kind", type=click.Choice([each.value for each in PacketKind]), default="good", show_default=True)
@click.option("--subject", type=WORDS, default="V/v thử nghiệm trục liên thông văn bản", help="Trích yếu.")
@click.option("--number", type=int, help="Document number; a random one by default.")
@click.option("--priority", type=click.IntRange(0, 4), default=0, show_default=True, help="Độ khẩn.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="Hạn xử lý.")
@click.option("--recalls", metavar="DOCUMENT_ID", help="Thu hồi: take this document back (BussinessDocType 1).")
@click.option("--updates", metavar="DOCUMENT_ID", help="Cập nhật: a newer version of this document (2).")
@click.option("--replaces", metavar="DOCUMENT_ID", multiple=True, help="Thay thế: in the place of these documents (3).")
@click.option(
    "--reason", type=WORDS, default="Điều chỉnh nội dung văn bản", help="Why it recalls, updates or replaces."
)
@click.option("--at", type=MOMENT, help="Signing time; the axis clock's by default.")
def compose(
    ctx: Ctx,
    out: Path,
    *,
    recipients: tuple[str, ...],
    sender: str,
    kind: str,
    subject: str,
    number: int | None,
    priority: int,
    due: datetime | None,
    recalls: str | None,
    updates: str | None,
    replaces: tuple[str, ...],
    reason: str,
    at: datetime | None,
) -> int:
    """Compose an edXML packet: a PDF signed by a person and the agency, in a signed envelope. No axis is needed."""
    moment = at or open_clock(ctx.settings).now()
    pki = Pki.open(ctx.settings.var / "pki", at=moment, agencies=agencies_of(ctx.reference_dir))
    draft = Draft(
        sender=clean_code(sender),
        recipients=tuple(clean_code(each) for each in recipients),
        number=number if number is not None else 10_000 + secrets.randbelow(NUMBERS),
        subject=subject,
        at=moment,
        priority=priority,
        due_on=_day(due),
    )
    if acts := _acts(recalls, updates, replaces):
        draft = replace(draft, **acts, reason=reason)
    composed = Composer(pki, fresh=True).write(draft, out, PacketKind(kind))
    answer = {"file": str(out), "document_id": composed.document_id, "kind": kind, "sha256": composed.sha256}
    ctx.emit(answer, human=f"{out}: {composed.document_id} ({kind})")
    return DONE


def _acts(recalls: str | None, updates: str | None, replaces: tuple[str, ...]) -> dict[str, Any]:
    """Return what a draft that acts on older documents says; ends with exit code 2 for several acts, or an id that is none."""
    named = {1: (recalls,) if recalls else (), 2: (updates,) if updates else (), 3: replaces}
    wanted = {kind: ids for kind, ids in named.items() if ids}
    if len(wanted) > 1:
        stop("a packet does one thing", "give one of --recalls, --updates, --replaces")
    try:
        found = {kind: tuple(map(normalise_document_id, ids)) for kind, ids in wanted.items()}
    except ValueError as exc:
        stop(f"no document id: {exc}", "write it as 000.00.00.H53,2026/11/23,1234/UBND-KSTT")
    for kind, ids in found.items():
        parts = split_document_id(ids[0])
        if kind != 1:
            return {"business_type": kind, "related": ids}
        if parts is None or not (number := parts.number_notation.partition("/")[0]).isdecimal():
            stop(
                f"{ids[0]} has no number",
                "a recall bears the id of what it recalls; compose can write those with a number",
            )
        notation = parts.number_notation.partition("/")[2]
        own = {"number": int(number), "notation": notation, "promulgated_on": parts.promulgated_on}
        return {"business_type": kind, "related": ids, **own}
    return {}


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
