"""Why a code means nobody on a day, in words: what the directory knows of it all the same."""

from datetime import date

from schemas.ids import clean_code, code_form, expand_short
from schemas.reference.agencies import Agency
from schemas.reference.directory import Directory


def why_nobody(code: str, directory: Directory, on: date) -> str:
    """Return a code as written with what helps whoever wrote it, e.g. `000.00.09.H71 (Ban X, đến hết 31/12/2024)`."""
    found = directory.resolve_recipient(code, on)
    known = _known(clean_code(code), directory, on)
    why = ""
    if found.code == "RECIPIENT_UNKNOWN":
        why = _later(clean_code(code), directory, on)
    elif found.code == "RECIPIENT_AMBIGUOUS":
        among = ", ".join(found.candidates)
        why = f"{known.name} đã chia thành {among}" if known and not known.valid_on(on) else f"có thể là {among}"
    elif found.code == "RECIPIENT_CLOSED" and (known is None or known.valid_on(on)):
        why = "không phải nơi nhận văn bản"
    elif known and not known.valid_on(on):
        why = f"{known.name}, {ended(known)}" + (f", nay là {found.agency.organ_id}" if found.agency else "")
    return f"{code} ({why})" if why else code


def ended(agency: Agency) -> str:
    """Say until when an agency was there."""
    return f"đến hết {agency.valid_to:%d/%m/%Y}" if agency.valid_to else ""


def _known(code: str, directory: Directory, on: date) -> Agency | None:
    """Return what was meant by a code last, ended or not; None where nothing was, or several agencies."""
    meant = [period for each in _named(code, directory) if (period := directory.last_known(each, on))]
    return meant[0] if len(meant) == 1 else None


def _later(code: str, directory: Directory, on: date) -> str:
    begins = [period.valid_from for each in _named(code, directory) for period in directory.periods.get(each, ())]
    over = [alias.valid_to for alias in directory.aliases.get(code, ()) if alias.valid_to and alias.valid_to < on]
    if begins and min(begins) > on:
        return f"chỉ có từ {min(begins):%d/%m/%Y}"
    return f"chỉ dùng đến hết {max(over):%d/%m/%Y}" if over else ""


def _named(code: str, directory: Directory) -> tuple[str, ...]:
    short = expand_short(code) if code_form(code) == "short" else None
    aliases = (alias.organ_id for alias in directory.aliases.get(code, ()))
    return tuple(dict.fromkeys((code, *directory.by_qd20.get(code, ()), *aliases, *((short,) if short else ()))))
