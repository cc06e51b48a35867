"""JSON as the API writes it."""

import json
from datetime import date, datetime
from typing import Any

from starlette.responses import Response


def text(said: Any) -> str:
    """Return compact JSON; moments are ISO 8601 with offset."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


class Json(Response):
    """A JSON response."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return text(content).encode()
