"""Counts what an XML parser would count too late: depth, elements, attributes, names, and what stands inside one value."""

import re

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.limits import Limits

MAX_NAME = 255
"""Bytes of a name."""

MAX_NAMESPACE = 1024
"""Bytes of a namespace."""

_ATTRIBUTE = re.compile(rb"([^\s=\"'/]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")


class Tally:
    """Follows the tags of one packet; raises `PacketFaultError` over a limit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: list[bytes] = []
        self._names: set[bytes] = set()
        self._elements = 0
        self._in_value = False
        """The last tag was a start tag: what comes is a value, unless an element comes."""

        self._commented = False
        self._text = 0

    @property
    def open_elements(self) -> int:
        """Elements that are not closed."""
        return len(self._open)

    @property
    def here(self) -> str:
        """Name of the element we are in."""
        return local_name(self._open[-1]) if self._open else ""

    def start(self, name: bytes, attributes: bytes, *, empty: bool) -> None:
        """Take a start tag."""
        self._count()
        if name not in self._names:
            self._name(name)
        if attributes and b"=" in attributes:
            self._attributes(name, attributes)
        if not empty:
            self._open.append(name)
        self._in_value, self._commented, self._text = not empty, False, 0
        if len(self._open) > self._limits.depth:
            raise PacketFaultError("RESOURCE_LIMIT", local_name(name), f"lồng sâu hơn {self._limits.depth} mức")

    def end(self) -> None:
        """Take an end tag."""
        if not self._open:
            raise PacketFaultError("XML_NOT_WELL_FORMED", "", "thừa một thẻ đóng")
        name = self._open.pop()
        if self._in_value and self._commented:
            raise PacketFaultError("BAD_VALUE", local_name(name), "có chú thích hoặc chỉ thị XML bên trong giá trị")
        self._in_value, self._text = False, 0

    def text(self, size: int) -> None:
        """Take some text of the value we are in."""
        self._text += size
        if self._text > self._limits.value_bytes:
            raise PacketFaultError("RESOURCE_LIMIT", self.here, f"giá trị dài hơn {self._limits.value_bytes} byte")

    def comment(self) -> None:
        """Take a comment or an instruction."""
        self._commented = True
        self._count()

    def _count(self) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise PacketFaultError("RESOURCE_LIMIT", "", f"hơn {self._limits.elements} phần tử")

    def _attributes(self, name: bytes, attributes: bytes) -> None:
        found = _ATTRIBUTE.findall(attributes)
        if len(found) > self._limits.attributes:
            raise PacketFaultError("RESOURCE_LIMIT", local_name(name), f"hơn {self._limits.attributes} thuộc tính")
        for attribute, double, single in found:
            self._name(attribute)
            if attribute.startswith(b"xmlns"):
                self._name(double or single, MAX_NAMESPACE)

    def _name(self, name: bytes, longest: int = MAX_NAME) -> None:
        if name in self._names:
            return
        self._names.add(name)
        if len(name) > longest or len(self._names) > self._limits.names:
            raise PacketFaultError("RESOURCE_LIMIT", self.here, "tên quá dài hoặc quá nhiều tên khác nhau")


def local_name(name: bytes) -> str:
    """Return a name without its prefix, fit to be shown."""
    return name.rpartition(b":")[2][:MAX_NAME].decode("utf-8", "replace")
