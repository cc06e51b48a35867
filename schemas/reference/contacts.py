"""Contact officials of agencies (CV 2887/VPCP-KSTT): who is warned, by role."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schemas.reference.faults import Faults
from schemas.reference.table import Row, read_table

COLUMNS = ("organ_id", "role", "name", "title", "unit", "mobile", "mailbox")
LANGUAGES = ("vi", "en")
CHANNELS = ("mail", "webhook", "sms")
YES_NO = ("yes", "no")
MAX_URL = 500
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}", re.ASCII)
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
_URL = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[!-\"$-~]*)?", re.ASCII)
"""A web address without a login and without a fragment (RFC 3986); IPv6 addresses are in no directory of agencies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person who may be told, in one role of one agency."""

    organ_id: str
    role: str
    """`clerk`, `head_of_office`, `axis_operator` …; roles are data."""

    name: str
    title: str = ""
    unit: str = ""
    mobile: str = ""
    mailbox: str
    valid_from: date = date.min
    valid_to: date | None = None
    language: str = "vi"
    """In which this person is told: `vi` or `en`."""

    channel: str = "mail"
    """By which way: `mail`, `webhook` or `sms`; where that way fails, by mail."""

    webhook: str = ""
    """Address that channel `webhook` posts to."""

    digest: bool = True
    """False: warnings that `sla.yaml` gathers come one by one."""

    unsubscribed: bool = False
    """True: not told of steps below 2; from there on a wish does not count."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """A snapshot of the contact officials."""

    by_role: Mapping[tuple[str, str], tuple[Contact, ...]]
    """(organ_id, role) -> contacts in the file's order."""

    def find(self, organ_id: str, role: str, on: date) -> tuple[Contact, ...]:
        """Return who has the role on the day; empty where nobody has."""
        found = self.by_role.get((organ_id, role), ())
        return tuple(each for each in found if each.valid_from <= on and (each.valid_to is None or on <= each.valid_to))

    def of_agency(self, organ_id: str, on: date) -> tuple[Contact, ...]:
        """Return all contacts of an agency on the day."""
        roles = dict.fromkeys(role for code, role in self.by_role if code == organ_id)
        return tuple(contact for role in roles for contact in self.find(organ_id, role, on))


def parse_contacts(files: Mapping[str, bytes], faults: Faults) -> Contacts:
    """Parse contacts.csv; `valid_from`, `valid_to` and how a person wants to be told are optional columns."""
    groups: defaultdict[tuple[str, str], list[Contact]] = defaultdict(list)
    for row in read_table("contacts.csv", files.get("contacts.csv"), COLUMNS, faults):
        valid_from, valid_to = row.validity()
        contact = Contact(
            organ_id=row.code("organ_id"),
            role=row.text("role"),
            name=row.text("name"),
            title=row.text("title", optional=True),
            unit=row.text("unit", optional=True),
            mobile=row.text("mobile", optional=True),
            mailbox=row.text("mailbox"),
            valid_from=valid_from,
            valid_to=valid_to,
            language=row.choice("language", LANGUAGES, optional=True) or "vi",
            channel=row.choice("channel", CHANNELS, optional=True) or "mail",
            webhook=row.text("webhook", optional=True),
            digest=row.choice("digest", YES_NO, optional=True) != "no",
            unsubscribed=row.choice("unsubscribed", YES_NO, optional=True) == "yes",
        )
        if contact.role and not _ROLE.fullmatch(contact.role):
            row.fault(
                "role", "BAD_VALUE", f"Vai trò “{contact.role}” phải viết bằng chữ thường không dấu, ví dụ clerk."
            )
        if contact.mailbox and not _MAILBOX.fullmatch(contact.mailbox):
            row.fault("mailbox", "BAD_VALUE", f"“{contact.mailbox}” không phải địa chỉ thư.")
        _check_way(row, contact)
        groups[contact.organ_id, contact.role].append(contact)
    return Contacts({key: tuple(group) for key, group in groups.items()})


def _check_way(row: Row, contact: Contact) -> None:
    """Note what a person's channel cannot do without."""
    if contact.webhook and (len(contact.webhook) > MAX_URL or not _URL.fullmatch(contact.webhook)):
        row.fault(
            "webhook", "BAD_VALUE", f"“{contact.webhook[:MAX_URL]}” không phải địa chỉ web https://máy/đường-dẫn."
        )
    if contact.channel == "webhook" and not contact.webhook:
        row.fault("webhook", "MISSING_FIELD", "Kênh webhook cần cột webhook: địa chỉ nhận tin.")
    if contact.channel == "sms" and not contact.mobile:
        row.fault("mobile", "MISSING_FIELD", "Kênh sms cần cột mobile: số điện thoại.")
