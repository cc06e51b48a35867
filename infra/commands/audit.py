"""`lienthong audit`: the law of conservation over all topics, from the log alone."""

import hashlib
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from infra.audit.books import Books
from infra.audit.law import Findings, judge
from infra.audit.reading import enter_all
from infra.commands import DONE, NO, Ctx, command
from infra.commands.words import MOMENT
from infra.content import ContentError, ContentStore, chunks_of, open_content
from infra.kafka.tail import read_all
from schemas.topics import TOPICS

SHOWN = 20
"""Findings of one kind that people see; scripts get all."""

COUNTED = {
    "submitted": "DocumentSubmitted",
    "signed": "DocumentSigned",
    "held": "DocumentHeld",
    "refused": "DocumentRefused",
    "dispatched": "DocumentDispatched",
    "received": "DocumentReceived",
    "acknowledged": "DocumentAcknowledged",
    "alerts": "DocumentAlert",
}
"""Field of the answer -> event type whose distinct events it counts."""

MEND = {
    "lost": "Đã nhận nhưng chưa có kết quả (trục đang chạy thì có thể còn đang xử lý: đợi rồi hỏi lại). "
    "Nếu vẫn còn: xem `lienthong dlq list` và nhật ký của tiến trình phụ trách, rồi khởi động lại tiến trình đó.",
    "duplicate_effects": "Một việc được làm hai lần: giữ nguyên nhật ký và kho trạng thái, báo nhóm phát triển.",
    "unexplained": "Có trên nhật ký mà không có nguyên do: kiểm tra ai ghi lên chủ đề này (ACL), và kho nội dung.",
}


@command("audit", example="lienthong audit --json")
@click.option("--since", type=MOMENT, help="Name only what was recorded from this moment on.")
@click.option("--contents/--no-contents", default=True, show_default=True, help="Check the bytes that events refer to.")
def audit(ctx: Ctx, *, since: datetime | None, contents: bool) -> int:
    """Prove from the log that nothing was lost and nothing done twice; exit 1 if anything was, each case with its place."""
    started = time.monotonic()
    books = enter_all(read_all(ctx.settings, [topic.name for topic in TOPICS]))
    found = judge(books, since=since)
    if contents:
        found = found.with_contents(*_contents(books, open_content(ctx.settings)))
    answer = answer_of(books, found) | {"seconds": round(time.monotonic() - started, 2)}
    ctx.emit(answer, human=in_words(answer))
    return DONE if found.ok else NO


def answer_of(books: Books, found: Findings) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them."""
    return {
        "ok": found.ok,
        **{name: books.counts.get(event, 0) for name, event in COUNTED.items()},
        "lost": list(found.lost),
        "duplicate_effects": list(found.duplicate_effects),
        "unexplained": list(found.unexplained),
        "dead_letters": books.dead_letters,
        "repeats": books.repeats,
        "contents": len(books.contents),
    }


def in_words(answer: dict[str, Any]) -> str:
    """Return the answer for people."""
    lines = ["Bảo toàn: đúng." if answer["ok"] else "Bảo toàn: SAI."]
    lines += [f"  {name}: {answer[name]}" for name in COUNTED]
    lines += [f"  dead letter {reason}: {count}" for reason, count in sorted(answer["dead_letters"].items())]
    for name, mend in MEND.items():
        lines += [f"  {name}: {each}" for each in answer[name][:SHOWN]]
        if len(answer[name]) > SHOWN:
            lines.append(f"  {name}: … {len(answer[name]) - SHOWN} nữa (--json liệt kê tất cả)")
        if answer[name]:
            lines.append(f"  → {mend}")
    return "\n".join(lines)


def _contents(books: Books, store: ContentStore) -> tuple[list[str], list[str]]:
    """Return what is missing in the content store, and what has another hash."""
    missing, wrong = [], []
    for sha256, where in books.contents.items():
        try:
            if _digest(chunks_of(store.path(sha256))) != sha256:
                wrong.append(f"content {sha256} ({where}): the stored bytes have another hash")
        except (ContentError, OSError):
            missing.append(f"content {sha256} ({where}): not in the content store")
    return missing, wrong


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
