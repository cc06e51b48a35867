"""The table: file -> what its collection's own library says -> what we say -> why, where we refuse what it lets pass."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.corpora import judged
from tests.corpora.sources import files

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("table.csv")
PAGE = ROOT / "docs" / "corpora.md"
WHY = {
    "ALGO_WEAK": "Signed by Ed25519 or Ed448: the policies of the axis know RSA and ECDSA (TT 15/2025).",
    "NO_SIGNED_ATTRS": "Nothing but the content is signed, so the value may be lifted into another message.",
    "FORMAT_FAILURE": "Encrypted, or its encryption cannot be read: a file that must be opened by a key is no document for everybody.",
}
WHY_HERE = {
    "pyhanko/pdf/pades-lta-dss-indirect-arrs-test.pdf": "The last update holds an object that nothing refers to (28), and adds nothing.",
    "pyhanko/pdf/pades-lta-dss-indirect-arrs-test-2.pdf": "An update holds an object that nothing refers to (28), and adds nothing.",
}
PASSES = frozenset({judged.SOUND, judged.UNSIGNED})


class Row(NamedTuple):
    """One file."""

    file: str
    theirs: str
    """Of a PDF what stock pyHanko says; of XML what our verifier of envelopes says by itself."""

    ours: str
    why: str


def rows() -> Iterator[Row]:
    """Judge every file."""
    for name, path in files():
        ours = judged.ours(path)
        if path.suffix != ".pdf":
            yield Row(name, judged.envelope(path), ours, "")
            continue
        theirs = judged.stock(path)
        differs = theirs in PASSES and ours not in PASSES
        yield Row(name, theirs, ours, WHY_HERE.get(name) or WHY.get(ours, "") if differs else "")


def kept() -> list[Row]:
    """Read the table as it is in the repository."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [Row(*each) for each in list(csv.reader(lines))[1:]]


def write(table: list[Row]) -> None:
    """Write the table and its page."""
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(table)
    PAGE.write_text(page(table), encoding="utf-8")


def page(table: list[Row]) -> str:
    """Return the page: how many files, and each one that we refuse though its collection's library lets it pass."""
    pdfs = [each for each in table if each.file.endswith(".pdf")]
    others = [each for each in table if not each.file.endswith(".pdf")]
    signed = Counter(each.theirs for each in pdfs)
    codes = Counter(each.ours.split()[0] for each in others)
    return HEAD.format(
        pdfs=len(pdfs),
        says=", ".join(f"{count} {what}" for what, count in signed.most_common()),
        xml=len(others),
        holding=sum(set(each.ours.split()) == {"NO_CERTIFICATE_CHAIN_FOUND"} for each in others),
        codes=", ".join(f"{count} `{code}`" for code, count in codes.most_common()),
    ) + "".join(f"| `{each.file}` | {each.theirs} | `{each.ours}` | {each.why} |\n" for each in pdfs if each.why)


HEAD = """# Collections of files

Written by `python -m tests.corpora`; the tests judge every file again (`tests/corpora/`), the whole table is `tests/corpora/table.csv`. The files come out of the source packages of pyHanko 0.38.0, signxml 5.2.0 and defusedxml 0.7.1, fetched against their hashes.

* **{pdfs} PDFs of pyHanko's tests.** Stock pyHanko, trust aside: {says}. We pass none that it does not pass, and no two readers of ours disagree on any of them.
* **{xml} XML files** of XMLDSig, XAdES, WS-Security and of entity bombs. None passes, for none is a packet, and nobody here trusts their keys: {codes}. Of those that are judged as signed XML ([ADR 0025](adr/0025-signed-xml-among-the-attachments.md)) {holding} hold in form, digest and value, lists of trusted services of the EU among them; the rest have algorithms or transforms that are not allowed, leave something unsigned, or carry no certificate. The verifier of envelopes by itself refuses every one that holds a signature: it has one template ([ADR 0017](adr/0017-two-readers-of-signatures.md)).

What we refuse, though pyHanko lets it pass:

| file | pyHanko | we | why |
|---|---|---|---|
"""
