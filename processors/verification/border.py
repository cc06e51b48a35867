"""The one border where exceptions of parsers on hostile input become verdicts; nothing leaves it but a value."""

import struct
from collections.abc import Callable
from typing import TypeVar

from cryptography.x509 import DuplicateExtension, UnsupportedGeneralNameType
from lxml.etree import LxmlError
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError

from processors.verification.defects import DefectError, NotStrictError

T = TypeVar("T")
HOSTILE = (
    PdfError, CMSExtractionError, CMSStructuralError, DuplicateExtension, UnsupportedGeneralNameType, LxmlError, struct.error,
    ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, OverflowError, NotImplementedError,
)  # fmt: skip
"""What pyHanko, asn1crypto, cryptography and lxml were seen to raise on malformed files."""


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
    except Exception:  # noqa: BLE001 - a surprise in judging one file is a verdict on that file, never a pass and never a crash
        return failed("INTERNAL_ERROR")
