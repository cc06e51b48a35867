"""The table of settings for the documentation, made from `infra/settings.py` and `infra/settings_outside.py`: its fields, their bounds, what stands below them."""

import ast
import inspect
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from infra.complaints import variables
from infra.settings import Settings
from infra.settings_outside import Outside

CLASSES = (Settings, Outside)
"""In the order of the page."""

SECTION = re.compile(r"^ *# -- (.+?) -+$")
BOUNDS = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
HEAD = "| variable | default | allowed | meaning |\n|---|---|---|---|"


def describe() -> str:
    """Return the tables of settings, one a section of the class (Markdown)."""
    names, meanings = variables(Settings.model_fields), _meanings()
    tables = []
    for title, fields in _sections().items():
        rows = [_row(Settings.model_fields[field], names[field], meanings.get(field, "")) for field in fields]
        tables.append("\n".join([f"## {title}", "", HEAD, *rows]))
    return "\n\n".join(tables)


def _row(field: FieldInfo, names: tuple[str, ...], meaning: str) -> str:
    cells = (" or ".join(f"`{name}`" for name in names), _default(field.default), _allowed(field), meaning)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _default(value: object) -> str:
    if value is None or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(field: FieldInfo) -> str:
    """Return what the value must be like, as far as its type says it."""
    bounds = {
        name: getattr(each, name) for each in field.metadata for name in (*BOUNDS, "pattern") if hasattr(each, name)
    }
    if pattern := bounds.pop("pattern", None):
        return f"`{pattern}`"
    if bounds:
        return " ".join(f"{BOUNDS[name]} {bounds[name]}" for name in BOUNDS if name in bounds)
    return "true, false" if field.annotation is bool else ""


def _meanings() -> Mapping[str, str]:
    """Return field -> its meaning: the string below it, or its description."""
    found = {name: field.description or "" for name, field in Settings.model_fields.items()}
    for kind in CLASSES:
        for one, after in itertools.pairwise(_class(kind).body):
            match one, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = " ".join(text.split()).replace("None:", "empty:")
                case _:
                    pass
    return found


def _sections() -> Mapping[str, list[str]]:
    """Return title -> fields, in the order of the classes; what stands before the first title is where things lie."""
    sections: dict[str, list[str]] = {"Places": []}
    for kind in CLASSES:
        titles = dict(_titles(kind))
        for node in _class(kind).body:
            passed = [title for line, title in titles.items() if line < node.lineno]
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                sections.setdefault(passed[-1] if passed else "Places", []).append(node.target.id)
    return sections


def _titles(kind: type) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(inspect.getsource(kind).splitlines(), 1):
        if found := SECTION.match(line):
            yield number, found[1][0].upper() + found[1][1:]


def _class(kind: type) -> ast.ClassDef:
    node: Any = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(node, ast.ClassDef)  # noqa: S101 - the source of a class is one
    return node
