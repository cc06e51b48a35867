"""Seeded mutations of signed files: bytes flipped, cut, doubled, moved, numbers and names exchanged, revisions taken apart."""

import random
import re
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
NUMBER = re.compile(rb"\d+")
NAMES = (
    b"/ByteRange",
    b"/Contents",
    b"/Type",
    b"/Sig",
    b"/Annots",
    b"/Fields",
    b"/V",
    b"/AcroForm",
    b"/Root",
    b"/Prev",
    b"/Kids",
    b"/Length",
    b"/FT",
)
TOKENS = (
    b"<<",
    b">>",
    b"[",
    b"]",
    b"obj",
    b"endobj",
    b"stream",
    b"endstream",
    b"xref",
    b"trailer",
    b"startxref",
    b"%%EOF",
    b" R",
    b" n \n",
    b" f \n",
)


def _place(data: bytes, chance: random.Random) -> int:
    """Choose a place; one half of them outside the long runs of digits in which nothing is to be found."""
    at = chance.randrange(len(data))
    for _ in range(20):
        if chance.random() < 0.5 or data[at : at + 16].strip(b"0123456789abcdef"):
            break
        at = chance.randrange(len(data))
    return at


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change one bit."""
    at = _place(data, chance)
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def replace(data: bytes, chance: random.Random) -> bytes:
    """Write a few random bytes over others."""
    at, size = _place(data, chance), chance.randrange(1, 9)
    return data[:at] + chance.randbytes(size) + data[at + size :]


def insert(data: bytes, chance: random.Random) -> bytes:
    """Put bytes in between."""
    at = _place(data, chance)
    return data[:at] + chance.choice((chance.randbytes(3), b" ", b"\n", *TOKENS, *NAMES)) + data[at:]


def remove(data: bytes, chance: random.Random) -> bytes:
    """Take bytes away."""
    at = _place(data, chance)
    return data[:at] + data[at + chance.randrange(1, 40) :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off."""
    return data[: chance.randrange(len(data) // 2, len(data))]


def double(data: bytes, chance: random.Random) -> bytes:
    """Say a piece twice, somewhere."""
    at, to, size = _place(data, chance), _place(data, chance), chance.randrange(1, 2_000)
    return data[:to] + data[at : at + size] + data[to:]


def number(data: bytes, chance: random.Random) -> bytes:
    """Change a number, at the same length where that is possible."""
    found = NUMBER.search(data, _place(data, chance))
    if not found:
        return flip(data, chance)
    value = str(max(0, int(found[0][:18]) + chance.choice((-1, 1, 2, 8, 100, -20)))).encode()
    return data[: found.start()] + value.rjust(len(found[0]), b"0")[-len(found[0]) :] + data[found.end() :]


def name(data: bytes, chance: random.Random) -> bytes:
    """Exchange or disguise a name."""
    old = chance.choice(NAMES)
    at = data.rfind(old, 0, _place(data, chance) + 1)
    if at < 0:
        return flip(data, chance)
    new = chance.choice(
        (old[:-1] + b"#%02x" % old[-1], chance.choice(NAMES).ljust(len(old))[: len(old)], old + b" " + old)
    )
    return data[:at] + new + data[at + len(old) :]


def token(data: bytes, chance: random.Random) -> bytes:
    """Exchange a token."""
    old = chance.choice(TOKENS)
    at = data.rfind(old, 0, _place(data, chance) + 1)
    return data[:at] + chance.choice(TOKENS) + data[at + len(old) :] if at >= 0 else flip(data, chance)


def revisions(data: bytes, chance: random.Random) -> bytes:
    """Drop, double or exchange whole revisions."""
    parts = re.split(rb"(?<=%%EOF\n)", data)
    pick = chance.randrange(3)
    if pick == 0 and len(parts) > 2:
        parts.pop(chance.randrange(len(parts) - 1))
    elif pick == 1:
        parts.append(parts[chance.randrange(len(parts))])
    else:
        chance.shuffle(parts)
    return b"".join(parts)


def tail(data: bytes, chance: random.Random) -> bytes:
    """Append white space, a comment, or an update that changes nothing."""
    start = data.rindex(b"startxref")
    return data + chance.choice(
        (b"\n", b"\r\n  ", b"% a\n", b"\x00" * 9, b"xref\n0 0\ntrailer\n<< >>\n" + data[start:], data[start:])
    )


MUTATIONS: tuple[Mutation, ...] = (
    flip, flip, flip, replace, insert, remove, cut, double, number, number, number, name, name, token, revisions, tail,
)  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """Mutate one to three times, and on until it is another file."""
    chance, original = random.Random(seed), data
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(data, chance)
    while data == original:
        data = flip(data, chance)
    return data
