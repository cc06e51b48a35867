"""Dead letters as answers: one object each for scripts, a few lines a record for people."""

import base64
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from infra.kafka.dead_letters import DeadLetter
from infra.letters.cases import Case, Standing
from infra.letters.operating import Done

STANDING = {Standing.OPEN: "chờ xử lý", Standing.REPLAYED: "đã phát lại", Standing.DISCARDED: "đã bỏ"}


def row(case: Case) -> dict[str, Any]:
    """Return the fields of `cli.md`, then what became of it: coordinates are the first ones, reason and time the newest."""
    act = case.last_act
    return {
        "id": case.id,
        "topic": case.original.first.topic,
        "partition": case.original.first.partition,
        "offset": case.original.first.offset,
        "stage": case.stage,
        "reason": case.newest.reason,
        "sentence": case.newest.sentence,
        "at": case.newest.at,
        "state": case.standing.value,
        "tries": case.tries,
        "by": act.by if act else "",
        "why": act.why if act else "",
    }


def original(letter: DeadLetter) -> dict[str, Any]:
    """Return key, headers and value (base64) as they came."""
    record = letter.record
    return {
        "key": (record.key or b"").decode("utf-8", "backslashreplace"),
        "headers": {name: (value or b"").decode("utf-8", "backslashreplace") for name, value in record.headers},
        "size": len(record.value or b""),
        "value": base64.b64encode(record.value or b"").decode(),
    }


def history(case: Case) -> dict[str, Any]:
    """Return how each try ended."""
    return {
        "history": [
            {"try": each.number, "id": each.letter, "stage": each.stage, "reason": each.reason, "at": each.at}
            for each in case.failures()
        ]
    }


def outcome(done: Done, doing: str) -> dict[str, Any]:
    """Return what was done with one case."""
    copy = {"copy": str(done.copy)} if done.copy else {}
    return row(done.case) | {"act": doing, "done": not done.refusal, "because": done.refusal} | copy


def in_words(cases: Iterable[Case]) -> Iterator[str]:
    """Yield one text a record and finding: stages that say the same of it stand in one line, under the first one's id."""
    for _, some in groupby(cases, key=lambda case: (case.original, case.newest.sentence, case.standing, case.tries)):
        yield _human(list(some))


def _human(cases: list[Case]) -> str:
    first = cases[0]
    at = first.newest.at.isoformat(timespec="seconds") if first.newest.at else "?"
    stages = ", ".join(case.stage for case in cases)
    tries = f"  {first.tries} lần" if first.tries > 1 else ""
    act = first.last_act
    acted = f" ({act.by}: {act.why})" if act else ""
    line = f"{first.id}  {at}  {stages}  {first.newest.reason}  {STANDING[first.standing]}{tries}{acted}"
    return f"{line}\n      {first.original.first}: {first.newest.sentence}"
