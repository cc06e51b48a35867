"""A directory as large as the whole country's: how long it takes to read, what it weighs, what a look-up costs, and whether routing stands still.

Each round is a process of its own (`python -m tests.bench.directory AGENCIES`), which answers with one JSON object.
"""

import csv
import gc
import io
import json
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from schemas.reference import Directory, parse

ROOT = Path(__file__).resolve().parents[2]
AGENCIES = 150_000
PROVINCES, UNITS = 63, 90
DAY = date(2026, 11, 23)
LOOK_UPS = 20_000
COLUMNS = ("organ_id", "qd20_id", "name", "parent", "level", "valid_from", "valid_to", "successor", "working_hours")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
LEVELS = b"level,rank,name_vi,valid_from,valid_to,selectable\nprovince,1,a,2020-10-01,,yes\nunit,2,b,2020-10-01,,yes\n"


def files(agencies: int) -> dict[str, bytes]:
    """Return a directory of so many agencies: provinces, their units, and units of those."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows(_rows(agencies))
    doors = "".join(
        f"h{number:02d},000.00.00.H{number:02d},folder,h{number:02d},pull,2020-10-01,\n"
        for number in range(1, PROVINCES + 1)
    )
    endpoints = f"endpoint_id,organ_id,kind,address,mode,valid_from,valid_to\n{doors}"
    return {"agencies.csv": text.getvalue().encode(), "levels.csv": LEVELS, "endpoints.csv": endpoints.encode()}


def _rows(agencies: int) -> Iterator[tuple[str, ...]]:
    for number in range(1, PROVINCES + 1):
        yield f"000.00.00.H{number:02d}", f"H{number:02d}", f"Tỉnh {number}", "", "province", "2020-10-01", "", "", ""
    for number in range(agencies - PROVINCES):
        province, below = number % PROVINCES + 1, number // PROVINCES
        unit = f"H{province:02d}.{_code(below % UNITS, 2)}"
        own = (unit, f"000.00.00.H{province:02d}") if below < UNITS else (f"{unit}.{_code(below // UNITS, 3)}", unit)
        yield own[0], "", f"Đơn vị {number} của tỉnh {province}", own[1], "unit", "2021-01-01", "", "", ""


def _code(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, len(LETTERS))
        text = LETTERS[digit] + text
    return text


def measure(rounds: int, *, agencies: int = AGENCIES) -> dict[str, dict[str, list[float]]]:
    """Return unit -> what was measured -> one value a round."""
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        command = [sys.executable, "-m", "tests.bench.directory", str(agencies)]
        said = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
        for name, (value, unit) in said.items():
            found.setdefault(unit, {}).setdefault(name, []).append(value)
    return found


def once(agencies: int) -> dict[str, tuple[float, str]]:
    """Measure in this process, which did nothing else yet."""
    content = files(agencies)
    before = _resident()
    started = time.perf_counter()
    known = _parsed(content)
    seconds, weight = time.perf_counter() - started, _resident() - before
    gc.disable()  # as while the directory is read
    started = time.perf_counter()
    rows = list(csv.reader(io.StringIO(content["agencies.csv"].decode())))
    bare = time.perf_counter() - started
    gc.enable()
    codes = random.Random(agencies).sample(list(known.periods), min(LOOK_UPS, len(rows) - 1))
    return {
        "read and indexed": (seconds, "s"),
        "csv alone, for comparison": (bare, "s"),
        "memory": (weight, "MB"),
        "code -> agency": (_each(codes, lambda code: known.resolve_recipient(code, DAY)), "µs"),
        "agency -> endpoint": (_each(codes, lambda code: known.endpoint_for(code, DAY)), "µs"),
        "longest pause of routing while a newer one is read": (_pause(known, codes, content), "ms"),
    }


def _parsed(content: dict[str, bytes]) -> Directory:
    value, faults = parse("directory", content)
    if not isinstance(value, Directory):
        raise TypeError(f"{len(faults)} faults")
    return value


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _each(codes: list[str], look: Callable[[str], object]) -> float:
    started = time.perf_counter()
    for code in codes:
        look(code)
    return (time.perf_counter() - started) / len(codes) * 1e6


def _pause(known: Directory, codes: list[str], content: dict[str, bytes]) -> float:
    """Look codes up without end while another thread reads a newer directory, and go over to it; return the longest gap in ms."""
    newer: list[Directory] = []
    reading = threading.Thread(target=lambda: newer.append(_parsed(content)))
    reading.start()
    longest, last, at = 0.0, time.perf_counter(), 0
    while reading.is_alive() or at % len(codes):
        current = newer[0] if newer else known
        current.resolve_recipient(codes[at % len(codes)], DAY)
        at += 1
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1e3


if __name__ == "__main__":
    sys.stdout.write(json.dumps(once(int(sys.argv[1]))))
