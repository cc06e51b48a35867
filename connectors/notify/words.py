"""What an alert says to one official, in Vietnamese; moments in Việt Nam's time. No contents of documents, only number and subject."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.events import AlertState, DocumentAlert, Told
from schemas.reference import Reference

HERE = ZoneInfo("Asia/Ho_Chi_Minh")

KINDS = {
    "incoming": ("Văn bản đến", "Có văn bản điện tử gửi đến, đang chờ cơ quan tiếp nhận."),
    "not_received": ("Chưa nhận văn bản", "Văn bản đã chuyển đến nhưng bên nhận chưa lấy về."),
    "status_missing": ("Chưa phản hồi trạng thái", "Bên nhận đã lấy văn bản nhưng chưa phản hồi trạng thái xử lý."),
    "overdue": ("Văn bản quá hạn", "Văn bản chưa được báo hoàn thành đúng hạn."),
    "recall_unanswered": ("Chưa trả lời yêu cầu lấy lại", "Yêu cầu lấy lại hoặc cập nhật văn bản chưa được trả lời."),
    "late_dispatch": ("Gửi văn bản chậm", "Văn bản đã ký được gửi lên trục chậm hơn quy định."),
    "verification_late": ("Xác thực chậm", "Văn bản đã gửi lên trục nhưng chưa có kết quả xác thực chữ ký."),
    "same_id_other_bytes": ("Trùng mã văn bản", "Có gói tin khác nội dung dùng lại mã của một văn bản đã chuyển."),
    "recipient_unknown": (
        "Không rõ nơi nhận",
        "Mã nơi nhận không có trong danh mục; văn bản được chuyển về cơ quan gốc.",
    ),
    "status_orphan": ("Trạng thái không rõ văn bản", "Có trạng thái về một văn bản mà trục chưa từng chuyển."),
    "directory_gap": ("Thiếu cán bộ đầu mối", "Danh mục chưa có cán bộ đầu mối cho một bước cảnh báo."),
}
"""Kind of alert -> title, what happened."""

DUTIES = {
    "transport": "lấy gói tin về hệ thống của mình",
    "intake": "tiếp nhận (03) hoặc từ chối có lý do (02)",
    "assignment": "phân công xử lý (04)",
    "completion": "báo hoàn thành (06)",
    "recall_answer": "đồng ý (15) hoặc từ chối (16) yêu cầu lấy lại",
    "verification": "xác thực chữ ký của văn bản",
    "dispatch": "gửi văn bản lên trục",
}
"""Clock -> what its debtor must do now."""

URGENCIES = {"normal": "thường", "khan": "khẩn", "thuong_khan": "thượng khẩn", "hoa_toc": "hỏa tốc"}
ROLES = {"clerk": "văn thư", "head_of_office": "chánh văn phòng", "axis_operator": "người vận hành trục"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A mail's words."""

    subject: str
    body: str


def text(alert: DocumentAlert, person: Told, reference: Reference, now: datetime) -> Text:
    """Return what an official is told of an alert."""
    title, happened = KINDS.get(alert.kind, (alert.kind, "Trục liên thông báo một việc cần chú ý."))
    over = alert.state is AlertState.RESOLVED
    mark = "Đã xong" if over else URGENCIES.get(alert.urgency, "").capitalize() if alert.urgency != "normal" else ""
    document = alert.document_id or alert.about
    lines = [
        f"Kính gửi {person.name or 'ông/bà'} ({ROLES.get(person.role, person.role)}, {_agency(person.organ_id, reference, now)}),",
        "",
        f"Việc đã kết thúc: {title.lower()}. Không cần làm gì thêm." if over else happened,
        "",
        *_facts(alert, reference, now),
        "",
        *_next(alert, reference, now),
        "Thư này do trục liên thông văn bản gửi tự động; cán bộ đầu mối lấy từ danh mục của cơ quan.",
    ]
    subject = f"[Trục liên thông] {f'{mark}: ' if mark else ''}{title} — {document}"
    return Text(subject=" ".join(subject.split()), body="\n".join(lines) + "\n")


def _facts(alert: DocumentAlert, reference: Reference, now: datetime) -> list[str]:
    said = {
        "Văn bản": alert.document_id,
        "Trích yếu": alert.subject,
        "Độ khẩn": URGENCIES.get(alert.urgency, alert.urgency),
        "Bên gửi": _agency(alert.sender, reference, now),
        "Bên nhận": _agency(alert.recipient, reference, now),
        "Cơ quan phải làm": _agency(alert.debtor, reference, now),
        "Hạn": moment(alert.deadline_at),
        "Bước cảnh báo": f"{alert.level}" + (f", lần {alert.number}" if alert.number > 1 else "")
        if alert.clock
        else "",
        "Lý do": alert.why,
        "Mã giao nhận": alert.delivery_id,
    }
    return [f"- {name}: {' '.join(value.split())}" for name, value in said.items() if value]


def _next(alert: DocumentAlert, reference: Reference, now: datetime) -> list[str]:
    """Say who must do what by when; nothing once it is over."""
    duty = DUTIES.get(alert.clock)
    if alert.state is AlertState.RESOLVED or duty is None:
        return []
    by = f" trước {moment(alert.deadline_at)}" if alert.deadline_at else ""
    return [f"Việc cần làm: {_agency(alert.debtor, reference, now) or 'cơ quan phụ trách'} {duty}{by}.", ""]


def moment(at: datetime | None) -> str:
    """Return a moment as people write it; empty for none."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" if at else ""


def _agency(organ_id: str, reference: Reference, now: datetime) -> str:
    """Return an agency's name and code; the code alone where the directory does not know it."""
    if not organ_id or reference.directory is None:
        return organ_id
    found = reference.directory.last_known(organ_id, now.astimezone(HERE).date())
    return f"{found.name} ({organ_id})" if found else organ_id
