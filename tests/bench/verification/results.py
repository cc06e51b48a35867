"""Scores -> rows, and whether what was aimed at is reached."""

import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from tests.bench.rows import OURS, Row, machine, row
from tests.bench.verification.alone import Measured
from tests.bench.verification.contenders import BOTH_READERS, LARGE_CRL, PDFBOX
from tests.bench.verification.contest import Score
from tests.bench.verification.specimens import Specimen

RATE = "validations/CPU-s"
COMPARE_EACH = 64
MIXED = f"{OURS}, one PDF in {COMPARE_EACH} by both readers"
LIST_EFFECT = "100,000 revoked instead of 10"
PERCENT = "% of the rate"
PACKAGES = ("pyhanko", "pyhanko-certvalidator", "cryptography", "asn1crypto", "lxml", "xmlsec", "signxml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What one figure ought to be."""

    name: str
    """Specimen's file, or what is measured."""

    contender: str
    unit: str
    least: float | None = None
    most: float | None = None
    against: float | None = None
    """How many times as fast as PDFBox."""


AIMS = (
    Aim(name="one.pdf", contender=OURS, unit=RATE, least=1_500, against=1.0),
    Aim(name="two.pdf", contender=OURS, unit=RATE, least=300, against=1.0),
    Aim(name="stamped.pdf", contender=OURS, unit=RATE, least=200, against=1.0),
    Aim(name="large.pdf", contender=OURS, unit=RATE, least=500),
    Aim(name="short.xml", contender=OURS, unit=RATE, least=8_000),
    Aim(name="long.xml", contender=OURS, unit=RATE, least=1_200),
    Aim(name="alone", contender=LIST_EFFECT, unit=PERCENT, least=98),
    Aim(name="alone", contender="two processes", unit="% of one process", least=185),
    Aim(name="alone", contender="one validation of ordinary files, p99", unit="ms", most=50),
    Aim(name="alone", contender="first verdict of a fresh judge, wall", unit="ms", most=1_500),
    Aim(name="alone", contender="resident memory of a judge after 2,000 judgements", unit="MB", most=150),
)


def python_versions() -> dict[str, str]:
    """Return the versions of the libraries that are there."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def rows_of(scores: Sequence[Score], more: Mapping[str, str]) -> list[Row]:
    """Return the rates of every file and contender, ours first; with what the sample of both readers makes of ours."""
    here, found = machine(), list[Row]()
    for specimen in dict.fromkeys(each.specimen for each in scores):
        rates = _rates(scores, specimen)
        if BOTH_READERS in rates:
            rates = {**rates, MIXED: _mixed(rates[OURS], rates[BOTH_READERS])}
        found += [
            row(specimen.says, name, values, RATE, ratio=_ratio(rates[OURS], values), machine=here, versions=more)
            for name, values in rates.items()
        ]
    return found


def list_effect(scores: Sequence[Score]) -> Measured:
    """Return what a large revocation list leaves of the rate, round by round."""
    tables = (_rates(scores, each.specimen) for each in scores)
    rates = next(each for each in tables if LARGE_CRL in each)
    left = [100 * large / mine for mine, large in zip(rates[OURS], rates[LARGE_CRL], strict=True)]
    return {PERCENT: {LIST_EFFECT: left}}


def plain_rows(measured: Measured, more: Mapping[str, str]) -> list[Row]:
    """Return what only ours is measured by."""
    here = machine()
    return [
        row("alone", what, values, unit, machine=here, versions=more)
        for unit, each in measured.items()
        for what, values in each.items()
    ]


def judged(found: Iterable[Row], specimens: Iterable[Specimen]) -> str:
    """Return the table of aims and what became of them."""
    titles, by = {each.name: each.says for each in specimens}, {(each.name, each.contender): each for each in found}
    lines = ["| aim | measured | reached |", "|---|---:|---|"]
    for aim in AIMS:
        name = titles.get(aim.name, aim.name)
        mine, box = by.get((name, aim.contender)), by.get((name, PDFBOX))
        if mine is None:
            continue
        what = f"{name}: {aim.contender}"
        if aim.least is not None:
            lines.append(_line(f"{what} ≥ {aim.least:,g} {aim.unit}", mine.median, reached=mine.median >= aim.least))
        if aim.most is not None:
            lines.append(_line(f"{what} ≤ {aim.most:,g} {aim.unit}", mine.median, reached=mine.median <= aim.most))
        if aim.against is not None and box is not None:
            lines.append(_line(f"{what} ≥ {aim.against:g} times {PDFBOX}", box.ratio, reached=box.ratio >= aim.against))
    return "\n".join(lines) + "\n"


def _line(what: str, measured: float, *, reached: bool) -> str:
    return f"| {what} | {measured:,.4g} | {'yes' if reached else 'no'} |"


def _rates(scores: Iterable[Score], specimen: Specimen) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {}
    for each in scores:
        if each.specimen == specimen:
            rates.setdefault(each.contender, []).append(each.rate)
    return dict(sorted(rates.items(), key=lambda item: item[0] != OURS))


def _ratio(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """Compare round by round: the machine is not equally busy in all of them."""
    return statistics.median(one / other for one, other in zip(mine, theirs, strict=True))


def _mixed(alone: Sequence[float], both: Sequence[float]) -> list[float]:
    rest = COMPARE_EACH - 1
    return [COMPARE_EACH / (rest / one + 1 / two) for one, two in zip(alone, both, strict=True)]
