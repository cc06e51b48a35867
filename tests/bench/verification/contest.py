"""The contest: everybody answers rightly on every file and its tampered copy, or there is none; then all in turns, round after round."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.verification.players import Player
from tests.bench.verification.specimens import REVOKED, Specimen

TURN_SECONDS = 0.5
"""CPU time of one turn."""

Say = Callable[[str], None]


class WrongAnswerError(Exception):
    """A contender validates what it must not, or the other way round: its speed would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One turn."""

    specimen: Specimen
    contender: str
    rate: float
    """Validations a CPU-second."""


def contest(
    players: Sequence[Player], specimens: Sequence[Specimen], folder: Path, *, rounds: int, say: Say
) -> list[Score]:
    """Run it; raise `WrongAnswerError`."""
    matches = [(each, one) for each in specimens for one in players if one.entry.validates(each.name)]
    for specimen, player in matches:
        require_right(player, specimen, folder)
    for player in players:
        require_revoked(player, folder)
    counts = {(each.name, one.entry.name): _warm(one, folder / each.name) for each, one in matches}
    scores: list[Score] = []
    for number in range(rounds):
        for specimen in specimens:
            own = [one for each, one in matches if each is specimen]
            turn = number % len(own)
            for player in (*own[turn:], *own[:turn]):
                count = counts[specimen.name, player.entry.name]
                seconds, answer = player.ask(folder / specimen.name, count)
                _require(answer, specimen.answer, player, specimen.name)
                scores.append(Score(specimen=specimen, contender=player.entry.name, rate=count / seconds))
        say(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}")
    return scores


def require_right(player: Player, specimen: Specimen, folder: Path) -> None:
    """Raise `WrongAnswerError` unless every signature of the file holds for this contender, and none of the tampered copy's."""
    _require(player.ask(folder / specimen.name, 1)[1], specimen.answer, player, specimen.name)
    _require(player.ask(folder / specimen.tampered, 1)[1], "no", player, specimen.tampered)


def require_revoked(player: Player, folder: Path) -> None:
    """Raise `WrongAnswerError` if a contender that asks revocation lists lets a revoked signer pass."""
    if player.entry.trusts and player.entry.validates(REVOKED):
        _require(player.ask(folder / REVOKED, 1)[1], "no", player, REVOKED)


def _require(answer: str, expected: str, player: Player, name: str) -> None:
    if answer != expected:
        raise WrongAnswerError(f"{player.entry.name} says {answer!r} of {name}, which is {expected!r}")


def _warm(player: Player, path: Path) -> int:
    """Let a contender warm up on a file; return how many validations make a turn."""
    spent, count = 0.0, 1
    while True:
        seconds, _ = player.ask(path, count)
        spent += seconds
        wanted = max(1, round(count * TURN_SECONDS / max(seconds, 1e-6)))
        if spent >= player.entry.warm_seconds and seconds >= TURN_SECONDS / 3:
            return wanted
        count = min(wanted, count * 10)
