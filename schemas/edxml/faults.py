"""Why a packet is refused, on its way to becoming a `Refusal`; it never leaves the reader."""


class PacketFaultError(Exception):
    """A code of `schemas.reasons`, the element or attachment concerned, and what to add to the sentence (Vietnamese)."""

    def __init__(self, code: str, element: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.element = element
        self.detail = detail
