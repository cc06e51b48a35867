"""What follow-up receipts and notes say to people, in Vietnamese; a sentence depends on its event alone, so it never changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.events import Act, DocumentAcknowledged, DocumentDispatched, DocumentHeld, DocumentRepeated
from schemas.reasons import REASONS, Party, sentence_vi

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOBODY = ""

CODES = {
    "01": ("đã đến", Party.RECIPIENT),
    "02": ("từ chối tiếp nhận", Party.SENDER),
    "03": ("đã tiếp nhận", Party.RECIPIENT),
    "04": ("đã phân công xử lý", Party.RECIPIENT),
    "05": ("đang xử lý", Party.RECIPIENT),
    "06": ("đã hoàn thành", NOBODY),
    "13": ("yêu cầu lấy lại", Party.RECIPIENT),
    "15": ("đồng ý lấy lại hoặc cập nhật", NOBODY),
    "16": ("từ chối lấy lại hoặc cập nhật", Party.SENDER),
}
"""Status code -> what it says, who must act next (QCVN 102:2016)."""

ACTS = {
    Act.DELIVER: "Trục đã định tuyến văn bản tới cơ quan {recipient}; gói tin đang trên đường đến hộp nhận.",
    Act.UPDATE: "Trục đã định tuyến bản cập nhật tới cơ quan {recipient}; gói tin đang trên đường đến hộp nhận.",
    Act.REPLACE: "Trục đã định tuyến văn bản thay thế tới cơ quan {recipient}; gói tin đang trên đường đến hộp nhận.",
    Act.RECALL: "Trục đã chuyển yêu cầu thu hồi văn bản tới cơ quan {recipient}.",
}
RECALLED = "Bên gửi hoặc trục thu hồi văn bản {document_id}. "
WITHDRAWN = RECALLED + "Gói tin chưa được lấy và đã được rút khỏi hộp nhận."
TAKEN = RECALLED + "Gói tin đã được lấy: hãy hủy trong sổ văn bản đến và phản hồi."


def local(at: datetime) -> str:
    """Return a moment in ISO 8601 with the offset of Việt Nam."""
    return at.astimezone(HERE).isoformat()


def clock_time(at: datetime) -> str:
    """Return a moment as people write it."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}"


def held(event: DocumentHeld) -> tuple[str, str]:
    """Return the sentence and who must act."""
    code = next((reason for reason in event.verdict.reasons if reason in REASONS), "")
    why = f" {sentence_vi(code)}" if code else ""
    again = clock_time(event.next_try_at)
    return f"Văn bản đang được giữ lại, chưa đủ căn cứ xác thực.{why} Trục sẽ thử lại lúc {again}.", who_acts(code)


def dispatched(event: DocumentDispatched) -> tuple[str, str]:
    """Return the sentence and who must act."""
    sentence = ACTS[event.act].format(recipient=event.recipient)
    if event.provisional:
        sentence += " Văn bản được chuyển tạm thời, kết quả xác thực sau cùng sẽ được báo tiếp."
    return sentence, Party.RECIPIENT if event.mode == "pull" or event.act is Act.RECALL else Party.AXIS


def acknowledged(event: DocumentAcknowledged) -> tuple[str, str]:
    """Return the sentence and who must act."""
    meaning, acts = CODES.get(event.code, ("trạng thái không có trong danh mục", NOBODY))
    about = f" về văn bản gửi tới {event.recipient}" if event.said_by != event.recipient else ""
    reason = f" Nội dung: {event.reason}" if event.reason else ""
    return f"Cơ quan {event.said_by} báo {event.code}, {meaning}{about}.{reason}", acts


def repeated(event: DocumentRepeated) -> tuple[str, str]:
    """Return the sentence and who must act."""
    count = len(event.deliveries)
    first = f"đã chuyển tới {count} nơi nhận" if count else "xem biên nhận của lần gửi đầu"
    return f"Gói tin trùng hoàn toàn với gói đã gửi trước. Trục không gửi lại; kết quả như lần đầu: {first}.", NOBODY


def who_acts(code: str) -> str:
    """Return who must act on a reason code; the operator where nobody says."""
    return REASONS[code].acts if code in REASONS else Party.OPERATOR
