"""What an alert says to one official. No contents of documents, only number and subject."""

from dataclasses import dataclass
from datetime import datetime

from connectors.notify import words
from schemas.events import AlertState, DocumentAlert, Told
from schemas.reference import Reference

SIGNATURE = "Thư này do trục liên thông văn bản gửi tự động, xin đừng trả lời."


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A mail's words."""

    subject: str
    body: str

    @classmethod
    def of(cls, title: str, lines: list[str]) -> "Text":
        """Put a mail together."""
        return cls(subject=f"[Trục liên thông] {words.plain(title)}", body="\n".join([*lines, SIGNATURE]) + "\n")


def text(alert: DocumentAlert, person: Told, reference: Reference, now: datetime) -> Text:
    """Return what an official is told of an alert."""
    title = _kind(alert)[0]
    urgent = words.URGENCIES.get(alert.urgency, "").capitalize() if alert.urgency != "normal" else ""
    mark = "Đã xong" if alert.state is AlertState.RESOLVED else urgent
    return Text.of(
        f"{f'{mark}: ' if mark else ''}{title} — {alert.document_id or alert.about}",
        [
            greeting(person, reference, now),
            "",
            _happened(alert, reference),
            "",
            *_facts(alert, reference, now),
            "",
            _to_do(alert, reference, now),
            "",
            reason_to_write(alert, person, reference, now),
        ],
    )


def greeting(person: Told, reference: Reference, now: datetime) -> str:
    """Address an official by name, role and agency."""
    role = words.ROLES.get(person.role, words.plain(person.role))
    name = words.plain(person.name)
    return f"Kính gửi ông/bà {f'{name}, ' if name else ''}{role}, {words.agency(person.organ_id, reference, now)}:"


def reason_to_write(alert: DocumentAlert, person: Told, reference: Reference, now: datetime) -> str:
    """Say why it is this official who gets the mail."""
    role = words.ROLES.get(person.role, words.plain(person.role))
    side = _side(alert, person.organ_id, reference, now)
    return f"Ông/bà nhận thư này với vai trò {role}{f' của {side}' if side else ''}, theo danh mục cán bộ đầu mối."


def _kind(alert: DocumentAlert) -> tuple[str, str]:
    return words.KINDS.get(alert.kind, (words.plain(alert.kind), words.OTHER))


def _happened(alert: DocumentAlert, reference: Reference) -> str:
    title, happened = _kind(alert)
    if alert.state is AlertState.RESOLVED:
        return f"Việc đã kết thúc: {title}."
    return words.DONE_LATE if _is_over(alert, reference) else happened


def _facts(alert: DocumentAlert, reference: Reference, now: datetime) -> list[str]:
    said = {
        "Văn bản": alert.document_id,
        "Trích yếu": alert.subject,
        "Độ khẩn": words.URGENCIES.get(alert.urgency, alert.urgency),
        "Bên gửi": words.agency(alert.sender, reference, now),
        "Bên nhận": words.agency(alert.recipient, reference, now),
        "Cơ quan phải làm": words.agency(alert.debtor, reference, now) if alert.clock else "",
        "Hạn": words.moment(alert.deadline_at) if alert.clock else "",
        "Bước cảnh báo": words.step(alert.level, alert.number) if alert.clock else "",
        "Căn cứ": words.why(alert.why),
        "Mã giao nhận": alert.delivery_id,
    }
    return [f"- {name}: {words.plain(value)}" for name, value in said.items() if value]


def _to_do(alert: DocumentAlert, reference: Reference, now: datetime) -> str:
    """Say who must do what by when; nothing once it is over."""
    if _is_over(alert, reference):
        return "Không cần làm gì thêm."
    duty = words.DUTIES.get(alert.clock)
    if duty is None:
        return f"Việc cần làm: {words.TO_DO.get(alert.kind, 'xem xét và liên hệ người vận hành trục nếu cần')}."
    who = words.agency(alert.debtor, reference, now) or "cơ quan phụ trách"
    late = alert.deadline_at is not None and alert.deadline_at <= now
    by = f", hạn {words.moment(alert.deadline_at)}" if alert.deadline_at else ""
    return f"Việc cần làm: {words.plain(who)} {duty}{' ngay' if late else ''}{by}."


def _is_over(alert: DocumentAlert, reference: Reference) -> bool:
    """Tell whether nothing is left to do: an alert of a duty that was done late names, firing, the fact that ended it."""
    clock = reference.sla.clocks.get(alert.clock) if reference.sla else None
    return alert.state is AlertState.RESOLVED or (clock is not None and alert.why in clock.stops)


def _side(alert: DocumentAlert, organ_id: str, reference: Reference, now: datetime) -> str:
    """Say on which side of the matter an agency is; empty where it is on none."""
    sides = {
        alert.recipient: "cơ quan nhận",
        alert.sender: "cơ quan gửi",
        alert.debtor if alert.clock else "": "cơ quan phải làm",
    }
    if organ_id in sides:
        return sides[organ_id]
    if reference.sla and organ_id == reference.sla.axis.agency:
        return "đơn vị vận hành trục"
    day = now.astimezone(words.HERE).date()
    above = reference.directory.parents(alert.debtor, day) if reference.directory and alert.debtor else ()
    return "cơ quan cấp trên của cơ quan phải làm" if organ_id in {each.organ_id for each in above} else ""
