"""The pages about documents: what is stuck and whose turn it is, looking for a document, a document's page."""

from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.console import documents as shelf
from connectors.console import stuck as duties
from connectors.console.around import Around
from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.evidence import signatures_of
from connectors.console.paging import Page
from connectors.console.render import render
from connectors.register.story import same_contents
from schemas.ids import clean_code, expand_short, split_delivery_id

CLOCKS = ("verification", "dispatch", "transport", "intake", "assignment", "completion", "recall_answer")


def stuck(desk: Desk, request: Request) -> Response:
    """Show what is overdue (or comes due next), the longest overdue first: what, whose turn, by how much, who was told."""
    around = desk.around()
    asked = asked_of(request, "debtor", "clock", "after", "show")
    asked["clock"] = asked["clock"] if asked["clock"] in CLOCKS else ""
    debtor = _code(asked["debtor"])
    read = duties.coming if asked["show"] == "coming" else duties.overdue
    with desk.register.reading() as connection:
        page = read(connection, around.now, debtor=debtor, clock=asked["clock"], after=asked["after"])
    rows = [row | {"late": _late(around, row)} for row in page.rows]
    values = {
        "rows": rows,
        "after": page.after,
        "around": around,
        "asked": asked | {"debtor": debtor},
        "clocks": CLOCKS,
    }
    return render(request, "stuck.html", values, account=desk.account(request))


def documents(desk: Desk, request: Request) -> Response:
    """Look for a document by id or SHA-256, and open it if there is one such; without a question the newest deliveries."""
    asked = asked_of(request, "q", "after")
    around = desk.around()
    with desk.register.reading() as connection:
        found = shelf.search(connection, asked["q"]) if asked["q"] else None
        if found is not None and len(found) == 1 and "at_the_door" not in found[0]:
            return RedirectResponse(_address(found[0]), status_code=303)
        page = None if asked["q"] else shelf.newest(connection, after=asked["after"])
    values = {"asked": asked, "found": found, "page": page, "around": around}
    return render(request, "documents.html", values, account=desk.account(request))


def document(desk: Desk, request: Request) -> Response:
    """Tell one document: whose turn it is, what happens next if nobody acts, deliveries, verdict, alerts, what happened."""
    asked = asked_of(request, "key", "sha", "deliveries", "events")
    around, key = desk.around(), asked["key"]
    with desk.register.reading() as connection:
        packets = shelf.packets(connection, key)
        if not packets:
            raise HTTPException(404)
        packet = next((each for each in packets if each["sha256"] == asked["sha"]), packets[-1])
        sent = shelf.deliveries(connection, key, after=asked["deliveries"])
        owed = shelf.duties(connection, key)
        values: dict[str, Any] = {
            "packet": packet | {"state": shelf.standing(connection, packet)},
            "packets": packets,
            "sent": sent,
            "refusals": shelf.refusals(connection, key),
            "same": same_contents(connection, key, packet["sha256"]),
            "verdicts": shelf.verdicts(connection, key, packet["sha256"]),
            "events": shelf.timeline(connection, key, packet["sha256"], after=asked["events"]),
        }
    urgency = {row["delivery_id"]: row["urgency"] for row in sent.rows}
    recipients = {row["delivery_id"]: row["recipient"] for row in sent.rows}
    if values["verdicts"]:
        newest = values["verdicts"][0]["verdict"]
        values["verdicts"][0]["signatures"] = signatures_of(desk.settings, newest.get("evidence_sha256", ""))
    events = values["events"]
    values["events"] = Page(
        rows=[row | {"to": _recipient(row["delivery_id"])} for row in events.rows], after=events.after
    )
    values["owed"] = [
        row
        | {"late": _late(around, row)}
        | {
            "next": around.next_told(
                row,
                urgency=urgency.get(row["delivery_id"], ""),
                sender=packet["sender"],
                recipient=recipients.get(row["delivery_id"], row["debtor"]),
            )
        }
        for row in owed
    ]
    return render(request, "document.html", values | {"around": around, "asked": asked}, account=desk.account(request))


def _address(packet: dict[str, Any]) -> str:
    return f"/document?{urlencode({'key': packet['document_key'], 'sha': packet['sha256']})}"


def _recipient(delivery_id: str) -> str:
    """Return whom a delivery is for, or nothing."""
    try:
        return split_delivery_id(delivery_id)[1]
    except ValueError:
        return ""


def _late(around: Around, row: dict[str, Any]) -> Any:
    breach = row["breach_at"]
    return around.late(breach, row["debtor"]) if breach is not None and breach <= around.now else None


def _code(text: str) -> str:
    cleaned = clean_code(text) if text else ""
    return expand_short(cleaned) or cleaned
