"""Which software judged: part of the evidence, because another version may say otherwise."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTIONS = ("lienthong", "asn1crypto", "cryptography", "lxml", "pyhanko", "pyhanko-certvalidator")


@cache
def software() -> Mapping[str, str]:
    """Return name -> version of all that has a say."""
    return {"python": platform.python_version()} | {name: _version(name) for name in DISTRIBUTIONS}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a folder, not installed
        return "unknown"
