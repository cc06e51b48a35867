"""The commands' common ground: `--json`, `--reference`, exit codes, one way to answer people and scripts."""

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from infra.errors import EnvironmentFaultError
from infra.settings import Settings

DONE, NO, USAGE = 0, 1, 2
"""Exit codes: yes or done; the answer is no; usage or environment, with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ctx:
    """What every command gets."""

    settings: Settings
    json: bool
    reference_dir: Path | None

    def emit(self, answer: Mapping[str, Any], *, human: str | None = None) -> None:
        """Print one answer: one JSON object a line for scripts, else the sentence for people."""
        if self.json:
            click.echo(json.dumps(answer, ensure_ascii=False, default=_plain))
        else:
            click.echo(human if human is not None else _in_words(answer))

    def say(self, text: str) -> None:
        """Tell people about progress; scripts never see it on stdout."""
        click.echo(text, err=True)


def emit(ctx: Ctx, answer: Mapping[str, Any], *, human: str | None = None) -> None:
    """Print one answer, as `Ctx.emit`."""
    ctx.emit(answer, human=human)


def command(
    name: str, *, example: str, within: click.Group | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a command with the global options; its function gets `Ctx` first and returns the exit code (None: done).

    `within` makes it a command of a group, as `topics check`.
    """

    def decorate(function: Callable[..., int | None]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, json_: bool, reference: Path | None, **options: Any) -> None:  # noqa: ARG001 - read from all levels
            try:
                code = function(_ctx(), *args, **options)
            except EnvironmentFaultError as exc:
                stop(str(exc), exc.mend)
            except BrokenPipeError:  # who reads has seen enough (`… | head`)
                os.dup2(
                    os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
                )  # what is still buffered has nowhere to go
                code = DONE
            except OSError as exc:
                stop(
                    f"{exc.filename or 'this machine'}: {exc.strerror or exc}",
                    "mend it, or set LIENTHONG_VAR to a folder you may write to",
                )
            except tuple(_foreign()) as exc:
                stop(f"{type(exc).__module__}: {exc}", "is the axis running? `lienthong doctor` says what is wrong")
            sys.exit(code or DONE)

        made = click.command(name, epilog=f"Example:  {example}")(global_options(run))
        made.help = (function.__doc__ or "").strip()
        if within is not None:
            within.add_command(made)
        return made

    return decorate


def group(name: str, *, example: str, says: str) -> click.Group:
    """Make a group of commands; `--json` and `--reference` may stand before or after each of its words."""

    def run(**_options: Any) -> None:
        """Leave all to the command."""

    return click.group(name, help=says, epilog=f"Example:  {example}")(global_options(run))


def global_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json` and `--reference`."""
    function = click.option("--json", "json_", is_flag=True, help="One JSON object a line on stdout.")(function)
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.option(
        "--reference", type=folder, help="Reference data from this folder instead of the published snapshots."
    )(function)


def stop(what: str, mend: str) -> NoReturn:
    """End with exit code 2: what is wrong with usage or environment, and how to mend it."""
    click.echo(f"lienthong: {what}\n  → {mend}", err=True)
    sys.exit(USAGE)


def _ctx() -> Ctx:
    """Gather the global options from wherever they stood; the innermost `--reference` wins."""
    levels: list[click.Context] = []
    level: click.Context | None = click.get_current_context()
    while level is not None:
        levels.append(level)
        level = level.parent
    return Ctx(
        settings=Settings.load(),
        json=any(each.params.get("json_") for each in levels),
        reference_dir=next((each.params["reference"] for each in levels if each.params.get("reference")), None),
    )


def _foreign() -> Iterator[type[Exception]]:
    """Yield the libraries' errors that speak of the environment, without importing a library for it."""
    for module, name in (("confluent_kafka", "KafkaException"), ("sqlalchemy.exc", "DatabaseError")):
        if module in sys.modules:
            yield getattr(sys.modules[module], name)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _in_words(answer: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_line(value)}" for name, value in answer.items() if value not in (None, "", [], ()))


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
