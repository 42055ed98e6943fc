"""`bin/audit`: what is known of the vulnerabilities of the pinned packages. Runs without the portal's packages."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SECONDS = 120


def ask(files: list[str]) -> list[dict[str, Any]]:
    """What the index says of each package of these files; nothing where it gives no answer."""
    named = [part for file in files for part in ("-r", file)]
    command = [sys.executable, "-m", "pip_audit", *named, "--no-deps", "--disable-pip", "--timeout", "10"]
    try:
        answer = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return list(json.loads(answer.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []


def judge(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The status and the lines to print. A package that the index does not know says nothing of its safety."""
    known = [package for package in packages if "vulns" in package]
    if not known:
        return 0, ["Known vulnerabilities: not looked at, since the index gave no answer."]
    lines = sorted(
        f"{package['name']} {package['version']}: {found['id']}, "
        + (f"mended in {', '.join(found['fix_versions'])}" if found.get("fix_versions") else "not mended yet")
        for package in known
        for found in package["vulns"]
    )
    unknown = len(packages) - len(known)
    seen = f"{len(known)} packages looked at" + (f", {unknown} not known to the index" if unknown else "")
    lines = list(dict.fromkeys(lines))
    if lines:
        return 1, [f"Known vulnerabilities ({seen}):", *(f"  {line}" for line in lines)]
    return 0, [f"Known vulnerabilities: none ({seen})."]


def main(files: list[str]) -> int:
    status, lines = judge(ask(files))
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
