"""Rewrites the hashed requirements from pyproject.toml: `make lock`.

`all` is resolved first and constrains the others, so that one version serves everywhere.
No index lines and no addresses are kept: where the files come from is the machine's business.
"""

import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SETS = {
    "all": ["dev", "broker", "demo", "build"],
    "dev": ["dev", "demo", "build"],
    "run": ["demo", "build"],
    "broker": ["broker"],
}
OPTIONS = ["--quiet", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-annotate", "--universal"]


def main() -> None:
    """Resolve each set; uv comes with the development requirements."""
    for name, extras in SETS.items():
        wanted = [part for extra in extras for part in ("--extra", extra)]
        constrained = [] if name == "all" else ["--constraint", str(HERE / "all.txt")]
        out = ["--python-version", "3.11", "--output-file", str(HERE / f"{name}.txt")]
        uv = str(ROOT / ".venv" / "bin" / "uv")
        command = [uv, "pip", "compile", *OPTIONS, "pyproject.toml", *wanted, *constrained, *out]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - fixed arguments
    (HERE / "all.txt").unlink()


if __name__ == "__main__":
    main()
