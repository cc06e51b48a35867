"""The words of a mail, in Vietnamese: kinds of alerts, duties, facts, roles, and names of agencies; moments in Việt Nam's time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.reasons import REASONS, sentence_vi
from schemas.reference import Reference

HERE = ZoneInfo("Asia/Ho_Chi_Minh")

KINDS = {
    "incoming": ("Văn bản đến", "Có văn bản điện tử gửi đến, đang chờ cơ quan tiếp nhận."),
    "not_received": ("Chưa nhận văn bản", "Văn bản đã chuyển đến nhưng bên nhận chưa lấy về."),
    "status_missing": ("Chưa phản hồi trạng thái", "Bên nhận đã lấy văn bản nhưng chưa phản hồi trạng thái xử lý."),
    "overdue": ("Văn bản đến hạn xử lý", "Văn bản đã tiếp nhận nhưng chưa được báo hoàn thành."),
    "recall_unanswered": ("Chưa trả lời yêu cầu lấy lại", "Yêu cầu lấy lại hoặc cập nhật văn bản chưa được trả lời."),
    "late_dispatch": ("Gửi văn bản chậm", "Văn bản đã ký được gửi lên trục chậm hơn quy định."),
    "verification_late": ("Xác thực chậm", "Văn bản đã gửi lên trục nhưng chưa có kết quả xác thực chữ ký."),
    "same_id_other_bytes": ("Trùng mã văn bản", "Có gói tin khác nội dung dùng lại mã của một văn bản đã chuyển."),
    "recipient_unknown": (
        "Không rõ nơi nhận",
        "Mã nơi nhận không có trong danh mục; văn bản được chuyển về cơ quan gốc.",
    ),
    "status_orphan": ("Trạng thái không rõ văn bản", "Có trạng thái về một văn bản mà trục chưa từng chuyển."),
    "older_unknown": (
        "Không rõ văn bản cũ",
        "Văn bản cập nhật hoặc thay thế nêu một văn bản mà trục chưa từng chuyển.",
    ),
    "contested": ("Trạng thái mâu thuẫn", "Bên nhận vừa báo từ chối vừa báo tiếp nhận cùng một văn bản."),
    "directory_gap": ("Thiếu cán bộ đầu mối", "Danh mục chưa có cán bộ đầu mối cho một bước cảnh báo."),
}
"""Kind of alert -> title, what happened."""

OTHER = "Trục liên thông báo một việc cần chú ý."
DONE_LATE = "Việc đã làm xong nhưng chậm hơn hạn."

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

TO_DO = {
    "incoming": "lấy gói tin về, kiểm tra rồi tiếp nhận (03) hoặc từ chối có lý do (02)",
    "same_id_other_bytes": "kiểm tra văn bản; nội dung mới phải gửi với mã mới, hoặc gửi dạng cập nhật, thay thế",
    "recipient_unknown": "kiểm tra mã nơi nhận, chuyển tiếp hoặc trả lại văn bản",
    "status_orphan": "kiểm tra mã văn bản trong trạng thái đã gửi",
    "older_unknown": "kiểm tra mã của văn bản cũ ghi trong văn bản mới",
    "contested": "liên hệ bên nhận và xác định trạng thái đúng",
    "directory_gap": "bổ sung cán bộ đầu mối vào danh mục",
}
"""Kind of alert that no clock measures -> what who gets the mail should do."""

FACTS = {
    "submitted": "văn bản đã gửi lên trục",
    "signed": "chữ ký đã được xác thực",
    "signed_at": "văn bản đã được ký",
    "dispatched": "văn bản đã chuyển đến nơi nhận",
    "received": "bên nhận đã lấy văn bản",
    "received_in_time": "việc đã xong trong hạn, tin báo đến muộn",
    "refused": "văn bản đã bị từ chối",
    "take_back_asked": "bên gửi đã yêu cầu lấy lại hoặc cập nhật",
    "01": "văn bản đã đến bên nhận (01)",
    "02": "bên nhận đã từ chối (02)",
    "03": "bên nhận đã tiếp nhận (03)",
    "04": "đã phân công xử lý (04)",
    "05": "đang xử lý (05)",
    "06": "đã hoàn thành (06)",
    "13": "bên gửi đã yêu cầu lấy lại (13)",
    "15": "bên nhận đồng ý cho lấy lại (15)",
    "16": "bên nhận từ chối cho lấy lại (16)",
}
"""Fact that starts or ends a duty -> how people say it."""

URGENCIES = {"normal": "thường", "khan": "khẩn", "thuong_khan": "thượng khẩn", "hoa_toc": "hỏa tốc"}
ROLES = {"clerk": "văn thư", "head_of_office": "chánh văn phòng", "axis_operator": "người vận hành trục"}
STEPS = {0: "nhắc trước hạn", 1: "đã quá hạn"}


def step(level: int, number: int) -> str:
    """Name a step of the ladder."""
    said = STEPS.get(level, f"đã quá hạn, báo lên bước {level}")
    return f"{said}, nhắc lại lần {number - 1}" if number > 1 else said


def why(code: str) -> str:
    """Say a fact, a reason or a role in words; a code that has none as it is."""
    if code in REASONS:
        return sentence_vi(code)
    return FACTS.get(code) or ROLES.get(code) or code


def moment(at: datetime | None) -> str:
    """Return a moment as people write it; empty for none."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" if at else ""


def agency(organ_id: str, reference: Reference, now: datetime) -> str:
    """Return an agency's name and code; the code alone where the directory does not know it."""
    if not organ_id or reference.directory is None:
        return organ_id
    found = reference.directory.last_known(organ_id, now.astimezone(HERE).date())
    return f"{found.name} ({organ_id})" if found else organ_id


def plain(value: str) -> str:
    """Return a stranger's text as one line that shows what it is: no line breaks, no characters that cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())
