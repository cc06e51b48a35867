"""Sets the project up on a machine that has Python and make only; the standard library is all it uses.

`python3 infra/bootstrap.py [--dev]` makes `.venv` from the hashed requirements, adds a Java runtime and the jar
downloader when the machine has no Java or no jars of its own, and puts the `lienthong` command into `.venv/bin`.
Each part leaves a stamp that names what it was made from, so a second call answers in a fraction of a second.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "infra" / "requirements"
OLDEST_PYTHON = (3, 11)
OLDEST_JAVA = 17


def main(arguments: list[str]) -> int:
    """Set up what is missing; 0 when all is there, 2 when the person must act."""
    if sys.version_info < OLDEST_PYTHON:
        return _stop("Python 3.11 or newer is needed", "run make with PYTHON=python3.11 (or newer)")
    wanted = ["run", *(["dev"] if "--dev" in arguments else [])]
    if not _has_java() or not _has_jars():
        wanted.append("broker")
    started = time.monotonic()
    try:
        made = _make_venv()
        installed = [_install(name) for name in wanted]
        changed = any((made, *installed, _install_command()))
    except subprocess.CalledProcessError as exc:
        return _stop(f"'{' '.join(map(str, exc.cmd[:6]))} …' failed", "see the lines above; then call make again")
    except OSError as exc:
        return _stop(str(exc), "install the venv module (Debian: apt-get install python3-venv), then call make again")
    if changed:
        _say(f"set up in {time.monotonic() - started:.0f} s")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"lienthong: {text}\n")


def _stop(what: str, mend: str) -> int:
    _say(f"{what}; {mend}")
    return 2


def _has_java() -> bool:
    """Tell whether a Java >= 17 is at hand (JAVA_HOME, then PATH)."""
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        return False
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr  # noqa: S603 - the machine's own java
        return int(said.split('"')[1].split(".")[0]) >= OLDEST_JAVA
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return False


def _has_jars() -> bool:
    """Tell whether Kafka's jars are at hand: a folder named by KAFKA_LIBS, or an existing cluster makes them needless."""
    libs = os.environ.get("KAFKA_LIBS", "")
    return bool(os.environ.get("KAFKA_BOOTSTRAP")) or bool(libs and any(Path(libs).glob("kafka_2.13-*.jar")))


def _make_venv() -> bool:
    if (VENV / "bin" / "python").exists():
        return False
    _say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    venv.create(VENV, with_pip=True, symlinks=True)
    return True


def _install(name: str) -> bool:
    """Install one hashed requirements file; the stamp is the file's own hash."""
    wanted = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    stamp = VENV / f".{name}.installed"
    if stamp.exists() and stamp.read_text() == digest:
        return False
    _say(f"installing {wanted.relative_to(ROOT)} (every file checked against its hash)")
    _pip("install", "--require-hashes", "--no-deps", "-r", str(wanted))
    stamp.write_text(digest)
    return True


def _install_command() -> bool:
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / ".project.installed"
    if stamp.exists() and stamp.read_text() == digest:
        return False
    _pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    stamp.write_text(digest)
    return True


def _pip(*arguments: str) -> None:
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, *arguments], check=True)  # noqa: S603 - fixed arguments


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
