"""The law for the same files under another id: a question who held them first has at most one answer, and no answer comes unasked."""

from collections.abc import Iterator

from infra.audit.books import Books


def doubled(books: Books) -> Iterator[str]:
    """Yield questions that were answered twice."""
    for question, answers in books.linked.items():
        if len(answers) > 1:
            yield f"files of {question}: linked {len(answers)} times, at {', '.join(sorted(answers.values()))}"


def strange(books: Books) -> Iterator[str]:
    """Yield links that nobody asked for."""
    for question, answers in books.linked.items():
        if question not in books.asked:
            yield f"linked by the same files, which {question or '?'} did not ask for, at {min(answers.values())}"
