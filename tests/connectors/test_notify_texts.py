"""The words of the mails, whole, as officials read them; the demo's directory and rules."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from connectors.notify import texts, words
from connectors.notify.english import ENGLISH
from connectors.notify.tongues import Tongue
from connectors.notify.vietnamese import VIETNAMESE
from schemas.events import AlertState, Told
from schemas.reasons import sentence_vi
from tests.connectors.notify_desk import CLERK, MONDAY, alert
from tests.reference_files import demo, present

FIELD = re.compile(r"{[a-z_]+}")

TOLD_OF_A_DEADLINE = """\
Kính gửi ông/bà Trần Thị Bình, văn thư, Sở Y tế tỉnh X (000.00.17.H53):

Văn bản đã chuyển đến nhưng bên nhận chưa lấy về.

- Văn bản: 000.00.00.H53,2026-11-23,1234/UBND-KSTT
- Trích yếu: V/v kiểm tra an toàn thực phẩm
- Độ khẩn: thường
- Bên gửi: Ủy ban nhân dân tỉnh X (000.00.00.H53)
- Bên nhận: Sở Y tế tỉnh X (000.00.17.H53)
- Cơ quan phải làm: Sở Y tế tỉnh X (000.00.17.H53)
- Hạn: 11:00 23/11/2026
- Bước cảnh báo: nhắc trước hạn
- Căn cứ: văn bản đã chuyển đến nơi nhận
- Mã giao nhận: 00000000000000000000000000000000-000.00.17.H53

Việc cần làm: Sở Y tế tỉnh X (000.00.17.H53) lấy gói tin về hệ thống của mình, hạn 11:00 23/11/2026.

Ông/bà nhận thư này với vai trò văn thư của cơ quan phải làm, theo danh mục cán bộ đầu mối.
Thư này do trục liên thông văn bản gửi tự động, xin đừng trả lời.
"""


def body(person: Told = CLERK, after: timedelta = timedelta(0), tongue: Tongue = VIETNAMESE, **fields: Any) -> str:
    """Return what a person reads of an alert."""
    said = alert(MONDAY + after, **fields)
    return texts.text(said, person, demo(), said.occurred_at, tongue).body


def test_a_warning_says_who_owes_what_by_when() -> None:
    """By name: what happened, document, parties, deadline in Việt Nam's time, step, what to do, and why this official."""
    assert TOLD_OF_A_DEADLINE == body()


TOLD_IN_ENGLISH = """\
To Trần Thị Bình, clerk, Sở Y tế tỉnh X (000.00.17.H53):

The document was laid out, but the recipient has not fetched it.

- Document: 000.00.00.H53,2026-11-23,1234/UBND-KSTT
- Subject: V/v kiểm tra an toàn thực phẩm
- Urgency: normal
- Sender: Ủy ban nhân dân tỉnh X (000.00.00.H53)
- Recipient: Sở Y tế tỉnh X (000.00.17.H53)
- Who must act: Sở Y tế tỉnh X (000.00.17.H53)
- Due: 11:00 23/11/2026
- Step: reminder before it is due
- Because: the document was sent to the recipient
- Delivery: 00000000000000000000000000000000-000.00.17.H53

To do: Sở Y tế tỉnh X (000.00.17.H53) must fetch the packet, due 11:00 23/11/2026.

You get this mail as clerk of the agency that must act, by the list of contact officials.
This mail was sent by the document axis automatically; please do not answer it.
"""


def test_the_same_in_english() -> None:
    """Names of agencies and documents stay as they are."""
    assert TOLD_IN_ENGLISH == body(tongue=ENGLISH)


def test_a_later_step_says_that_it_is_late() -> None:
    """A repeat of step 3 after the deadline: overdue, told higher up, and to be done at once."""
    said = body(after=timedelta(hours=9), level=3, number=2)

    assert "- Bước cảnh báo: đã quá hạn, báo lên bước 3, nhắc lại lần 1\n" in said
    assert "lấy gói tin về hệ thống của mình ngay, hạn 11:00 23/11/2026.\n" in said


