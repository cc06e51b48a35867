"""The questions of an address, as pages take them: bounded, one line, printable."""

from starlette.requests import Request

MAX_WORDS = 300


def asked_of(request: Request, *names: str) -> dict[str, str]:
    """Return the questions by name, empty where there is none; what cannot be printed is left out."""
    return {
        name: "".join(each for each in request.query_params.get(name, "")[:MAX_WORDS] if each.isprintable()).strip()
        for name in names
    }
