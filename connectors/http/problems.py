"""How the API says no: `application/problem+json` (RFC 9457) with a reason code, the element it is about and a sentence in Vietnamese."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from schemas.reasons import REASONS, sentence_en, sentence_vi

MEDIA_TYPE = "application/problem+json"
NOT_PRINTED = 200
"""Characters of a request's own words that are repeated."""


class RefusedError(Exception):
    """A request is answered with a no; raised anywhere below a route, made a response at one place."""

    def __init__(
        self, code: str, status: int, *, element: str = "", detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.element, self.detail = code, status, element, detail
        self.headers = dict(headers or {})

    @property
    def sentence(self) -> str:
        """What is wrong, in Vietnamese."""
        return sentence_vi(self.code, element=self.element or None, detail=self.detail or None)


def not_ready(detail: str) -> RefusedError:
    """Return the refusal while something of ours is missing."""
    return RefusedError("AXIS_NOT_READY", 503, detail=detail, headers={"Retry-After": "5"})


def body(refused: RefusedError) -> dict[str, Any]:
    """Return the problem's members."""
    reason = REASONS[refused.code]
    return {
        "type": f"urn:lienthong:reason:{refused.code}",
        "title": sentence_en(refused.code, element=refused.element or None, detail=refused.detail or None),
        "status": refused.status,
        "detail": refused.sentence,
        "code": refused.code,
        "element": refused.element[:NOT_PRINTED],
        "sentence_vi": refused.sentence,
        "who_must_act": reason.acts.value,
        "retry": reason.retry,
    }


def response(refused: RefusedError) -> JSONResponse:
    """Return the problem as a response."""
    return JSONResponse(body(refused), refused.status, headers=refused.headers, media_type=MEDIA_TYPE)


def of_receipt(receipt: Mapping[str, Any]) -> RefusedError:
    """Return what the door refused, as a problem; its sentence is the receipt's."""
    why = receipt["refusal"]
    return ReceiptRefusedError(why["code"], 422, element=why["element"], sentence=why["sentence_vi"])


class ReceiptRefusedError(RefusedError):
    """The intake refused a packet; it has said why in its own words."""

    def __init__(self, code: str, status: int, *, element: str, sentence: str) -> None:
        super().__init__(code, status, element=element)
        self._sentence = sentence

    @property
    def sentence(self) -> str:
        """What is wrong, as the receipt says it."""
        return self._sentence
