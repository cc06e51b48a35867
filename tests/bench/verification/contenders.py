"""Who contends in Python, and one contender at work: the same validation again and again, and the CPU time of this thread."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.rows import OURS
from tests.bench.verification import floor, ours, stock, xml_rivals

Judge = Callable[[Path], str]
"""Validates a file: `yes N` if all N signatures hold, else `no`."""

PDF, XML, PACKET = "*.pdf", "*.xml", "*.edxml"
TWO = "two.pdf"
FLOOR, PDFBOX = "floor", "PDFBox + Bouncy Castle"
BOTH_READERS, LARGE_CRL = f"{OURS}, both readers", f"{OURS}, CRL of 100,000"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonContender:
    """One of them."""

    make: Callable[[Path], Judge]
    """From the folder of the world; may raise ImportError."""

    files: tuple[str, ...]
    """What it validates, as patterns."""

    trusts: bool = True
    """Whether it builds paths and asks revocation lists."""


PYTHON: Mapping[str, PythonContender] = {
    OURS: PythonContender(make=partial(ours.judge_of, reference_name="one-reader"), files=(PDF, XML, PACKET)),
    BOTH_READERS: PythonContender(make=partial(ours.judge_of, reference_name="both-readers"), files=(PDF,)),
    LARGE_CRL: PythonContender(make=partial(ours.judge_of, reference_name="large-crl"), files=(TWO,)),
    "pyHanko": PythonContender(make=stock.judge_of, files=(PDF,)),
    "python-xmlsec": PythonContender(make=xml_rivals.xmlsec_of, files=(XML,)),
    "signxml": PythonContender(make=xml_rivals.signxml_of, files=(XML,)),
    FLOOR: PythonContender(make=floor.judge_of, files=(PDF, XML), trusts=False),
}


def turn(judge: Judge, path: Path, count: int) -> tuple[float, str]:
    """Validate so many times; return CPU seconds of this thread and what was answered, `mixed` if not always the same."""
    started = time.thread_time()
    answers = {judge(path) for _ in range(count)}
    spent = time.thread_time() - started
    return spent, answers.pop() if len(answers) == 1 else "mixed"
