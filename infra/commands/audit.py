"""`lienthong audit`: the law of conservation over all topics, from the log alone."""

import importlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from infra.audit import note
from infra.audit.law import Findings, found
from infra.audit.moments import moment_of
from infra.audit.positions import Progress, compare, positions
from infra.audit.survey import Answer, Asked, survey
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command
from infra.commands.words import MOMENT
from infra.settings import Settings

SHOWN = 20
"""Findings of one kind that people see; scripts get all."""

RECOUNT = "connectors.register.recount"
"""Module whose `differences(settings)` compares the register with a recount; named as text, for the floors stay apart."""

COUNTED = {
    "submitted": "document.submitted",
    "signed": "document.signed",
    "held": "document.held",
    "refused": "document.refused",
    "dispatched": "document.dispatched",
    "received": "document.received",
    "acknowledged": "document.acknowledged",
    "alerts": "document.alerts",
}
"""Field of the answer -> topic whose distinct events it counts."""

KINDS = ("lost", "duplicate_effects", "unexplained")

MEND = {
    "document": "Văn bản: nếu đã nhận mà chưa có kết quả thì có thể còn đang xử lý: đợi rồi hỏi lại; vẫn còn thì xem `lienthong dlq list` "
    "và nhật ký của verifier, router, rồi khởi động lại tiến trình đó. Nếu có hai kết quả: giữ nguyên nhật ký và kho trạng thái, báo nhóm phát triển.",
    "status": "Trạng thái nghiệp vụ: xem nhật ký của router và `lienthong dlq list`; chưa có trả lời thì đợi rồi hỏi lại.",
    "delivery": "Lượt gửi: gửi hai lần thì giữ nguyên nhật ký và kho trạng thái, báo nhóm phát triển; "
    "nhận mà chưa từng gửi thì kiểm tra ai ghi lên chủ đề đó (ACL).",
    "alert": "Cảnh báo: xem watcher có đang chạy và đã đọc hết chưa (watcher.log), rồi hỏi lại; vẫn còn thì báo nhóm phát triển kèm nhật ký.",
    "id": "Một mã sự kiện mang hai nội dung: kiểm tra ai ghi lên chủ đề đó (ACL), có chạy lẫn hai phiên bản không; giữ nguyên nhật ký.",
    "log": "Bản ghi không đọc được: xem `lienthong dlq list`, ai ghi lên chủ đề đó (ACL), và `lienthong topics check`.",
    "timer": "Hẹn giờ bị hỏng: việc đến hạn chưa được làm; xem `lienthong dlq show MÃ`, sửa nguyên nhân, làm tay nếu cần, rồi `lienthong dlq discard MÃ`.",
    "content": "Kho nội dung: kiểm tra kho (LIENTHONG_CONTENT) có đúng và ổ đĩa có lỗi không; phục hồi tệp mang đúng mã SHA-256 đó từ bản sao lưu.",
    "position": "Vị trí đọc vượt cuối nhật ký: kho trạng thái và nhật ký không cùng một bản; phục hồi cả hai từ cùng một lần sao lưu.",
    "state": "Sổ đăng ký khác với kết quả tính lại: dừng trục, xóa sổ đăng ký (register.sqlite), khởi động lại; sổ được dựng lại từ các chủ đề.",
}
"""What was found faulty -> what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Everything the command found."""

    answer: Answer
    progress: Progress
    found: Findings
    rows: int | None
    """Rows of the register that were compared; None: not asked for."""


@command("audit", example="lienthong audit --json")
@click.option("--since", type=MOMENT, help="Name only what was recorded from this moment on.")
@click.option("--contents/--no-contents", default=True, show_default=True, help="Check the bytes that events refer to.")
@click.option("--state", is_flag=True, help="Rebuild the register from the topics too, and compare (slow).")
@click.option("--jobs", type=click.IntRange(0, 64), default=0, help="Processes; 0: one a core for a long log.")
@click.option(
    "--under-way",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Do not call lost what was handed over within so many seconds.",
)
def audit(ctx: Ctx, *, since: datetime | None, contents: bool, state: bool, jobs: int, under_way: float) -> int:
    """Prove from the log that nothing was lost and nothing done twice; exit 1 if anything was, each case with its place."""
    started, clock = time.monotonic(), open_clock(ctx.settings)
    asked = Asked(
        since=None if since is None else moment_of(since),
        settled_by=moment_of(clock.now() - timedelta(seconds=under_way)) if under_way else None,
        contents=contents,
        jobs=jobs,
    )
    verdict = _judge(ctx.settings, asked, state=state)
    if since is None and contents:  # a look at a part proves nothing of the whole
        note.leave(ctx.settings, verdict.found, clock.now())
    answer = answer_of(verdict) | {"seconds": round(time.monotonic() - started, 2)}
    ctx.emit(answer, human=in_words(answer))
    return DONE if verdict.found.ok else NO


def _judge(settings: Settings, asked: Asked, *, state: bool) -> Verdict:
    known = positions(settings)
    answer = survey(settings, asked)
    progress = compare(known, answer.ends)
    every, rows = answer.found + progress.findings, None
    if state:
        rows, differing = importlib.import_module(RECOUNT).differences(settings)
        every += found("state", unexplained=differing)
    return Verdict(answer=answer, progress=progress, found=every, rows=rows)


def answer_of(verdict: Verdict) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them, and more."""
    answer, every = verdict.answer, verdict.found
    return {
        "ok": every.ok,
        **{name: answer.counts.get(topic, 0) for name, topic in COUNTED.items()},
        **{kind: list(getattr(every, kind)) for kind in KINDS},
        "dead_letters": dict(answer.dead_letters),
        "repeats": answer.repeats,
        "contents": answer.contents.number,
        "contents_bytes": answer.contents.size,
        "register_rows": verdict.rows,
        "behind": dict(verdict.progress.behind),
        "mend": [sentence for about, sentence in MEND.items() if about in every.about],
        "records": answer.records,
        "seconds_of": dict(answer.seconds),
    }


def in_words(answer: dict[str, Any]) -> str:
    """Return the answer for people."""
    return "\n".join(_lines(answer))


def _lines(answer: dict[str, Any]) -> Iterable[str]:
    yield "Bảo toàn: đúng." if answer["ok"] else "Bảo toàn: SAI."
    yield from (f"  {name}: {answer[name]}" for name in COUNTED)
    yield from (f"  dead letter {reason}: {count}" for reason, count in sorted(answer["dead_letters"].items()))
    for name in KINDS:
        yield from (f"  {name}: {each}" for each in answer[name][:SHOWN])
        if len(answer[name]) > SHOWN:
            yield f"  {name}: … {len(answer[name]) - SHOWN} nữa (--json liệt kê tất cả)"
    if answer["behind"]:
        left = ", ".join(f"{name}: {count}" for name, count in answer["behind"].items())
        yield f"  Còn bản ghi chưa xử lý xong ({left}): điều gọi là lost có thể còn đang xử lý; đợi rồi hỏi lại."
    yield from (f"  → {sentence}" for sentence in answer["mend"])
