"""The project's habits as laws over source files: each takes a folder and returns what breaks it, as `path:line what`."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

PACKAGES = ("schemas", "infra", "processors", "connectors")
MAX_LINES = 250

ENVIRONMENT = {"infra/settings.py", "infra/bootstrap.py"}
"""One place reads the environment; the bootstrap runs before there is anything to import."""

CLOCK = {"infra/clock.py"}
BROAD = {
    "infra/kafka/settle.py",  # a bug becomes a dead letter, anything unexpected the end of the process
    "processors/verification/border.py",  # a surprise in one file is INTERNAL_ERROR, tried again (decision 5)
}
NOW = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "ctime"}
NOW_OF = {"datetime", "date", "time", "dt"}
BANNED = {"data", "info", "manager", "handler", "helper", "helpers", "utils", "util", "common", "misc"}

SILENCE = re.compile(
    r"#\s*(noqa|type:\s*ignore)\b(?P<codes>:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(,\s*[a-z-]+)*\])?(?P<rest>.*)"
)
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$|_)|[A-Z]?[a-z0-9]+")


def files(root: Path, packages: tuple[str, ...] = PACKAGES) -> Iterator[tuple[str, str]]:
    """Yield each source file as (path from the root, text)."""
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def _found(root: Path, allowed: set[str], search: Callable[[ast.AST], str]) -> list[str]:
    return [
        f"{path}:{getattr(node, 'lineno', 0)} {what}"
        for path, text in files(root)
        if path not in allowed
        for node in ast.walk(ast.parse(text))
        if (what := search(node))
    ]


def environment_read(root: Path) -> list[str]:
    """Find readers of the environment other than the settings."""

    def search(node: ast.AST) -> str:
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv" as name):
                return f"os.{name}"
            case ast.ImportFrom(module="os", names=names):
                return ", ".join(each.name for each in names if each.name in ("environ", "environb", "getenv"))
            case _:
                return ""

    return _found(root, ENVIRONMENT, search)


def wall_clock_read(root: Path) -> list[str]:
    """Find readers of the wall's time other than the clock; spans are measured by `time.monotonic`."""

    def search(node: ast.AST) -> str:
        match node:
            case ast.Attribute(value=ast.Name(id=of) | ast.Attribute(attr=of), attr=name) if (
                of in NOW_OF and name in NOW
            ):
                return f"{of}.{name}" if (of, name) != ("datetime", "time") else ""
            case ast.ImportFrom(module="time", names=names):
                return ", ".join(each.name for each in names if each.name in NOW)
            case _:
                return ""

    return _found(root, CLOCK, search)


def broad_except(root: Path) -> list[str]:
    """Find who swallows every exception; who cleans up and raises it again may catch it."""

    def search(node: ast.AST) -> str:
        match node:
            case ast.ExceptHandler(type=caught, body=body) if caught is None or _is_broad(caught):
                return "" if body and body[-1] == _raised(body[-1]) else "broad except"
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
                return "suppresses everything" if any(map(_is_broad, args)) else ""
            case _:
                return ""

    return _found(root, BROAD, search)


def _raised(node: ast.stmt) -> ast.stmt | None:
    return node if isinstance(node, ast.Raise) and node.exc is None else None


def _is_broad(caught: ast.expr) -> bool:
    each = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in ("Exception", "BaseException") for one in each)


def too_long(root: Path) -> list[str]:
    """Find files of more than 250 lines."""
    lengths = ((path, text.count("\n")) for path, text in files(root, (*PACKAGES, "tests")))
    return [f"{path}:{MAX_LINES + 1} has {length} lines" for path, length in lengths if length > MAX_LINES]


def banned_names(root: Path) -> list[str]:
    """Find files, classes and functions called by a word that says nothing; locals may use a standard's own (`SignedInfo`)."""
    modules = [f"{path}:1 file name" for path, _ in files(root) if BANNED & set(path.removesuffix(".py").split("/"))]

    def search(node: ast.AST) -> str:
        match node:
            case ast.ClassDef(name=name):
                return f"class {name}" if BANNED & {word.lower() for word in WORD.findall(name)} else ""
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                return f"def {name}" if name in BANNED | {"process", "handle"} else ""
            case _:
                return ""

    return modules + _found(root, set(), search)


def silent_silences(root: Path) -> list[str]:
    """Find silenced checks that name no code or give no reason on the line."""
    return [
        f"{path}:{number} {found[0].strip()}"
        for path, text in files(root, (*PACKAGES, "tests"))
        for number, line in enumerate(text.splitlines(), 1)
        if (found := SILENCE.search(line)) and not (found["codes"] and re.search(r"[-#]\s*\S+", found["rest"]))
    ]
