"""The frame of `lienthong`: exit codes, global options anywhere, help with an example."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from infra import cli as frame
from infra.cli import COMMANDS, SAYS, cli
from infra.commands import NO, Ctx, command, emit, group
from infra.errors import EnvironmentFaultError


@command("sample", example="lienthong sample")
@click.option("--answer", default=0)
def sample(ctx: Ctx, answer: int) -> int:
    """Answer what is asked."""
    if answer < 0:
        raise EnvironmentFaultError("the disk is full", "free some disk")
    emit(ctx, {"ok": answer == 0, "reference": ctx.reference_dir, "what": "Văn bản"}, human="Được")
    return answer


family = group("family", example="lienthong family child", says="Commands that belong together.")


@command("child", example="lienthong family child", within=family)
def child(ctx: Ctx) -> None:
    """Do nothing but say it."""
    ctx.emit({"ok": True})


@pytest.fixture(autouse=True)
def _samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "COMMANDS", {"sample": f"{__name__}:sample", "family": f"{__name__}:family"})
    monkeypatch.setitem(sys.modules, __name__, sys.modules[sample.callback.__module__])


def run(*arguments: str) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, arguments)


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "sample"],
        ["sample", "--json"],
        ["--json", "family", "child"],
        ["family", "--json", "child"],
        ["family", "child", "--json"],
    ],
)
def test_json_may_stand_anywhere(words: list[str]) -> None:
    """Before or after each word of the command: one JSON object on stdout, nothing else."""
    result = run(*words)

    assert 0 == result.exit_code
    assert json.loads(result.stdout)["ok"] is True


@pytest.mark.parametrize("before", [True, False])
def test_reference_may_stand_anywhere(tmp_path: Path, before: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """The folder reaches the command from either side."""
    option = ["--reference", str(tmp_path)]
    words = [*option, "--json", "sample"] if before else ["sample", "--json", *option]

    assert str(tmp_path) == json.loads(run(*words).stdout)["reference"]


def test_people_get_the_sentence_scripts_the_object() -> None:
    """The same answer in two forms; Vietnamese is not escaped."""
    assert "Được\n" == run("sample").stdout
    assert "Văn bản" in run("sample", "--json").stdout


def test_the_answer_no_is_exit_1() -> None:
    """A command's number is the exit code."""
    assert NO == run("sample", "--answer", "1").exit_code


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["sample", "--frobnicate"],
        ["sample", "extra"],
        ["sample", "--answer", "x"],
        ["family", "stranger"],
        ["--reference", "/nowhere", "sample"],
    ],
)
def test_wrong_usage_is_exit_2_with_a_sentence(words: list[str]) -> None:
    """What was wrong and how to get help, on stderr; stdout stays empty."""
    result = run(*words)

    assert 2 == result.exit_code
    assert "" == result.stdout
    assert "Error: " in result.stderr


def test_a_fault_of_the_environment_is_exit_2_with_what_to_do() -> None:
    """No stack trace: what is wrong, and how to mend it."""
    result = run("sample", "--answer", "-1", "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "lienthong: the disk is full\n  → free some disk\n" == result.stderr


def test_wrong_settings_are_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault of the environment variables is listed."""
    monkeypatch.setenv("LIENTHONG_SMTP_PORT", "x")
    monkeypatch.setenv("LIENTHONG_SMPT_HOST", "mail")
    result = run("sample")

    assert 2 == result.exit_code
    assert "LIENTHONG_SMTP_PORT: " in result.stderr
    assert "LIENTHONG_SMPT_HOST: no such setting" in result.stderr


def test_the_list_names_every_command() -> None:
    """The list is written without importing a command: its lines and the commands must be the same."""
    assert list(COMMANDS) == list(SAYS)


def test_help_imports_no_command() -> None:
    """`lienthong --help` is quick: neither Kafka nor cryptography is loaded for it."""
    code = "import sys; from infra.cli import cli; cli(['--help'], standalone_mode=False); print(sorted({'confluent_kafka', 'pyhanko', 'faust', 'sqlalchemy'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert "[]" == said.splitlines()[-1]
    assert all(name in said for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_its_help_has_an_example(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command, and each command of a group, shows how it is called."""
    monkeypatch.setattr(frame, "COMMANDS", COMMANDS)
    found = cli.get_command(click.Context(cli), name)

    assert found is not None
    for each in [found, *(found.commands.values() if isinstance(found, click.Group) else ())]:
        words = [name] if each is found else [name, str(each.name)]
        shown = run(*words, "--help")

        assert 0 == shown.exit_code
        assert f"Example:  lienthong {' '.join(words)}" in " ".join(shown.stdout.split()).replace(
            "Example: ", "Example:  "
        )
