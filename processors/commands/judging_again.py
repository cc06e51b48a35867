"""Judges packets again that the verifier refused, from the content store, for `redrive`: by the pool and the data that the verifier would use."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from infra import packets
from infra.content import ContentError, open_content
from infra.settings import Settings
from processors.commands.judging import judge_all
from processors.verification.asked import Asked
from processors.verification.defects import found
from processors.verification.verdict import Judgement
from schemas.events import DocumentSubmitted
from schemas.reference import Reference

AT_ONCE = 32
"""Packets that are fetched together; a store in a bucket lends each as a file of its own."""


def judge_again(
    submitted: Sequence[DocumentSubmitted], reference: Reference, settings: Settings
) -> Iterator[tuple[DocumentSubmitted, Judgement]]:
    """Yield each packet with its judgement as of the moment it was handed over; raise OSError where the store is away."""
    store = open_content(settings)
    for start in range(0, len(submitted), AT_ONCE):
        some = submitted[start : start + AT_ONCE]
        with ExitStack() as lent:
            paths = dict[int, Path]()
            for number, each in enumerate(some):
                try:
                    paths[number] = lent.enter_context(store.lend(each.content.sha256))
                except ContentError:
                    continue
            judged = _judged({number: some[number] for number in paths}, paths, reference, settings)
        for number, each in enumerate(some):
            yield each, judged.get(number, Judgement(finding=found(["CONTENT_UNAVAILABLE"])))


def _judged(
    some: Mapping[int, DocumentSubmitted], paths: Mapping[int, Path], reference: Reference, settings: Settings
) -> Mapping[int, Judgement]:
    limits = packets.limits(settings)
    asked = [
        Asked(path=paths[number], receipt=each.occurred_at, sender=each.sender, limits=limits)
        for number, each in some.items()
    ]
    judgements: list[Judgement] = []
    if asked:
        judge_all(
            asked,
            reference,
            settings,
            answer=lambda _path, judgement, _seconds: judgements.append(judgement),
            advance=lambda: None,
        )
    return dict(zip(some, judgements, strict=True))
