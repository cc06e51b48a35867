"""Words that need the tongue, the reference data or Việt Nam's time: steps, reasons, moments, names of agencies."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.notify.english import ENGLISH
from connectors.notify.tongues import Tongue
from connectors.notify.vietnamese import VIETNAMESE
from schemas.reasons import REASONS, sentence_en, sentence_vi
from schemas.reference import Reference

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
TONGUES: Mapping[str, Tongue] = {each.code: each for each in (VIETNAMESE, ENGLISH)}


def step(level: int, number: int, tongue: Tongue) -> str:
    """Name a step of the ladder."""
    said = tongue.steps.get(level) or tongue.step_late.format(level=level)
    return tongue.step_again.format(step=said, times=number - 1) if number > 1 else said


def why(code: str, tongue: Tongue) -> str:
    """Say a fact, a reason or a role in words; a code that has none as it is."""
    if code in REASONS:
        return sentence_vi(code) if tongue is VIETNAMESE else sentence_en(code)
    return tongue.facts.get(code) or tongue.roles.get(code) or code


def moment(at: datetime | None) -> str:
    """Return a moment as people write it; empty for none."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" if at else ""


def agency(organ_id: str, reference: Reference, now: datetime) -> str:
    """Return an agency's name and code; the code alone where the directory does not know it."""
    if not organ_id or reference.directory is None:
        return organ_id
    found = reference.directory.last_known(organ_id, now.astimezone(HERE).date())
    return f"{found.name} ({organ_id})" if found else organ_id


def plain(value: str) -> str:
    """Return a stranger's text as one line that shows what it is: no line breaks, no characters that cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())
