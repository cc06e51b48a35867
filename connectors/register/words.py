"""What the register says to people, in Vietnamese; moments in Việt Nam's time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")

DUTIES = {
    "verification": "xác thực chữ ký số",
    "dispatch": "gửi văn bản lên trục",
    "transport": "nhận gói tin",
    "intake": "tiếp nhận hoặc từ chối (02, 03)",
    "assignment": "phân công xử lý (04)",
    "completion": "hoàn thành (06)",
    "recall_answer": "trả lời yêu cầu lấy lại (15, 16)",
}
"""Clock -> what its debtor must do; a clock of the operator's own keeps its id."""

STATES = {
    "submitted": "đã gửi lên trục, chờ xác thực",
    "held": "tạm giữ, chưa đủ căn cứ xác thực",
    "provisional": "cho chuyển tạm thời, còn xác thực lại",
    "signed": "chữ ký hợp lệ, chờ định tuyến",
    "dispatched": "đã chuyển đến nơi nhận",
    "refused": "bị từ chối",
    "not_delivered": "chữ ký hợp lệ, nhưng không chuyển được đến nơi nhận nào",
}

LABELS = {
    "dispatched": "đã định tuyến",
    "offered": "đang chờ bên nhận lấy",
    "received": "bên nhận đã lấy",
    "01": "đã đến",
    "03": "đã tiếp nhận",
    "04": "đã phân công",
    "05": "đang xử lý",
    "06": "hoàn thành",
    "refused": "bên nhận từ chối",
    "recalled": "đã thu hồi",
    "replaced": "đã được thay thế",
    "contested": "trạng thái mâu thuẫn",
    "recall asked": "đang xin lấy lại",
}


WHICH = {"first": "văn bản đã chuyển trước đó", "later": "văn bản chuyển sau đó"}
"""What a document with the same files is to this one."""


def duty(clock: str) -> str:
    """Return what a clock's debtor must do."""
    return DUTIES.get(clock, clock)


def moment(at: datetime | None) -> str:
    """Return a moment as people write it, in local time."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" if at else "không thời hạn"


def owing(owes: Iterable[Mapping[str, Any]]) -> str:
    """Return the first line of a story: who owes what by when."""
    said = [f"{each['who']} phải {duty(each['what'])} {_by(each)}" for each in owes]
    return "; ".join(said) + "." if said else "Không còn ai phải làm gì."


def _by(owed: Mapping[str, Any]) -> str:
    """Say by when; of a clock that stands still, since when it does."""
    paused = owed["paused_since"]
    return f"đồng hồ tạm dừng từ {moment(paused)}" if paused else f"trước {moment(owed['by'])}"


def story(found: Mapping[str, Any]) -> str:
    """Return a document's story: first who owes what by when, then where it stands, then what happened."""
    state = STATES.get(found["state"], found["state"])
    lines = [owing(found["owes"]), f"{found['document_id'] or found['digest']}: {state}"]
    lines[1] += f" ({found['reason']})" if found["reason"] else ""
    lines += [f"  không chuyển được đến {each['addressed']}: {each['sentence_vi']}" for each in found["refusals"]]
    lines += [f"  cùng nội dung với {WHICH[each['which']]} {each['document_id']}" for each in found["same_contents"]]
    for each in found["deliveries"]:
        warned = sum(alert["state"] == "FIRING" for alert in each["alerts"])
        alerts = f", {warned} cảnh báo chưa xử lý" if warned else ""
        lines.append(f"  {each['organ_id']}: {LABELS.get(each['label'], each['label'])}{alerts}")
    lines += [f"{moment(each['at'])}  {each['event']:<22} {each['who']}  {each['why']}" for each in found["timeline"]]
    return "\n".join(lines)


def obligation(found: Mapping[str, Any]) -> str:
    """Return one open obligation as a line."""
    late = f", quá hạn {span(found['overdue_seconds'])}" if found["overdue_seconds"] else ""
    still = f" ({_by(found)})" if found["paused_since"] else ""
    return (
        f"{moment(found['by'])}{late}{still}: {duty(found['what'])} — {found['document_id']} ({found['delivery_id']})"
    )


def waiting(found: Mapping[str, Any]) -> str:
    """Return one delivery that waits as a line."""
    return f"{found['delivery_id']}  {found['document_id']} từ {found['sender']}, từ {moment(found['offered_at'])}: {found['subject']}"


def span(seconds: int) -> str:
    """Return a span in hours and minutes."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} giờ {minutes} phút" if hours else f"{minutes} phút"
