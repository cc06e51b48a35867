"""Makes an attachment as the standard has it: zipped alone, base64-encoded. The same file gives the same bytes."""

import base64
import io
import zipfile
from datetime import datetime

from schemas.edxml.drafts import Enclosed
from schemas.edxml.moments import HERE

LEVEL = 1
"""Signed PDFs hardly shrink; more effort is wasted on them."""


def enclose(content: bytes, *, content_id: str, name: str, at: datetime, description: str = "") -> Enclosed:
    """Pack one file; `at`: what the zip says of its age."""
    out = io.BytesIO()
    entry = zipfile.ZipInfo(name, date_time=at.astimezone(HERE).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, content, compresslevel=LEVEL)
    encoded = base64.b64encode(out.getvalue()).decode()
    return Enclosed(content_id=content_id, name=name, description=description, encoded=encoded)
