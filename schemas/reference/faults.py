"""What is wrong with reference data: file, line, column, code, sentence; every fault, not the first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_FAULTS = 1_000
"""More help nobody; the rest is counted in one last fault."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Characters that nobody sees: controls, zero-width, bidirectional marks, soft hyphen, byte order mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFault:
    """One thing that is wrong, where, and in words."""

    file: str
    """Path inside the kind's folder, e.g. `agencies.csv`."""

    line: int
    """From 1; 0 = the file as a whole."""

    column: str
    """CSV column or YAML path (`clocks[2].normal.warn`); empty = the whole line."""

    code: str
    """A code of `schemas.reasons`."""

    sentence_vi: str


@dataclass(slots=True)
class Faults:
    """Collects the faults of one snapshot."""

    found: list[ReferenceFault] = field(default_factory=list)
    left_out: int = 0

    def add(self, file: str, line: int, column: str, code: str, sentence_vi: str) -> None:
        """Note one fault."""
        if len(self.found) >= MAX_FAULTS:
            self.left_out += 1
            return
        self.found.append(ReferenceFault(file=file, line=line, column=column, code=code, sentence_vi=sentence_vi))

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[ReferenceFault]:
        return iter(self.found)

    def sorted(self) -> tuple[ReferenceFault, ...]:
        """Return the faults by file and line, with a last one that counts those left out."""
        faults = sorted(self.found, key=lambda fault: (fault.file, fault.line, fault.column, fault.code))
        if self.left_out:
            more = f"Còn {self.left_out} lỗi nữa không liệt kê; hãy sửa các lỗi trên rồi kiểm tra lại."
            faults.append(ReferenceFault(file=faults[-1].file, line=0, column="", code="BAD_VALUE", sentence_vi=more))
        return tuple(faults)


def decode_text(file: str, content: bytes, faults: Faults) -> str:
    """Decode UTF-8, less a byte order mark; each line that is not UTF-8 is a fault, its bytes replaced."""
    text = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        for number, line in enumerate(text.split(b"\n"), start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                faults.add(file, number, "", "BAD_VALUE", "Dòng này không phải UTF-8; hãy lưu lại tệp bằng mã UTF-8.")
        return text.decode("utf-8", errors="replace")
