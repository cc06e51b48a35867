"""Hashes of what the signatures of a file cover: each byte is hashed once, however many signatures cover it."""

import hashlib

from processors.verification.pdf.byteranges import SignedRange


class Digests:
    """A file's; what lies before a gap is hashed up to there, and hashing goes on from that state for whatever covers more."""

    def __init__(self, pdf: bytes) -> None:
        self._view = memoryview(pdf)
        self._states: dict[str, dict[int, hashlib._Hash]] = {}

    def of(self, covered: SignedRange, algorithm: str) -> bytes:
        """Return the digest of a range."""
        state = self._upto(covered.start, algorithm).copy()
        state.update(self._view[covered.resume : covered.end])
        return state.digest()

    def whole(self) -> str:
        """Return the SHA-256 of the whole file, lower-case hex."""
        return self._upto(len(self._view), "sha256").hexdigest()

    def _upto(self, at: int, algorithm: str) -> "hashlib._Hash":
        states = self._states.setdefault(algorithm, {0: hashlib.new(algorithm)})
        if at not in states:
            nearest = max(each for each in states if each <= at)
            states[at] = states[nearest].copy()
            states[at].update(self._view[nearest:at])
        return states[at]
