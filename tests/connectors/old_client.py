"""A document system that speaks to the national axis, written from what is known of its calls, without a line of ours.

Only its base URL, its system id and its secret are told; parameters travel as headers, answers are JSON.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
import urllib.request
from pathlib import Path
from typing import Any

TURNS = itertools.count(1)


class FailedError(Exception):
    """The axis said no."""

    def __init__(self, number: str, words: str) -> None:
        super().__init__(f"{number} {words}")
        self.number, self.words = number, words


class OldClient:
    """One system, perhaps of several agencies."""

    def __init__(self, base_url: str, systemid: str, secret: str) -> None:
        self.base_url, self.systemid, self.secret = base_url, systemid, secret

    def send(self, sender: str, packet: bytes, messagetype: str = "edoc") -> str:
        """Send a packet; return its DocId."""
        digest = hashlib.sha256(packet).hexdigest()
        parameters = {"from": sender, "servicetype": "eDoc", "messagetype": messagetype, "hash-file": digest}
        return str(self._call("POST", "/sendEdoc", parameters, packet)["DocId"])

    def pull(self, into: Path, messagetype: str = "edoc") -> list[str]:
        """List, fetch, store and acknowledge what waits; return the docIds."""
        taken = []
        for row in self.waiting(messagetype):
            packet = base64.b64decode(self._call("POST", "/getEdoc", {"docId": row["docId"]})["data"])
            (into / row["docId"]).write_bytes(packet)
            self.update(row["docId"], "done")
            taken.append(row["docId"])
        return taken

    def waiting(self, messagetype: str = "edoc") -> list[dict[str, Any]]:
        """List what waits."""
        return self._list("/getReceivedEdocList", {"servicetype": "eDoc", "messagetype": messagetype})

    def update(self, doc_id: str, status: str) -> None:
        """Acknowledge the transport."""
        self._call("POST", "/updateStatus", {"docid": doc_id, "status": status})

    def download(self, doc_id: str) -> bytes:
        """Fetch a packet as a file."""
        return self._bytes("GET", "/downloadEdoc", {"docId": doc_id, "filePath": "x.edxml"}, None)

    def count(self, what: str) -> int:
        """Count what waits: `Edoc` or `Status`."""
        return int(self._call("GET", f"/countReceive{what}", {})["count"])

    def sent(self, doc_id: str = "") -> list[dict[str, Any]]:
        """List what became of what was sent."""
        return self._list("/getSentEdocList", {"docId": doc_id, "messagetype": "edoc"})

    def agencies(self, call: str = "/getAgenciesList", level: str = "") -> list[dict[str, Any]]:
        """List the agencies."""
        return self._list(call, {"level": level})

    def register(self) -> None:
        """Try to change the directory."""
        self._call("POST", "/registerAgency", {"Content-Type": "application/json"}, b'{"code": "000.00.99.H53"}')

    def _list(self, path: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
        answer = self._call("POST", path, parameters)
        return next(value for value in answer.values() if isinstance(value, list))

    def _call(self, method: str, path: str, parameters: dict[str, str], body: bytes | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._bytes(method, path, parameters, body))
        if answer["status"] != "OK" or answer["ErrorCode"] != "0":
            raise FailedError(answer["ErrorCode"], answer["ErrorDesc"])
        return answer

    def _bytes(self, method: str, path: str, parameters: dict[str, str], body: bytes | None) -> bytes:
        headers = {"Content-Type": "application/octet-stream"} | parameters
        headers |= self.signed(headers["Content-Type"])
        asking = urllib.request.Request(  # noqa: S310 - the loopback's own scheme
            self.base_url + path, data=body if method == "GET" else body or b"", headers=headers, method=method
        )
        with urllib.request.urlopen(asking, timeout=60) as answer:  # noqa: S310 - as above
            got: bytes = answer.read()
            return got

    def signed(self, content_type: str) -> dict[str, str]:
        """Return the headers by which the axis knows us."""
        stamp = time.strftime("%d%m%YT%H%M%S", time.gmtime(time.time() + 7 * 3600)) + f"+{next(TURNS) % 10_000:04}"
        plain = {"systemid": self.systemid, "timestamp": stamp, "Content-Type": content_type}
        copies = {f"XroadVnpt-{name}": value for name, value in plain.items()}
        text = json.dumps(copies, separators=(",", ":"))
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        own = {"XroadVnpt-sign-header": ";".join(copies), "XroadVnpt-sign-header-key": signature}
        return plain | copies | own | {"XroadVnpt-version": "1.0"}
