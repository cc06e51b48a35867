"""Small packets without signatures, for tests of the doors: reading them asks for no keys."""

import base64
import io
import zipfile
from typing import Any

from lxml import etree

from infra.demo import province
from infra.demo.frame import Draft, frame
from schemas.edxml import Enclosed, StatusDraft, write_status
from tests.axis import MORNING

PROVINCE, HEALTH, COMMUNE = "000.00.00.H53", "000.00.17.H53", "000.21.31.H53"


def document(number: int = 1, *, size: int = 2000, **fields: Any) -> bytes:
    """Return a packet of the province for its department of health, with one zipped file."""
    own: dict[str, Any] = {"sender": PROVINCE, "recipients": (HEALTH,), "number": number, "at": MORNING}
    draft = Draft(**own | fields)
    name = f"{number}.pdf"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"%PDF-1.7 " + str(number).encode() * (size // 2))
    encoded = base64.b64encode(out.getvalue()).decode()
    enclosed = Enclosed(content_id=f"c{number}", name=name, description="Văn bản", encoded=encoded)
    return etree.tostring(frame(draft, province.agencies(), enclosed), xml_declaration=True, encoding="UTF-8")


def document_id(number: int = 1) -> str:
    """Return the normalised id of `document(number)`."""
    return f"{PROVINCE},2026-11-23,{number}/UBND-VP"


def status(code: str = "03", *, number: int = 1, **fields: Any) -> bytes:
    """Return what the department of health says about `document(number)`."""
    own: dict[str, Any] = {
        "document_id": document_id(number),
        "code": code,
        "said_by": HEALTH,
        "said_by_name": "Sở Y tế",
    }
    own |= {"addressed_to": PROVINCE, "said_at": MORNING, "reason": "Đã tiếp nhận", "staff": "Trần Thị Bình"}
    return write_status(StatusDraft(**own | fields))
