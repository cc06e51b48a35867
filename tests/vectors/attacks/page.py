"""The page of the catalogue: class -> vectors -> verdict, from the same table that the tests run."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from tests.vectors.attacks.vector import VECTORS, Vector

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "attacks.md"
MODULES = (
    "ranges", "saving", "shadows", "awakened", "cms", "substitution", "algorithms", "values", "chains", "names", "anchors", "revocation", "stamps",
    "document_stamps", "stampers", "wrapping", "ids", "references", "digests", "transforms", "keys", "confusion", "attached", "wrapped",
    "seals", "misread", "entities", "packets", "bombs", "excess",
)  # fmt: skip
ELSEWHERE = {
    "test_bytes_and_changes": "Strict bytes of files by person and agency: exchanged ranges, shared values, truncated files, junk.",
    "test_later_changes": "An honest stamp of arrival, and one thing done besides: about forty of them.",
    "test_permissions": "What a certification or a lock forbids: visible fields, further signatures.",
    "test_envelope": "The envelope's signature by itself, whatever the policy says of it.",
    "test_xml_attachments": "Signed XML among the attachments: whose it is, over what, and that none is overlooked.",
    "test_xml_refusals": "Unusual signatures of XML attachments, each of them signed by the signer himself.",
    "test_time_and_trust": "The matrix of revocation, expiry and time-stamps for two signers.",
    "test_mutations": "Five thousand seeded mutations of nine honest files, two hundred thousand at length.",
    "test_lanes": "Planted mistakes in one of the two readers: the other one notices.",
}
HEAD = """# Attacks

Written by `python -m tests.vectors.attacks`; a test compares this page with the table that the tests run.

One function makes one attack and, without the one thing that is wrong, its honest twin. The twin must be TOTAL_PASSED, the attack must get exactly the verdict and the reasons named here: so it fails *solely because of* that one thing. Files that are too much are judged by a real pool of judges (CPU 10 s, 1 GiB, 15 s) beside an honest neighbour, which must pass.

**{count} attacks in {classes} classes.** None passes.
"""
TAIL = """
## Elsewhere

| tests | what they try |
|---|---|
"""
SPELLING = """
## What is no attack

* A file that was signed while shadow content lies dormant in it passes everywhere: it is the honest twin of each shadow here. Nothing that was not signed is shown as long as nothing wakes it.
* The signature's own gap is nobody's statement: an unsigned attribute may be added to a message or taken out of it. Without its time-stamp a signature is judged at the receipt.
"""


def vectors() -> list[Vector]:
    """Return every attack, in the order of the modules."""
    for name in MODULES:
        importlib.import_module(f"tests.vectors.attacks.{name}")
    return sorted(VECTORS, key=lambda each: MODULES.index(each.where))


def drawing(vector: Vector) -> tuple[str, str]:
    """Return the two halves of a vector's docstring: the file, and why it must fail."""
    drawn, _, why = inspect.cleandoc(vector.make.__doc__ or "").partition("\n\n")
    return " ".join(drawn.split()), " ".join(why.split())


def written() -> str:
    """Return the page."""
    every = vectors()
    classes = list(dict.fromkeys(each.kind for each in every))
    return HEAD.format(count=len(every), classes=len(classes)) + "".join(_sections(every)) + _elsewhere() + SPELLING


def _sections(every: list[Vector]) -> Iterator[str]:
    for module in MODULES:
        own = [each for each in every if each.where == module]
        title = (importlib.import_module(f"tests.vectors.attacks.{module}").__doc__ or "").partition("\n")[0]
        yield f"\n## {title.partition(':')[0].rstrip('.')}\n\n`tests/vectors/attacks/{module}.py`\n"
        for kind in dict.fromkeys(each.kind for each in own):
            yield f"\n### {kind[:1].upper()}{kind[1:]}\n\n| attack | the file | verdict | reasons |\n|---|---|---|---|\n"
            yield from (_row(each) for each in own if each.kind == kind)


def _row(vector: Vector) -> str:
    codes = " ".join(f"`{code}`" for code in vector.codes)
    alone = f" (the verifier alone: `{vector.alone}`)" if vector.alone else ""
    slow = " (a judge is ended)" if vector.slow else ""
    drawn = drawing(vector)[0].replace("|", "\\|").replace("<", "&lt;")
    return f"| `{vector.name}` | {drawn} | {vector.verdict}{slow} | {codes}{alone} |\n"


def _elsewhere() -> str:
    rows = []
    for name, what in ELSEWHERE.items():
        path = ROOT / "tests" / "vectors" / f"{name}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        count = sum(isinstance(each, ast.FunctionDef) and each.name.startswith("test_") for each in tree.body)
        rows.append(f"| `tests/vectors/{name}.py` ({count} tests) | {what} |\n")
    return TAIL + "".join(rows)
