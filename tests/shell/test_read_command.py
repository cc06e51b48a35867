"""`lienthong read`: fields, exit codes, and every sample's outcome (cli.md)."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra import packets
from infra.cli import cli
from infra.clock import set_clock
from infra.settings import Settings
from schemas.edxml import Limits

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
FIELDS = {
    "file", "ok", "kind", "document_id", "sender", "recipients", "business_type", "priority", "due_date", "subject", "attachments",
    "notes", "refusal",
}  # fmt: skip
CODE = re.compile(r"`([A-Z_]{6,})`")


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Return a var/ whose clock stands at noon on the day of the samples."""
    set_clock(tmp_path / "clock.json", "stepped", at=NOON)
    return tmp_path


def run(var: Path, *arguments: str | Path, **environment: str) -> Result:
    """Run the command line."""
    words = [str(each) for each in arguments]
    return CliRunner().invoke(cli, words, env={"LIENTHONG_VAR": str(var), **environment})


def answers(result: Result) -> list[dict[str, Any]]:
    """Return what was said, one JSON object a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def expected() -> dict[str, tuple[bool, str]]:
    """Read the README of the samples: file -> whether it is read, and the code where it is not."""
    found = {}
    for row in (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        folder, slash, names = cells[0].partition("/")
        if len(cells) != 3 or not (slash or cells[0].endswith(".edxml")):
            continue
        for name in names.split(" · ") if slash else [cells[0].removesuffix(".edxml")]:
            code = CODE.search(cells[2])
            path = f"{folder}/{name}.edxml" if slash else f"{name}.edxml"
            by_reader = code is not None and not code[1].startswith("XML_REF")
            found[path] = (not by_reader, code[1] if code and by_reader else "")
    return found


def test_every_sample_ends_as_its_readme_says(var: Path) -> None:
    """In one call: exit 1, because some are refused; the verifier's samples are read."""
    files = sorted(SAMPLES.rglob("*.edxml"))
    result = run(var, "read", "--json", *files)
    found = {
        Path(each["file"]).relative_to(SAMPLES).as_posix(): (each["ok"], (each["refusal"] or {"code": ""})["code"])
        for each in answers(result)
    }

    assert (1, expected()) == (result.exit_code, found)
    assert len(files) == len(found)


def test_a_document_in_full(var: Path) -> None:
    """Every field that scripts rely on; codes as addressed, ids as normalised."""
    result = run(var, "--json", "read", SAMPLES / "document.edxml")
    [answer] = answers(result)

    assert (0, True) == (result.exit_code, set(answer) >= FIELDS)
    assert {
        "ok": True,
        "kind": "document",
        "document_id": "000.00.00.H53,2026-11-23,1234/UBND-KSTT",
        "sender": "000.00.00.H53",
        "recipients": ["000.00.05.H53", "000.21.31.H53", "000.00.00.G22"],
        "business_type": 0,
        "priority": 1,
        "due_date": "2026-11-30",
        "notes": [],
        "refusal": None,
    }.items() <= answer.items()
    [attachment] = answer["attachments"]
    assert ("1234-UBND-KSTT.signed.pdf", "application/pdf", 125, 64) == (
        attachment["name"],
        attachment["media_type"],
        attachment["size"],
        len(attachment["sha256"]),
    )


def test_a_status_in_full(var: Path) -> None:
    """Who said what, when, with the offset of Vietnam."""
    [answer] = answers(run(var, "read", SAMPLES / "variants/status-13-take-back.edxml", "--json"))

    assert set(answer) >= FIELDS
    assert ("status", "000.00.00.H53", ["000.21.31.H53"]) == (answer["kind"], answer["sender"], answer["recipients"])
    assert {
        "code": "13",
        "at": "2026-11-23T09:05:00+07:00",
        "by": "000.00.00.H53",
        "reason": "Văn thư yêu cầu lấy lại: gửi nhầm nơi nhận",
    } == answer["status"]


def test_a_refusal_in_full(var: Path) -> None:
    """Code, element, sentence; whose packet it was as far as that could be read."""
    [answer] = answers(run(var, "read", SAMPLES / "hostile/missing-required.edxml", "--json"))

    assert set(answer) >= FIELDS
    assert (False, "", "000.00.00.H53") == (answer["ok"], answer["document_id"], answer["sender"])
    assert {
        "code": "MISSING_FIELD",
        "element": "MessageHeader/DocumentId",
        "sentence_vi": "Thiếu thành phần bắt buộc MessageHeader/DocumentId.",
    } == answer["refusal"]


def test_people_read_vietnamese(var: Path) -> None:
    """Without --json: the sentence for what is refused, the values for what is read."""
    result = run(
        var, "read", SAMPLES / "hostile/xxe.edxml", SAMPLES / "status.edxml", SAMPLES / "variants/old-namespace.edxml"
    )

    assert 1 == result.exit_code
    assert "DTD_FORBIDDEN\n  Gói tin hoặc tệp XML được ký có khai báo DTD" in result.stdout
    assert "status: code: 03" in result.stdout
    assert "notes: old_namespace" in result.stdout


def test_the_axis_clock_and_the_words_decide(var: Path, tmp_path: Path) -> None:
    """A week earlier the document lies in the future; with words of one's own it is a secret; without a list none is."""
    words = tmp_path / "reference"
    words.mkdir()
    assert 0 == run(var, "--reference", words, "read", SAMPLES / "document.edxml").exit_code
    (words / "secrecy.yaml").write_text("version: 1\nwords: [rà soát]\nfields: [Subject]\n", encoding="utf-8")
    [secret] = answers(run(var, "--reference", words, "read", SAMPLES / "document.edxml", "--json"))
    set_clock(var / "clock.json", "stepped", at=datetime(2026, 11, 16, 5, tzinfo=UTC))
    [early] = answers(run(var, "read", SAMPLES / "document.edxml", "--json"))

    assert ["SECRET_FORBIDDEN", "DATE_IN_FUTURE"] == [each["refusal"]["code"] for each in (secret, early)]


def test_an_unsound_list_of_words_is_a_fault_of_the_environment(var: Path, tmp_path: Path) -> None:
    """Exit 2, with what to do."""
    (tmp_path / "secrecy.yaml").write_text("words: 7", encoding="utf-8")
    result = run(var, "--reference", tmp_path, "read", SAMPLES / "document.edxml")

    assert (2, True) == (result.exit_code, "reference check secrecy" in result.stderr)


def test_a_file_that_is_not_there_is_usage(var: Path) -> None:
    """Exit 2."""
    assert 2 == run(var, "read", var / "nothing.edxml").exit_code


def test_the_limits_are_settings(var: Path) -> None:
    """The defaults are the reader's own; each can be changed."""
    assert Limits() == packets.limits(Settings())
    assert Limits(packet_bytes=2**20, attachments=3, depth=5, zip_ratio=7) == packets.limits(
        Settings(packet_mb=1, attachments=3, xml_depth=5, zip_ratio=7)
    )
    [answer] = answers(run(var, "read", SAMPLES / "document.edxml", "--json", LIENTHONG_XML_DEPTH="4"))
    assert "RESOURCE_LIMIT" == answer["refusal"]["code"]