@pytest.mark.parametrize("number", [1, 3])
def test_the_end_leaves_nothing_to_do(number: int) -> None:
    """Resolved: the fact that ended it, and no duty."""
    said = body(state=AlertState.RESOLVED, why="received", number=number)

    assert "Việc đã kết thúc: Chưa nhận văn bản.\n" in said
    assert "- Căn cứ: bên nhận đã lấy văn bản\n" in said
    assert "Không cần làm gì thêm.\n" in said
    assert "Việc cần làm" not in said


def test_what_was_done_late_asks_for_nothing() -> None:
    """A duty that ended before anybody was warned fires once, naming the fact that ended it: no one must act any more."""
    said = body(why="received")

    assert "Việc đã làm xong nhưng chậm hơn hạn.\n" in said
    assert "Không cần làm gì thêm.\n" in said


def test_each_reader_is_told_why_he_is_one() -> None:
    """The sides of the matter, the agency above, the axis' own operator; one without a name is greeted by role."""
    parent = present(demo().directory).parents("000.00.17.H53", MONDAY.date())[0].organ_id
    desk = present(demo().sla).axis
    axis = Told(organ_id=desk.agency, role=desk.role, name="", mailbox="truc@tinhx.example")

    assert "văn thư của cơ quan phải làm," in body()
    assert "văn thư của cơ quan gửi," in body(Told(organ_id=parent, role="clerk", name="A", mailbox="a@b.example"))
    assert "văn thư của cơ quan cấp trên của cơ quan phải làm," in body(
        Told(organ_id=parent, role="clerk", name="A", mailbox="a@b.example"), sender="000.00.00.G01"
    )
    assert "người vận hành trục của đơn vị vận hành trục," in body(axis)
    assert body(axis).startswith("Kính gửi ông/bà người vận hành trục, ")


@pytest.mark.parametrize("kind", VIETNAMESE.kinds)
@pytest.mark.parametrize("tongue", words.TONGUES.values(), ids=list(words.TONGUES))
def test_every_kind_says_what_happened_and_what_to_do(kind: str, tongue: Tongue) -> None:
    """Nobody reads a code where a sentence is known; kinds without a clock say what their reader should do."""
    said = body(kind=kind, clock="", tongue=tongue)

    assert kind not in said.split()
    assert tongue.other not in said
    assert tongue.to_do_kind.partition("{")[0] in said


@pytest.mark.parametrize("tongue", words.TONGUES.values(), ids=list(words.TONGUES))
def test_every_clock_of_the_rules_has_its_words(tongue: Tongue) -> None:
    """Kinds, duties and facts of the demo's `sla.yaml`."""
    clocks = present(demo().sla).clocks.values()

    assert set() == {each.alert for each in clocks} - set(tongue.kinds)
    assert set() == {each.id for each in clocks} - set(tongue.duties)
    assert set() == {fact for each in clocks for fact in (each.starts, *each.stops)} - set(tongue.facts)


def test_every_language_says_everything() -> None:
    """What one tongue has words for, and what is put into a sentence, the other has as well."""
    vietnamese, *others = words.TONGUES.values()
    for each in fields(Tongue):
        mine = getattr(vietnamese, each.name)
        for other in others:
            theirs = getattr(other, each.name)
            if isinstance(mine, str):
                assert set(FIELD.findall(mine)) == set(FIELD.findall(theirs)), each.name
            else:
                assert set(mine) == set(theirs), each.name


def test_an_unknown_kind_is_still_told() -> None:
    """Rules may name what this version has no words for."""
    assert VIETNAMESE.other in body(kind="something_new", clock="")


def test_a_reason_code_is_said_as_a_sentence() -> None:
    """Codes of the closed list have one sentence, in one place."""
    assert f"- Căn cứ: {sentence_vi('SAME_ID_OTHER_BYTES')}\n" in body(why="SAME_ID_OTHER_BYTES")


def test_what_cannot_be_seen_is_not_written() -> None:
    """Line breaks, directions and lone surrogates of a stranger's text."""
    assert "- Trích yếu: V/v a b c\n" in body(subject="V/v\r\n a\u202eb\ud800 c\x00")
