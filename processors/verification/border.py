"""The one border where exceptions of parsers on hostile input become verdicts; nothing leaves it but a value."""

import struct
from collections.abc import Callable
from typing import TypeVar

from cryptography.x509 import DuplicateExtension, UnsupportedGeneralNameType
from lxml.etree import LxmlError

from processors.verification.defects import DefectError, NotStrictError

T = TypeVar("T")
HOSTILE = (
    DuplicateExtension, UnsupportedGeneralNameType, LxmlError, struct.error, ValueError, TypeError, AttributeError, LookupError,
    AssertionError, RecursionError, OverflowError, NotImplementedError,
)  # fmt: skip
"""What asn1crypto, cryptography and lxml were seen to raise on malformed files."""

PYHANKO = frozenset({"PdfError", "CMSExtractionError", "CMSStructuralError"})
"""And pyHanko: told by name, for importing it takes most of a second and few files need it."""


def guarded(judge: Callable[[], T], failed: Callable[[str], T]) -> T:
    """Return what `judge` says, or `failed(code)`: FORMAT_FAILURE for malformed input, INTERNAL_ERROR for a surprise."""
    try:
        return judge()
    except NotStrictError:
        raise  # the general lane looks at the whole file
    except DefectError as exc:
        return failed(exc.code)
    except MemoryError:
        return failed("RESOURCE_LIMIT")
    except HOSTILE:
        return failed("FORMAT_FAILURE")
    except Exception as exc:  # noqa: BLE001 - a surprise in judging one file is a verdict on that file, never a pass and never a crash
        return failed("FORMAT_FAILURE" if _by_pyhanko(exc) else "INTERNAL_ERROR")


def _by_pyhanko(exc: Exception) -> bool:
    kinds = [each for each in type(exc).__mro__ if each.__module__.startswith("pyhanko.")]
    return any(each.__name__ in PYHANKO for each in kinds)
