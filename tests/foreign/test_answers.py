"""A province that the repository did not grow up with: who is meant, where packets go, and why not, in words that are true."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra.cli import cli
from infra.clock import set_clock
from tests.foreign import packets
from tests.foreign.conftest import NINE
from tests.foreign.house import ROOT_ID, House
from tests.foreign.paper import signed_paper

WHO = [
    # asked, on, organ_id, successors, reason code, what its sentence says
    ("H71", "2026-11-27", ROOT_ID, [], None, ""),
    ("05.H71", "2026-11-27", "000.00.04.H71", ["000.00.04.H71"], None, ""),
    ("000.00.06.H71", "2024-01-01", "000.00.07.H71", ["000.00.07.H71"], None, ""),
    ("000.00.06.H71", "2026-11-27", "000.00.08.H71", ["000.00.07.H71", "000.00.08.H71"], None, ""),
    ("000.01.61.H71", "2025-06-30", "000.01.61.H71", [], None, ""),
    ("000.01.61.H71", "2025-07-01", "H71.XA.061", ["H71.XA.061"], None, ""),
    ("000.03.61.H71", "2026-11-27", "000.03.61.H71", [], None, ""),
    ("60.H71", "2026-11-27", "H71.XA.060", ["H71.XA.060"], None, ""),
    ("H71.XA.090", "2026-11-27", "H71.XA.060", ["H71.XA.060"], None, ""),
    ("\ufeffh71.\u200bxa.060 ", "2026-11-27", "H71.XA.060", [], None, ""),
    ("000.0110.H71", "2026-11-27", "000.01.10.H71", [], None, ""),
    ("000.00.67.H71", "2026-11-27", None, [], "RECIPIENT_AMBIGUOUS", "huyện số 67 đã chia thành H71.XA.067, H71.PH.067)"),
    ("67.H71", "2026-11-27", None, [], "RECIPIENT_AMBIGUOUS", "huyện số 67 đã chia thành"),
    ("HAIMAT", "2026-11-27", None, [], "RECIPIENT_AMBIGUOUS", "(có thể là 000.00.01.H71, 000.00.02.H71)"),
    ("000.00.09.H71", "2026-11-27", None, [], "RECIPIENT_CLOSED", "(Ban Quản lý dự án cầu Q, đến hết 31/12/2024)"),
    ("H71.XA.060", "2025-06-30", None, [], "RECIPIENT_UNKNOWN", "H71.XA.060 (chỉ có từ 01/07/2025)"),
    ("UBQ", "2026-11-27", None, [], "RECIPIENT_UNKNOWN", "UBQ (chỉ dùng đến hết 31/12/2024)"),
    ("000.00.99.H71", "2026-11-27", None, [], "RECIPIENT_UNKNOWN", "danh bạ: 000.00.99.H71."),
]  # fmt: skip


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Return a var/ whose clock stands at nine."""
    set_clock(tmp_path / "var" / "clock.json", "stepped", at=NINE)
    return tmp_path / "var"


