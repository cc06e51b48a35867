"""The demo's clients of the HTTP API: one for each document system of the province, its token beside it in a file."""

import hashlib
import os
import secrets
from pathlib import Path

from infra.demo.province import client_names
from infra.durable import write_atomically
from infra.settings import Settings

TOKEN = ".token"  # noqa: S105 - the ending of a file


def folder_of(settings: Settings) -> Path:
    """Return where the tokens lie, `NAME.token` each."""
    return settings.var / "demo" / "clients"


def provide_clients(settings: Settings) -> Path:
    """Return the file of the demo's clients; tokens of an earlier start stay. Only the owner may read any of it."""
    folder, rows = folder_of(settings), list[str]()
    before = os.umask(0o077)  # nobody else may read a token, not even for a moment
    try:
        for name in client_names():
            file = folder / f"{name}{TOKEN}"
            if not file.exists():
                write_atomically(file, secrets.token_urlsafe(32).encode())
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            rows.append(f'[clients."{name}"]\ntokens = ["{digest}"]\n')
        write_atomically(folder / "clients.toml", "\n".join(rows).encode())
    finally:
        os.umask(before)
    return folder / "clients.toml"
