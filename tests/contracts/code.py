"""What the code says of codes and events, read from its syntax; each function takes a project folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("schemas", "infra", "processors", "connectors")
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
UPPER = re.compile(r"[A-Z][A-Z0-9_]{3,}")
ENVIRONMENT = re.compile(r"(KAFKA|LIENTHONG|AWS)_[A-Z0-9_]+")
CODE_FIELDS = frozenset({"code", "reason", "why"})
SENTENCES = frozenset({"sentence_vi", "sentence_en"})

Found = tuple[str, str]
"""(what, path:line)."""


def trees(root: Path, *places: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield (path from the root, syntax) of every source file below the places."""
    for place in places:
        start = root / place
        for file in [start] if start.is_file() else sorted(start.rglob("*.py")):
            yield file.relative_to(root).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def codes(root: Path) -> Iterator[Found]:
    """Yield every text that looks like a reason code: two words in capitals, or one where a code is asked for."""
    for path, tree in trees(root, *PACKAGES):
        spoken = set(_shown_to_people(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in spoken:
                if CODE.fullmatch(node.value) and not ENVIRONMENT.fullmatch(node.value):
                    yield node.value, f"{path}:{node.lineno}"
            elif isinstance(node, ast.Call):
                yield from ((said, f"{path}:{node.lineno}") for said in _asked_for(node))


def _shown_to_people(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield placeholders of the command line's help."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "metavar":
            yield node.value


def _asked_for(call: ast.Call) -> Iterator[str]:
    """Yield texts given as `code=`, `reason=`, `why=` or to a sentence."""
    given = [each.value for each in call.keywords if each.arg in CODE_FIELDS]
    if isinstance(call.func, ast.Name) and call.func.id in SENTENCES:
        given += call.args[:1]
    for each in given:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and UPPER.fullmatch(each.value):
            yield each.value


def sentence_fields(root: Path) -> Iterator[Found]:
    """Yield the name of every field that is filled into a sentence."""
    for path, tree in trees(root, *PACKAGES):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SENTENCES:
                yield from ((each.arg or "**", f"{path}:{node.lineno}") for each in node.keywords)


def written(root: Path, *places: str) -> set[str]:
    """Name the classes that are called below the places; of events: those that a process makes."""
    return {
        node.func.id
        for _path, tree in trees(root, *places)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def matched(root: Path, *places: str) -> set[str]:
    """Name the classes that `match` statements ask for; of events: those that a process acts on."""
    return {
        node.cls.id
        for _path, tree in trees(root, *places)
        for node in ast.walk(tree)
        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)
    }
