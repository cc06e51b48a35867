"""YAML of reference data as a tree with line numbers: anchors allowed but bounded, no tags, no guessing of types.

Every scalar stays the text that was written; the reader of a field says what it must be. So `no`, `03` and `07:30`
mean what they say, and a bomb of aliases is refused when its expansion would grow past `MAX_NODES`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

import yaml

from schemas.ids import clean_code, code_form
from schemas.reference.faults import INVISIBLE, Faults, decode_text
from schemas.reference.table import iso_day

MAX_BYTES = 1024 * 1024
MAX_NODES = 50_000
"""Values of one file with every alias written out."""

MAX_DEPTH = 24
MAX_TEXT = 4_000
MAX_DIGITS = 9


class _BrokenError(Exception):
    def __init__(self, line: int, sentence_vi: str) -> None:
        super().__init__(sentence_vi)
        self.line, self.sentence_vi = line, sentence_vi


@dataclass(slots=True)
class _Node:
    line: int
    text: str | None = None
    items: list["_Node"] | None = None
    entries: dict[str, "_Node"] | None = None
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A value and where it stands; its readers note a fault and answer a harmless value where it is wrong."""

    node: _Node
    path: str
    file: str
    faults: Faults = field(repr=False)

    def fault(self, code: str, sentence_vi: str) -> None:
        """Note a fault here."""
        self.faults.add(self.file, self.node.line, self.path, code, sentence_vi)

    def entries(self, *, known: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, "Item"]:
        """Return a mapping's values; with `known` each of those must be there and nothing but those and `optional`."""
        if self.node.entries is None:
            self.fault("BAD_VALUE", "Chỗ này phải là các cặp khóa: giá trị.")
            return {}
        found = {key: self._below(node, f".{key}" if self.path else key) for key, node in self.node.entries.items()}
        if known or optional:
            for key in known:
                if key not in found:
                    self.fault("MISSING_FIELD", f"Thiếu “{key}”.")
            for key, item in found.items():
                if key not in known and key not in optional:
                    item.fault("BAD_VALUE", f"Không có mục “{key[:80]}”; chỉ dùng: {', '.join([*known, *optional])}.")
        return found

    def items(self) -> list["Item"]:
        """Return a list's values."""
        if self.node.items is None:
            self.fault("BAD_VALUE", "Chỗ này phải là một danh sách.")
            return []
        return [self._below(node, f"[{at}]") for at, node in enumerate(self.node.items)]

    def is_text(self) -> bool:
        """Tell whether a single value stands here."""
        return self.node.text is not None

    def text(self) -> str:
        """Return a single value as written, trimmed."""
        if self.node.text is None:
            self.fault("BAD_VALUE", "Chỗ này phải là một giá trị đơn.")
            return ""
        value = self.node.text.strip()
        if not value:
            self.fault("MISSING_FIELD", "Không được để trống.")
        elif INVISIBLE.search(value):
            self.fault("INVISIBLE_CHARACTER", "Giá trị có ký tự không nhìn thấy; hãy gõ lại.")
        elif len(value) > MAX_TEXT:
            self.fault("BAD_VALUE", f"Giá trị dài hơn {MAX_TEXT} ký tự.")
        return value

    def texts(self) -> tuple[str, ...]:
        """Return a list of single values."""
        return tuple(item.text() for item in self.items())

    def choice(self, allowed: Collection[str]) -> str:
        """Return the value if it is one of the words allowed."""
        value = self.text()
        if value and value not in allowed:
            self.fault("BAD_VALUE", f"“{value[:80]}” không thuộc các giá trị: {', '.join(allowed)}.")
        return value

    def yes(self) -> bool:
        """Return true | false (yes | no)."""
        return self.choice(("true", "false", "yes", "no")) in ("true", "yes")

    def number(self, least: int = 0, most: int = 10**MAX_DIGITS) -> int:
        """Return a whole number in its bounds."""
        value = self.text()
        if value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS and least <= int(value) <= most:
            return int(value)
        if value:
            self.fault("BAD_VALUE", f"“{value[:80]}” không phải số nguyên từ {least} đến {most}.")
        return least

    def day(self) -> date:
        """Return a day written yyyy-mm-dd."""
        value = self.text()
        found = iso_day(value)
        if value and found is None:
            self.fault("BAD_VALUE", f"“{value[:80]}” không phải ngày; hãy viết năm-tháng-ngày, ví dụ 2026-11-23.")
        return found or date.min

    def agency_code(self) -> str:
        """Return an agency's code in the form of QCVN 102:2016 or of QĐ 20/2020."""
        value = self.text()
        if value and (value != clean_code(value) or code_form(value) not in ("102", "qd20")):
            self.fault("CODE_MALFORMED", f"Mã “{value[:80]}” không đúng dạng QCVN 102:2016 hoặc QĐ 20/2020.")
        return value

    def _below(self, node: _Node, step: str) -> "Item":
        return Item(node, self.path + step, self.file, self.faults)


