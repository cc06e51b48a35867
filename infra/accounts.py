"""Local accounts of the console: one JSON file, passwords as scrypt hashes (RFC 7914); read anew whenever the file changes.

The file is written whole and in one step, readable by its owner alone. Roles say what an account may do; what a role may do
is decided by the console (`connectors/console/rights.py`).
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

COST, BLOCK, LANES, LENGTH = 2**15, 8, 1, 32
"""scrypt's N, r, p and bytes: 32 MiB and some tenths of a second a try."""

MEMORY = 64 * 1024 * 1024
SALT_BYTES = 16
SHORTEST, LONGEST = 10, 200
"""Characters of a password."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """What an account is for."""

    VIEWER = "viewer"
    """Looks; is shown no names of officials."""

    OPERATOR = "operator"
    """Looks, and acts on dead letters."""

    AUDITOR = "auditor"
    """Looks at everything, also at who did what by hand; changes nothing."""


class AccountsError(EnvironmentFaultError):
    """The file of accounts, a name or a password is not what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account."""

    name: str
    role: Role
    salt: str
    """Hexadecimal."""

    password: str
    """scrypt of the password, hexadecimal."""


class Accounts:
    """Reads and writes one file of accounts; may be called from any thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._known: dict[str, Account] = {}

    def find(self, name: str) -> Account | None:
        """Return an account as the file has it now; raise `AccountsError` where the file cannot be read."""
        return self._read().get(name)

    def any(self) -> bool:
        """Tell whether there is an account at all."""
        return bool(self._read())

    def put(self, name: str, role: Role, password: str) -> Account:
        """Write an account, a new one or in place of one of that name; raise `AccountsError`."""
        if not NAME.fullmatch(name):
            raise AccountsError(f"{name!r} is no account's name", "use 2 to 40 of a-z, 0-9, dot, dash and underscore")
        if not SHORTEST <= len(password) <= LONGEST:
            raise AccountsError("the password is too short or too long", f"use {SHORTEST} to {LONGEST} characters")
        salt = secrets.token_bytes(SALT_BYTES)
        made = Account(name=name, role=role, salt=salt.hex(), password=hashed(password, salt).hex())
        self._write(self._read() | {name: made})
        return made

    def remove(self, name: str) -> bool:
        """Remove an account; tell whether there was one."""
        known = dict(self._read())
        found = known.pop(name, None)
        if found is not None:
            self._write(known)
        return found is not None

    def _write(self, accounts: dict[str, Account]) -> None:
        said = {name: asdict(each) for name, each in sorted(accounts.items())}
        before = os.umask(0o077)  # nobody else may read hashes, not even for a moment
        try:
            write_atomically(self._file, json.dumps(said, indent=1).encode())
        finally:
            os.umask(before)

    def _read(self) -> dict[str, Account]:
        with self._lock:
            try:
                stat = self._file.stat()
            except FileNotFoundError:
                self._seen, self._known = None, {}
                return self._known
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if seen != self._seen:
                self._known, self._seen = _parsed(self._file), seen
            return self._known


def accounts_of(settings: Settings) -> Accounts:
    """Return the accounts of this axis' console."""
    return Accounts(settings.console_accounts or settings.var / "console" / "accounts.json")


def hashed(password: str, salt: bytes) -> bytes:
    """Return the scrypt hash of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=MEMORY, dklen=LENGTH)


def fits(account: Account | None, password: str) -> bool:
    """Tell whether a password is the account's; an account that does not exist takes as long."""
    if len(password) > LONGEST:
        return False
    salt = bytes.fromhex(account.salt) if account else bytes(SALT_BYTES)
    found = hashed(password, salt).hex()
    return account is not None and hmac.compare_digest(found, account.password)


def _parsed(file: Path) -> dict[str, Account]:
    try:
        said = json.loads(file.read_bytes())
        return {name: Account(**row | {"role": Role(row["role"])}) for name, row in said.items()}
    except (ValueError, TypeError, LookupError, AttributeError) as exc:
        raise AccountsError(
            f"{file} is no file of accounts ({type(exc).__name__})", "make it with `lienthong console user NAME`"
        ) from exc
