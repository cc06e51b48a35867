"""Options of a signature policy that let through what is otherwise refused or held; whoever uses them is told, each time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from schemas.reference.signature_policy import SignaturePolicy, SignatureRule


@dataclass(frozen=True, slots=True)
class Danger:
    """One option as it is set."""

    rule: str
    """Id of the rule; empty: of the whole policy."""

    option: str
    """`name: value` as in signature_policy.yaml."""

    sentence_vi: str


def dangers_of(policy: SignaturePolicy) -> tuple[Danger, ...]:
    """Name every dangerous option of a policy."""
    compared = policy.compare_each > 0
    whole = () if compared else (Danger("", "compare_each: 0", "Không tệp nào được hai bộ đọc đối chiếu."),)
    return (*whole, *(each for rule in policy.rules for each in _of_rule(rule)))


def _of_rule(rule: SignatureRule) -> Iterator[Danger]:
    if not rule.required:
        yield Danger(rule.id, "required: []", "Văn bản chính không cần chữ ký nào.")
    if rule.unsigned == "information":
        yield Danger(rule.id, "unsigned: information", "Văn bản không ký vẫn được chuyển, chỉ để tham khảo.")
    if rule.signer_not_sender == "warn":
        yield Danger(rule.id, "signer_not_sender: warn", "Chữ ký của cơ quan khác cơ quan gửi vẫn được chấp nhận.")
    if rule.envelope == "ignore":
        yield Danger(rule.id, "envelope: ignore", "Chữ ký của gói tin không được xem, kể cả khi bị giả mạo.")
    if rule.crl_grace > timedelta(0):
        yield Danger(rule.id, "crl_grace", "Danh sách thu hồi quá hạn vẫn được dùng một thời gian.")
    given = sorted(name for name, what in rule.on_indeterminate.items() if what == "provisional")
    for name in given:
        sentence = "Văn bản chưa xác minh được vẫn được giao tạm, có thể bị thu hồi sau."
        yield Danger(rule.id, f"on_indeterminate: {{{name}: provisional}}", sentence)
