"""The scorecard: JSON for programs, Markdown for the documentation, HTML for people."""

import html
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.chaos.act import Act
from tests.chaos.rows import Row

COLUMNS = (
    "fault",
    "what happens",
    "s",
    "documents",
    "lost",
    "duplicate effects",
    "wrong states",
    "p50 ms",
    "p99 ms",
    "recovered after s",
    "restarts",
)
STYLE = (
    "body{font:15px sans-serif;margin:2em}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.3em .6em;text-align:left}.no{background:#fdd}"
)


def scorecard(acts: Sequence[Act], *, seed: int, rate: float, seconds: float) -> dict[str, Any]:
    """Return everything that is known of a trial."""
    return {
        "ok": any(act.rows for act in acts) and all(act.ok for act in acts),  # a trial of nothing proves nothing
        "seed": seed,
        "packets_per_second": rate,
        "seconds": round(seconds),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}",
        "versions": {
            "lienthong": version("lienthong"),
            "python": platform.python_version(),
            "confluent-kafka": version("confluent-kafka"),
            "faust-streaming": version("faust-streaming"),
            "kafka": "4.3.1",
        },
        "acts": [
            asdict(act) | {"ok": act.ok, "rows": [asdict(row) | {"ok": row.ok} for row in act.rows]} for act in acts
        ],
    }


def write(folder: Path, acts: Sequence[Act], card: dict[str, Any]) -> None:
    """Write `scorecard.json`, `.md` and `.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.json").write_text(json.dumps(card, indent=1, ensure_ascii=False, default=str) + "\n")
    (folder / "scorecard.md").write_text(markdown(acts, card))
    (folder / "scorecard.html").write_text(page(acts, card))


def markdown(acts: Sequence[Act], card: dict[str, Any]) -> str:
    """Return the table for the documentation."""
    lines = [f"{_headline(card)}\n"]
    for act in acts:
        if act.left_out:
            lines += [f"### Act {act.name}: left out: {act.left_out}\n"]
            continue
        lines += [f"### Act {act.name}: {_judged(act)}\n", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
        lines += [f"| {' | '.join(_cells(row))} |" for row in act.rows]
        lines += ["", *(f"* {finding}" for finding in _findings(act))]
    return "\n".join(lines).rstrip() + "\n"


def page(acts: Sequence[Act], card: dict[str, Any]) -> str:
    """Return the same for a browser."""
    parts = [f"<h1>Scorecard</h1><p>{html.escape(_headline(card))}</p>"]
    for act in acts:
        head = "".join(f"<th>{each}</th>" for each in COLUMNS)
        body = "".join(
            f"<tr class={'ok' if row.ok else 'no'}>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row))
            + "</tr>"
            for row in act.rows
        )
        found = "".join(f"<li>{html.escape(each)}</li>" for each in _findings(act))
        parts.append(
            f"<h2>Act {act.name}</h2><p>{html.escape(_judged(act))}</p><table><tr>{head}</tr>{body}</table><ul>{found}</ul>"
        )
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>Scorecard</title><style>{STYLE}</style>{''.join(parts)}</html>\n"


def _headline(card: dict[str, Any]) -> str:
    said = ", ".join(f"{name} {number}" for name, number in card["versions"].items())
    verdict = "Nothing lost, nothing done twice." if card["ok"] else "SOMETHING IS WRONG, see below."
    return f"{verdict} Seed {card['seed']}, {card['packets_per_second']:g} packets/s, {card['seconds']} s, {card['machine']}; {said}."


def _judged(act: Act) -> str:
    counts = {name: act.audit.get(name, "?") for name in ("submitted", "signed", "refused", "dispatched", "received")}
    alerts = "alerts " + (", ".join(f"{name} {count}" for name, count in act.alerts.items()) or "not counted again")
    return f"{act.documents} packets handed over; {', '.join(f'{n} {c}' for n, c in counts.items())}; {alerts}"


def _cells(row: Row) -> list[str]:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.0f}"

    back = "never" if row.recovered_after is None else f"{row.recovered_after:.1f}"
    wrong = (row.lost, row.duplicate_effects, row.wrong_states)
    return [
        row.fault,
        row.says,
        f"{row.ended - row.began:.0f}",
        str(row.documents),
        *(str(len(each)) for each in wrong),
        number(row.p50),
        number(row.p99),
        back,
        str(row.restarts),
    ]


def _findings(act: Act) -> list[str]:
    rows = [
        f"{row.fault}: {finding}"
        for row in act.rows
        for finding in ([row.failure] if row.failure else []) + row.lost + row.duplicate_effects + row.wrong_states
    ]
    return [*filter(None, (act.failure, act.left_out)), *rows, *act.unattributed]
