"""The whole way of an alert with the real programs: a metric, the shipped rule, Alertmanager's shipped routes, a mail."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from infra.demo.mailbox import Mailboxes
from infra.kafka.places import free_ports
from infra.pages import ROOT
from tests.axis import until
from tests.prometheus import program, prometheus, running, shipped

SECONDS = 120.0
TO = "van-hanh@truc.example"

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def quick_rules(folder: Path) -> Path:
    """Write the shipped rules, with waits of a second."""
    text = (ROOT / "infra" / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    for wait in ("for: 30s", "for: 1m", "for: 2m", "for: 5m"):
        text = text.replace(wait, "for: 1s")
    (folder / "rules.yml").write_text(text, encoding="utf-8")
    return folder / "rules.yml"


def mails(folder: Path) -> list[EmailMessage]:
    """Return the mails in the operators' mailbox, the earliest first."""
    found = sorted((folder / TO).glob("*.eml"), key=lambda mail: mail.stat().st_mtime_ns)
    return [message_from_bytes(mail.read_bytes(), policy=policy.default) for mail in found]


def text_of(mail: EmailMessage) -> str:
    """Return what a person reads."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def said(folder: Path, subject: str) -> Callable[[], bool]:
    """Tell whether a mail with this subject came."""
    return lambda: any(subject in mail["Subject"] for mail in mails(folder))


def test_what_the_audit_found_reaches_a_mailbox(tmp_path: Path) -> None:
    """The audit's gauge rises: one mail in Vietnamese and English that names the page; it falls: a second one says so."""
    registry = CollectorRegistry()
    found = Gauge("lienthong_audit_findings", "As the register serves it.", ["what"], registry=registry)
    found.labels(what="lost").set(0)
    targets, box = tmp_path / "targets", tmp_path / "mail"
    targets.mkdir()
    alerting, relay = free_ports(2)
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    note = f'[{{"targets": ["127.0.0.1:{server.server_address[1]}"], "labels": {{"instance": "register"}}}}]'
    (targets / "register.json").write_text(note)
    changes = {"127.0.0.1:25": f"127.0.0.1:{relay}", "30s": "1s", "10s": "1s", "5m": "1s"}
    (tmp_path / "alertmanager.yml").write_text(shipped("alertmanager/alertmanager.yml", changes), encoding="utf-8")
    alertmanager = (
        program("prometheus-alertmanager"),
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{alerting}",
        "--cluster.listen-address=",
    )
    post = Controller(Mailboxes(box), hostname="127.0.0.1", port=relay)
    post.start()
    try:
        with (
            running(*alertmanager, log=tmp_path / "alertmanager.log"),
            prometheus(tmp_path, targets, alertmanager=alerting, rules=quick_rules(tmp_path)) as watching,
        ):
            until(lambda: watching.ready() and bool(watching.ask("lienthong_audit_findings == 0")), seconds=SECONDS)
            before = mails(box)
            found.labels(what="lost").set(3)
            until(said(box, "[firing] critical ConservationBroken"), seconds=SECONDS)
            found.labels(what="lost").set(0)
            until(said(box, "[resolved] critical ConservationBroken"), seconds=SECONDS)
    finally:
        post.stop()
        server.shutdown()
        server.server_close()
        thread.join()

    assert [] == before
    first = next(text_of(mail) for mail in mails(box) if "[firing]" in mail["Subject"])
    assert "ĐANG XẢY RA: Kiểm toán bảo toàn SAI: 3 trường hợp (lost)." in first
    assert "docs/runbooks/conservation-broken.md" in first
    last = text_of(mails(box)[-1])
    assert "ĐÃ HẾT: Kiểm toán bảo toàn SAI" in last
