"""`lienthong verify` and what files are called: renamed files replay, strange names are no trouble, pipes are no files."""

import json
import os
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from infra.cli import cli
from tests.vectors.scene import Scene

NOON = "2026-11-16T12:00:00+0000"


def verify(var: Path, *arguments: str | Path) -> Result:
    """Run the command."""
    given = [str(each) for each in arguments]
    return CliRunner().invoke(cli, ["verify", "--json", *given], env={"LIENTHONG_VAR": str(var)})


def test_a_renamed_file_gives_the_same_evidence(tmp_path: Path) -> None:
    """Years later the file lies in an archive under another name: the same bytes, the same verdict, byte for byte."""
    first, then = tmp_path / "công văn.pdf", tmp_path / "0001.pdf"
    first.write_bytes(Scene().pdf())
    shutil.copy(first, then)
    before = json.loads(verify(tmp_path, first, "--at", NOON, "--evidence", tmp_path / "evidence").stdout)
    evidence = tmp_path / "evidence" / f"{before['evidence_sha256']}.json"

    for each in (first, then):
        again = json.loads(verify(tmp_path, each, "--replay", evidence).stdout)
        assert ([], before["evidence_sha256"]) == (again["replay_differs"], again["evidence_sha256"])


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, in the name of a bare PDF: the verdict is the one of its content."""
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/cong-van-\xff.pdf"))
    odd.write_bytes(Scene().pdf())
    [answer] = [json.loads(each) for each in verify(tmp_path, odd, "--at", NOON).stdout.splitlines()]

    assert (2, 2) == (answer["signatures_found"], answer["signatures_judged"])
    assert answer["evidence_sha256"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """Nobody may ever write to it: said at once, instead of waiting."""
    os.mkfifo(tmp_path / "pipe")
    result = verify(tmp_path, tmp_path / "pipe")

    assert 2 == result.exit_code
    assert "is no file" in result.output