def read_tree(file: str, content: bytes | None, faults: Faults) -> Item | None:
    """Read a YAML file; None, with the fault noted, where it is missing or no YAML."""
    if content is None:
        faults.add(file, 0, "", "MISSING_FIELD", f"Thiếu tệp {file}.")
        return None
    if len(content) > MAX_BYTES:
        faults.add(file, 0, "", "BAD_VALUE", f"Tệp lớn hơn {MAX_BYTES} byte.")
        return None
    text = decode_text(file, content, faults)
    try:
        root = _build(yaml.parse(text, Loader=yaml.SafeLoader))
    except _BrokenError as exc:
        faults.add(file, exc.line, "", "BAD_VALUE", exc.sentence_vi)
        return None
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(exc, "position", 0)) + 1
        what = getattr(exc, "problem", None) or getattr(exc, "reason", None) or "?"
        faults.add(file, line, "", "BAD_VALUE", f"Dòng này không đúng dạng YAML ({what}).")
        return None
    if root is None:
        faults.add(file, 1, "", "MISSING_FIELD", "Tệp trống.")
        return None
    return Item(root, "", file, faults)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _build(events: Iterator[yaml.Event]) -> _Node | None:
    root = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise _BrokenError(_line(event), "Một tệp chỉ chứa một tài liệu YAML.")
            root = _value(next(events), events, {}, 1)
    return root


def _value(event: yaml.Event, events: Iterator[yaml.Event], anchors: dict[str, _Node], depth: int) -> _Node:
    line = _line(event)
    if depth > MAX_DEPTH:
        raise _BrokenError(line, f"Lồng nhau sâu hơn {MAX_DEPTH} bậc.")
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise _BrokenError(line, f"Tham chiếu *{str(event.anchor)[:80]} không có, hoặc chứa chính nó.")
        return anchors[event.anchor]
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        raise _BrokenError(line, f"Không dùng nhãn kiểu ({tag[:80]}).")
    node = _Node(line, text=event.value) if isinstance(event, yaml.ScalarEvent) else _Node(line)
    if isinstance(event, yaml.SequenceStartEvent):
        node.items = []
        while not isinstance(below := next(events), yaml.SequenceEndEvent):
            node.items.append(_grow(node, _value(below, events, anchors, depth + 1), depth))
    elif isinstance(event, yaml.MappingStartEvent):
        node.entries = {}
        while not isinstance(below := next(events), yaml.MappingEndEvent):
            key = _key(below, node.entries)
            node.entries[key] = _grow(node, _value(next(events), events, anchors, depth + 1), depth)
    if anchor := getattr(event, "anchor", None):
        anchors[anchor] = node
    return node


def _key(event: yaml.Event, entries: dict[str, _Node]) -> str:
    if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor:
        raise _BrokenError(_line(event), "Khóa phải là một từ.")
    key = str(event.value).strip()
    if key in entries:
        raise _BrokenError(_line(event), f"Khóa “{key[:80]}” có hai lần.")
    return key


def _grow(parent: _Node, child: _Node, depth: int) -> _Node:
    parent.size += child.size
    parent.depth = max(parent.depth, child.depth + 1)
    if parent.size > MAX_NODES:
        raise _BrokenError(child.line, f"Tệp có hơn {MAX_NODES} giá trị khi viết đủ các tham chiếu.")
    if depth + child.depth > MAX_DEPTH:
        raise _BrokenError(child.line, f"Lồng nhau sâu hơn {MAX_DEPTH} bậc.")
    return child
