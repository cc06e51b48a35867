"""Crash loops: when a process ends again and again, people are told which, why, and what to do; it goes on being started, more slowly."""

import re
from collections import deque
from dataclasses import dataclass, field

LOOP_AFTER = 5
"""Restarts within the window that make a loop."""

WINDOW = 600.0
"""Seconds; five restarts in ten minutes are no accident."""

SAY_AGAIN = 300.0
"""Seconds between two announcements of one loop."""

OVER_AFTER = 120.0
"""Seconds of running after which a loop is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about one kind of crash; `seen` is looked for in name, last words and reason."""

    seen: str
    vi: str
    en: str


ADVICE = (
    Advice(
        seen=r"^kafka-[0-9]+ ",
        vi="xem var/kafka/node-*/server.log; kiểm tra đĩa, bộ nhớ, Java bằng `lienthong doctor`",
        en="see var/kafka/node-*/server.log; look at disk, memory and Java with `lienthong doctor`",
    ),
    Advice(
        seen=r"newer software|newer release",
        vi="bản ghi hoặc cơ sở dữ liệu do phiên bản mới hơn ghi: hãy nâng cấp tiến trình này, không mất gì",
        en="records or tables are of a newer release: upgrade this process; nothing is lost",
    ),
    Advice(
        seen=r"fenced, and no rebalance",
        vi="một tiến trình cùng tên đang làm trên cùng trạng thái: hãy dừng bớt một (`lienthong down` ở thư mục kia)",
        en="a second process of this name works on the same state: end one (`lienthong down` on the other folder)",
    ),
    Advice(
        seen=r"DeadLetters|dead letters in a row",
        vi="quá nhiều bản ghi hỏng liên tiếp: xem `lienthong dlq list`, sửa nơi ghi hoặc lỗi chương trình",
        en="too many dead letters in a row: see `lienthong dlq list`, then mend who writes them, or the bug",
    ),
    Advice(
        seen=r"retention removed|log ends before our position",
        vi="chủ đề không còn khớp với vị trí đã xử lý: xem `lienthong topics check`, khôi phục chủ đề từ bản sao",
        en="the topic and our position do not fit: see `lienthong topics check`, restore the topic from a copy",
    ),
    Advice(
        seen=r"reference data missing",
        vi="thiếu dữ liệu tham chiếu: công bố bằng `lienthong reference publish KIND PATH`",
        en="reference data is missing: publish it with `lienthong reference publish KIND PATH`",
    ),
    Advice(
        seen=r"\bsettings:",
        vi="biến môi trường sai: sửa như dòng trên nói, rồi khởi động lại `lienthong up`",
        en="an environment variable is wrong: mend it as said, then start `lienthong up` again",
    ),
    Advice(
        seen=r"ContentAwayError|\bs3://",
        vi="kho nội dung không trả lời hoặc từ chối: xem `lienthong doctor`; khi kho trở lại, mọi việc tự tiếp tục",
        en="the content store does not answer or refuses: see `lienthong doctor`; all goes on by itself when it is back",
    ),
    Advice(
        seen=r"No space left|disk is full|ENOSPC",
        vi="hết chỗ trên đĩa: giải phóng chỗ (không xóa trong kafka/, content/, state/), mọi việc tự tiếp tục",
        en="the disk is full: free space (never inside kafka/, content/, state/); all goes on by itself",
    ),
    Advice(
        seen=r"librdkafka|Broker|KafkaE|not confirmed|[Nn]o Kafka|Kafka at|coordinator",
        vi="Kafka không trả lời hoặc từ chối: xem `lienthong doctor`; khi Kafka trở lại, mọi việc tự tiếp tục",
        en="Kafka does not answer or refuses: see `lienthong doctor`; all goes on by itself when it is back",
    ),
    Advice(
        seen=r"OperationalError|psycopg|sqlite3|database",
        vi="cơ sở dữ liệu không dùng được: kiểm tra PostgreSQL hoặc tệp trong var/state, rồi `lienthong doctor`",
        en="the database cannot be used: look at PostgreSQL or the files in var/state, then `lienthong doctor`",
    ),
    Advice(
        seen=r"\bsignal_9\b",
        vi="bị dừng từ ngoài, thường do hết bộ nhớ: xem `dmesg`, `free -m`",
        en="ended from outside, mostly for want of memory: see `dmesg`, `free -m`",
    ),
    Advice(
        seen=r"\bno_progress\b",
        vi="đứng yên dù còn việc: bản ghi đang dừng nằm trong var/run/{name}.progress, lý do trong var/log/{name}.log",
        en="it stands still while work waits: the record is in var/run/{name}.progress, why in var/log/{name}.log",
    ),
    Advice(
        seen=r"",
        vi="xem var/log/{name}.log và `lienthong doctor`; nếu là lỗi chương trình, hãy báo lại kèm tệp này",
        en="see var/log/{name}.log and `lienthong doctor`; if it is a bug, report it with that file",
    ),
)
"""The first that fits is given; the last fits always. docs/runbooks/crash-loop.md says more."""


@dataclass(slots=True)
class Loop:
    """Watches the restarts of one process."""

    restarts: deque[float] = field(default_factory=deque)
    said_at: float | None = None

    def note(self, now: float) -> bool:
        """Count a restart; True when people must be told (again)."""
        self.restarts.append(now)
        while self.restarts[0] < now - WINDOW:
            self.restarts.popleft()
        if len(self.restarts) < LOOP_AFTER or (self.said_at is not None and now - self.said_at < SAY_AGAIN):
            return False
        self.said_at = now
        return True

    def is_over(self, running_for: float) -> bool:
        """Tell, once, that a loop which was announced is over."""
        if self.said_at is None or running_for < OVER_AFTER:
            return False
        self.said_at = None
        self.restarts.clear()
        return True


def advice(name: str, why: str, said: str) -> tuple[str, str]:
    """Return what to do, in Vietnamese and in English."""
    found = next(each for each in ADVICE if re.search(each.seen, f"{name} {said} {why}"))
    return found.vi.replace("{name}", name), found.en.replace("{name}", name)


def announcement(name: str, why: str, said: str, *, times: int, wait: float) -> tuple[str, str]:
    """Return the sentences for people, in Vietnamese and in English."""
    vi, en = advice(name, why, said)
    words = f": {said}" if said else ""
    told = (
        f"{name} đã dừng {times} lần trong {WINDOW / 60:.0f} phút ({why}){words}. Cần làm: {vi}."
        f" Vẫn được khởi động lại, lần tới sau {wait:.0f} giây; xem docs/runbooks/crash-loop.md."
    )
    in_english = (
        f"{name} ended {times} times within {WINDOW / 60:.0f} minutes ({why}){words}. To do: {en}."
        f" It goes on being started, next in {wait:.0f} s; see docs/runbooks/crash-loop.md."
    )
    return told, in_english
