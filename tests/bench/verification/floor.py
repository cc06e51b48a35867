"""The floor: SHA-256 of the file and one RSA verification for each signature and time-stamp in it; nothing is read, nobody is trusted."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from tests.bench.verification.specimens import TAMPERED, pinned, read_specimens

PREHASHED = utils.Prehashed(SHA256())


def judge_of(folder: Path) -> Callable[[Path], str]:
    """Return the floor for the files of a folder, whose digests the agency's key signed beside them."""
    answers = {each.name: each.answer for each in read_specimens(folder)}
    written: Mapping[str, Sequence[str]] = json.loads((folder / "floor.json").read_text())
    values = {name: [base64.b64decode(value) for value in each] for name, each in written.items()}
    key = pinned(folder).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return partial(_judge, answers=answers, values=values, key=key)


def _judge(path: Path, answers: Mapping[str, str], values: Mapping[str, Sequence[bytes]], key: rsa.RSAPublicKey) -> str:
    name, digest = path.name.removeprefix(TAMPERED), sha256(path.read_bytes()).digest()
    try:
        for value in values[name]:
            key.verify(value, digest, padding.PKCS1v15(), PREHASHED)
    except InvalidSignature:
        return "no"
    return answers[name]