def ask(house: House, var: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Return exit code and the one JSON object of a command."""
    command = [*words, "--reference", str(house.folder), "--json"]
    result = CliRunner().invoke(cli, command, env={"LIENTHONG_VAR": str(var)})
    return result.exit_code, json.loads(result.stdout)


def packet(house: House, var: Path, sender: str, recipients: list[str], **more: Any) -> str:
    """Write a signed packet; return its path."""
    signer = ROOT_ID if sender == "H71" else sender
    path = var / "packet.edxml"
    path.write_bytes(packets.document(sender, recipients, "7", signed_paper(house, signer, "7"), **more))
    return str(path)


@pytest.mark.parametrize("kind", ["directory", "contacts", "sla", "document_types", "routes", "identities", "trust", "crl"])  # fmt: skip
def test_its_data_are_sound(house: House, var: Path, kind: str) -> None:
    """`reference check` finds nothing."""
    assert (0, {"ok": True, "errors": []}) == (
        (found := ask(house, var, "reference", "check", kind, str(house.folder)))[0],
        {name: found[1][name] for name in ("ok", "errors")},
    )


@pytest.mark.parametrize("case", WHO, ids=lambda case: f"{case[0]!r}-{case[1]}")
def test_who_is_meant(house: House, var: Path, case: tuple[str, str, str | None, list[str], str | None, str]) -> None:
    """Over mergers, splits, renamings and closings; where nobody is meant the sentence says what is known all the same."""
    asked, on, organ_id, successors, code, says = case
    exit_code, found = ask(house, var, "agency", asked, "--on", on)

    assert (organ_id, successors, code) == (found["organ_id"], found["successors"], found["code"])
    assert (0 if code is None else 1) == exit_code
    assert says in found["sentence_vi"]


@pytest.mark.parametrize(
    "case",
    [
        (ROOT_ID, ["000.01.10.H71"], {}, "ROUTE_NOT_ALLOWED", "000.01.10.H71 (quy tắc hospital-closed)"),
        ("000.00.00.G22", ["000.00.00.G09"], {}, "ROUTE_NOT_ALLOWED", "(không có quy tắc nào cho phép)"),
        ("H71.XA.061", ["000.00.00.G22"], {}, "ROUTE_NOT_ALLOWED", "(quy tắc communes-not-up)"),
        (ROOT_ID, ["000.00.01.W00"], {}, "RECIPIENT_CLOSED", "000.00.01.W00 (không phải nơi nhận văn bản)"),
        (ROOT_ID, ["000.00.10.H71"], {"type_name": "Tờ trình"}, "TYPE_NOT_ACCEPTED", "000.00.10.H71"),
        ("000.00.05.H71", [ROOT_ID], {}, "SENDER_NOT_ALLOWED", "(đã ngừng hoạt động, đến hết 28/02/2025, nay là 000.00.04.H71)"),
        (ROOT_ID, ["000.00.02.H71"], {"id_of": "000.00.02.H71"}, "SENDER_NOT_ALLOWED", "000.00.02.H71 (mã cơ quan trong mã định danh"),
        ("000.00.98.H71", [ROOT_ID], {}, "SENDER_UNKNOWN", "000.00.98.H71"),
    ],
)  # fmt: skip
def test_why_it_goes_nowhere(house: House, var: Path, case: tuple[str, list[str], dict[str, Any], str, str]) -> None:
    """The sentence names the rule, the successor, or the code that is wrong: not another cause."""
    sender, recipients, more, code, says = case
    exit_code, found = ask(house, var, "route", packet(house, var, sender, recipients, **more))

    (refusal,) = found["refusals"]
    assert (1, code, recipients) == (exit_code, refusal["code"], [refusal["addressed"]])
    assert says in refusal["sentence_vi"]


@pytest.mark.parametrize("spelling", [{"prefix": ""}, {"prefix": "q", "backwards": True}, {"backwards": True}])
def test_a_packet_of_another_hand_passes(house: House, var: Path, spelling: dict[str, Any]) -> None:
    """Own PKI whose root has a path length, own PDF, any prefix, any order, a byte order mark: everything is answered at once."""
    recipients = ["H71.04", "05.H71", "000.01.61.H71", "000.00.00.H83"]
    file = packet(house, var, "H71", recipients, type_name="Báo cáo", priority=3, **spelling)
    exit_code, found = ask(house, var, "preflight", file)

    assert (0, True, "signed", []) == (exit_code, found["ok"], found["verdict"]["state"], found["refusals"])
    assert {
        "000.00.04.H71": ({"H71.04", "05.H71"}, "inside-q"),
        "H71.XA.061": ({"000.01.61.H71"}, "inside-q"),
        "000.00.00.H84": ({"000.00.00.H83"}, "out"),
    } == {each["organ_id"]: (set(each["addressed"]), each["rule"]) for each in found["deliveries"]}
    assert {("hoa_toc", False)} == {(each["lane"], each["paper"]) for each in found["deliveries"]}
