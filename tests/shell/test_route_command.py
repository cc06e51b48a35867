"""`lienthong route`: where a packet would go and why, by the router's own plan (cli.md)."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.clock import set_clock
from infra.demo.province import REFERENCE

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DOCUMENT = SAMPLES / "document.edxml"
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
FIELDS = {"document_id", "deliveries", "refusals", "directory_version"}
OF_A_DELIVERY = {"addressed", "organ_id", "endpoint", "hops", "lane", "paper", "notes", "rule"}
HEALTH, OLD_DISTRICT = "000.00.17.H53", "000.00.30.H53"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Return a var/ whose clock stands at noon on the day of the samples."""
    set_clock(tmp_path / "var" / "clock.json", "stepped", at=NOON)
    return tmp_path / "var"


def run(var: Path, *words: str | Path, reference: Path | None = REFERENCE) -> Result:
    """Run the command line."""
    named = ["--reference", str(reference)] if reference else []
    return CliRunner().invoke(cli, ["route", *map(str, words), *named], env={"LIENTHONG_VAR": str(var)})


def answer(result: Result) -> dict[str, Any]:
    """Return the one JSON object on stdout."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def to(var: Path, *recipients: str) -> Path:
    """Return the strict sample, addressed to other agencies."""
    text = DOCUMENT.read_text(encoding="utf-8")
    first, last = text.index("<edXML:To>"), text.rindex("</edXML:To>") + len("</edXML:To>")
    one = text[first : text.index("</edXML:To>") + len("</edXML:To>")]
    code = one.partition("<edXML:OrganId>")[2].partition("<")[0]
    packet = var / "packet.edxml"
    packet.write_text(
        text[:first] + "".join(one.replace(code, each) for each in recipients) + text[last:], encoding="utf-8"
    )
    return packet


def test_every_recipient_has_its_way(var: Path) -> None:
    """The strict sample: three recipients, three deliveries, each with endpoint, path and rule; exit 0."""
    result = run(var, DOCUMENT, "--json")
    found = answer(result)

    assert (0, [], True) == (result.exit_code, found["refusals"], set(found) >= FIELDS)
    assert all(set(each) >= OF_A_DELIVERY for each in found["deliveries"])
    assert [("within-province", 2), ("within-province", 2), ("to-national", 3)] == [
        (each["rule"], len(each["hops"])) for each in found["deliveries"]
    ]
    assert 64 == len(found["directory_version"])


def test_a_code_nobody_knows_is_refused_alone(var: Path) -> None:
    """The other recipient still has its way; the answer is no."""
    result = run(var, to(var, HEALTH, "000.00.98.H53"), "--json")
    found = answer(result)

    assert (1, [HEALTH]) == (result.exit_code, [each["organ_id"] for each in found["deliveries"]])
    [refusal] = found["refusals"]
    assert ("000.00.98.H53", "RECIPIENT_UNKNOWN") == (refusal["addressed"], refusal["code"])
    assert "000.00.98.H53" in refusal["sentence_vi"]


def test_two_codes_of_one_agency_are_one_delivery(var: Path) -> None:
    """The malformed code of an old list and the right one."""
    found = answer(run(var, to(var, HEALTH, "000.0017.H53"), "--json"))

    assert [[HEALTH, "000.0017.H53"]] == [each["addressed"] for each in found["deliveries"]]


def test_the_day_decides_who_is_meant(var: Path) -> None:
    """A district that ended in 2025: itself on its last day, its successor with a note since."""
    packet = to(var, OLD_DISTRICT)
    then, since = (answer(run(var, packet, "--on", day, "--json")) for day in ("2025-06-30", "2026-11-23"))

    assert [OLD_DISTRICT] == [each["organ_id"] for each in then["deliveries"]]
    [rerouted] = since["deliveries"]
    assert ("000.00.40.H53", [f"rerouted:{OLD_DISTRICT}"]) == (rerouted["organ_id"], rerouted["notes"])


def test_a_sender_that_may_not_send_is_refused_for_every_recipient(var: Path) -> None:
    """The number belongs to another agency: SENDER_NOT_ALLOWED, and the sentence names the sender, not the recipient."""
    packet = to(var, HEALTH)
    text = packet.read_text(encoding="utf-8")
    packet.write_text(
        text.replace("<edXML:OrganId>000.00.00.H53<", "<edXML:OrganId>000.00.05.H53<", 1), encoding="utf-8"
    )
    found = answer(run(var, packet, "--json"))

    [refusal] = found["refusals"]
    assert ([], HEALTH, "SENDER_NOT_ALLOWED") == (found["deliveries"], refusal["addressed"], refusal["code"])
    assert HEALTH not in refusal["sentence_vi"]


def test_what_is_not_read_is_not_routed(var: Path) -> None:
    """A hostile packet: the reader's refusal, exit 1."""
    result = run(var, SAMPLES / "hostile" / "xxe.edxml", "--json")

    assert (1, ["DTD_FORBIDDEN"]) == (result.exit_code, [each["code"] for each in answer(result)["refusals"]])


def test_a_status_is_usage(var: Path) -> None:
    """It follows its document: exit 2."""
    result = run(var, SAMPLES / "status.edxml", "--json")

    assert (2, "", True) == (result.exit_code, result.stdout, "status" in result.stderr)


def test_people_read_the_way_and_the_sentence(var: Path) -> None:
    """One recipient a line, its path below, refusals in Vietnamese."""
    said = run(var, to(var, HEALTH, "000.00.98.H53")).stdout

    assert f"  {HEALTH} → {HEALTH} qua " in said
    assert "    000.00.00.H53 → " in said
    assert "RECIPIENT_UNKNOWN " in said


def test_without_rules_there_is_no_answer(var: Path, tmp_path: Path) -> None:
    """A folder without routes.yaml: exit 2 and the file that is missing; a no for everybody would be a false answer."""
    shutil.copytree(REFERENCE, tmp_path / "data")
    (tmp_path / "data" / "routes.yaml").unlink()
    result = run(var, DOCUMENT, "--json", reference=tmp_path / "data")

    assert (2, "", True) == (result.exit_code, result.stdout, "routes.yaml" in result.stderr)


def test_unsound_data_give_no_answer(var: Path, tmp_path: Path) -> None:
    """Exit 2, and which check says what is wrong."""
    shutil.copytree(REFERENCE, tmp_path / "data")
    (tmp_path / "data" / "routes.yaml").write_text("version: [", encoding="utf-8")
    result = run(var, DOCUMENT, "--json", reference=tmp_path / "data")

    assert (2, "", True) == (result.exit_code, result.stdout, "reference check routes" in result.stderr)


def test_the_demo_province_stands_in_aloud(var: Path) -> None:
    """No axis was ever here: the demo's directory answers, and stderr says so."""
    result = run(var, DOCUMENT, "--json", reference=None)

    assert (0, True) == (result.exit_code, "tỉnh mẫu" in result.stderr)
    assert answer(run(var, DOCUMENT, "--json"))["directory_version"] == answer(result)["directory_version"]


def test_the_demo_never_answers_for_an_axis_that_is_down(var: Path) -> None:
    """Contents of one's own, no broker: exit 2, for the demo's directory would be a wrong answer."""
    (var / "content").mkdir()
    result = run(var, DOCUMENT, "--json", reference=None)

    assert (2, "", True) == (result.exit_code, result.stdout, "lienthong up" in result.stderr)
