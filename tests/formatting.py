"""`bin/format`: format Python, templates, CSS and JavaScript; with --check name the files that are not formatted."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["portal", "citizens", "repatriation", "quarantine", "appointments"]


def commands(*, check: bool) -> list[list[str]]:
    """The formatters, each with what it formats; their widths stand in pyproject.toml and .oxfmtrc.json."""
    option = ["--check"] if check else []
    styles = [f"{package}/**/*.{suffix}" for package in PACKAGES for suffix in ("css", "js")]
    return [
        ["ruff", "format", *option, "."],
        ["djangofmt", *option, *PACKAGES],
        ["oxfmt", "--list-different" if check else "--write", "--no-error-on-unmatched-pattern", *styles],
    ]


def main(arguments: list[str], root: Path = ROOT) -> int:
    check = arguments == ["--check"]
    scripts = Path(sysconfig.get_path("scripts"))
    failed = False
    for name, *options in commands(check=check):
        failed |= subprocess.run([scripts / name, *options], cwd=root, check=False).returncode != 0
    if failed and check:
        print("Some files are not formatted: bin/format formats them.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
