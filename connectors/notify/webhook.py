"""Webhooks and the SMS gateway: one signed JSON document by POST (Standard Webhooks 1.0.0: ids, time and HMAC-SHA256 in headers).

The shapes are part of docs/integrating.md. No contents of documents; an SMS does not even carry the subject.
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from connectors.notify import web
from connectors.notify.circuits import Circuits, Patience
from connectors.notify.keyring import keyring, target_of
from connectors.notify.missives import SMS, Missive
from connectors.notify.post import Answer
from infra.settings import Settings

LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
"""Answers below 500 that ask to try later."""

LONGEST_SMS = 300
"""Characters; a gateway cuts it into as many messages as it needs."""


class Gateway:
    """Posts missives; may be called from several threads."""

    def __init__(self, settings: Settings, circuits: Circuits | None = None) -> None:
        self._keys, self._private, self._sms = (
            keyring(settings.webhook_keys_file),
            settings.webhook_private,
            settings.sms_url,
        )
        self._from, self._circuits, self._patience = settings.smtp_from, circuits or Circuits(), Patience()

    def send(self, missive: Missive, at: datetime) -> Answer:
        """Post one missive; never raises for what a server or network does. `at` is the signature's moment."""
        url = self._sms if missive.channel == SMS else missive.target
        target = target_of(url)
        key = self._keys.get(target)
        if key is None:
            return Answer(delivered=False, said="target not configured")
        if self._patience.has_run_out():
            return Answer(delivered=False, said="others too slow")
        if not self._circuits.lets(target):
            return Answer(delivered=False, said="circuit open")
        began = time.monotonic()
        body = body_of(missive, at)
        headers = signed(missive.message_id(self._from).strip("<>"), at, body, key)
        sent = web.Sent()
        try:
            answer = _judged(web.post(url, headers, body, private=self._private, sent=sent))
        except web.ForbiddenTargetError:
            return Answer(delivered=False, said="target not allowed")
        except (OSError, HTTPException, ValueError) as exc:  # ValueError: a name that is none, by IDNA
            answer = Answer(delivered=False, later=True, unsure=sent.it_was, said=type(exc).__name__)
        if not answer.delivered:
            self._patience.lose(began)
        self._circuits.learn(target, alive=answer.delivered or not answer.later)
        return answer


def signed(message_id: str, at: datetime, body: bytes, key: bytes) -> dict[str, str]:
    """Return the headers: who says it, when, the id by which a repeat is recognised, and the signature over all of it."""
    moment = str(int(at.timestamp()))
    digest = hmac.digest(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "lienthong-notify",
        "Idempotency-Key": message_id,
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def body_of(missive: Missive, at: datetime) -> bytes:
    """Return what is posted: of a webhook facts and words, of an SMS a number and a line."""
    said = _sms(missive) if missive.channel == SMS else _facts(missive)
    kind = (
        "sms" if missive.channel == SMS else f"alert.{missive.alert.state.value.lower()}" if missive.alert else "alert"
    )
    whole = {"type": kind, "timestamp": at.isoformat(), "data": said}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()


def _sms(missive: Missive) -> dict[str, Any]:
    words = f"{missive.text.subject}. {missive.text.to_do}"
    cut = words if len(words) <= LONGEST_SMS else words[: LONGEST_SMS - 1] + "…"
    return {"to": missive.person.mobile, "text": cut, "language": missive.text.tongue.code}


def _facts(missive: Missive) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if (alert := missive.alert) is not None:
        names = (
            "alert_id",
            "kind",
            "level",
            "number",
            "clock",
            "why",
            "document_id",
            "delivery_id",
            "subject",
            "urgency",
        )
        facts = {name: getattr(alert, name) for name in (*names, "sender", "recipient", "debtor", "about")}
        facts |= {"state": alert.state.value, "alert_event_id": alert.event_id}
        facts["deadline_at"] = alert.deadline_at.isoformat() if alert.deadline_at else None
    to = {"organ_id": missive.person.organ_id, "role": missive.person.role}
    text = {"title": missive.text.title, "body": missive.text.body, "language": missive.text.tongue.code}
    return {**facts, "to": to, "text": text}


def _judged(status: int) -> Answer:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(delivered=True, said=str(status))
    return Answer(
        delivered=False, later=status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR, said=str(status)
    )
