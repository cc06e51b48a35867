"""`lienthong status`."""

import click

from connectors.commands.register import register
from connectors.register import story, words
from infra.commands import DONE, NO, Ctx, command, stop
from schemas.ids import is_sha256, normalise_document_id


@command("status", example='lienthong status "000.00.00.H53,2026/11/23,1234/UBND-KSTT"')
@click.argument("document_id", required=False)
@click.option("--digest", help="SHA-256 of the packet instead of a document id.")
def status(ctx: Ctx, document_id: str | None, digest: str | None) -> int:
    """Tell a document's story; first who owes what by when. Exit 1 if the axis does not know it.

    Every packet that came under the id is told, one after the other: of several senders, and of several tries.
    """
    if (document_id is None) == (digest is None):
        stop("name a document id or a digest", "lienthong status DOCUMENT_ID, or lienthong status --digest SHA256")
    with register(ctx) as connection:
        if digest is not None:
            wanted = digest.strip().lower()
            if not is_sha256(wanted):
                stop(f"{digest!r} is no SHA-256", "give 64 hex digits, as `sha256sum FILE` prints them")
            found = story.by_digest(connection, wanted)
        else:
            wanted = _normalised(document_id or "")
            found = story.by_document_id(connection, wanted)
    for each in found:
        ctx.emit(each, human=words.story(each))
    if not found:
        ctx.say(f"Trục không biết văn bản {wanted}.")
        return NO
    return DONE


def _normalised(text: str) -> str:
    try:
        return normalise_document_id(text)
    except ValueError as exc:
        stop(f"{text!r} is no document id: {exc}", "write OrganId,yyyy/mm/dd,number/notation or a UUID, in quotes")
