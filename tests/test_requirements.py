"""What is installed is what was compiled: exact versions with hashes; and what an audit says of them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.audit import judge
from tests.sources import ROOT

FILES = ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"]


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes_and_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    first, _newline, rest = text.partition("\n")
    assert first.startswith(f"# Made from {name.removesuffix('.txt')}.in; how: deploy/README.md")
    packages = re.split(r"\n(?=[a-z0-9])", rest)
    assert len(packages) > 20
    for package in packages:
        assert re.match(r"[a-z0-9.-]+==\S+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", package), package[
            :60
        ]
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", FILES)
def test_each_named_package_is_compiled(name: str) -> None:
    named = (ROOT / name.replace(".txt", ".in")).read_text("utf-8").splitlines()
    wanted = {
        re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-")
        for line in named
        if line and not line.startswith(("#", "-c"))
    }
    compiled = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
    assert wanted - compiled == set()


def test_the_two_files_agree_on_what_they_share() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text("utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))

    ours, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name for name in ours.keys() & tests.keys() if ours[name] != tests[name]} == set()


WHEEL = {
    "METADATA": "Metadata-Version: 2.1\nName: nothing-of-ours\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "",
}


@pytest.mark.parametrize(
    ("written", "installed"), [("", False), (f" --hash=sha256:{'0' * 64}", False), ("right", True)]
)
def test_bin_run_installs_nothing_without_its_hash(written: str, installed: bool, tmp_path: Path) -> None:
    wheel = tmp_path / "nothing_of_ours-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in WHEEL.items():
            archive.writestr(f"nothing_of_ours-1.0.dist-info/{name}", text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    line = f" --hash=sha256:{digest}" if written == "right" else written
    (tmp_path / "requirements.txt").write_text(f"nothing-of-ours==1.0{line}\n")
    target = tmp_path / "target"
    script = f'here=$1; . "{ROOT}/bin/_environment"; python=$2; install_requirements requirements.txt'
    answer = subprocess.run(
        ["sh", "-c", script, "sh", str(tmp_path), sys.executable],
        env={
            "PATH": "/usr/bin:/bin",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path),
            "PIP_TARGET": str(target),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode == 0) is installed, answer.stderr
    assert target.exists() is installed


def package(name: str, *vulnerabilities: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": list(vulnerabilities)}


SKIPPED = {"name": "x", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def test_an_audit_without_an_answer_passes_and_says_so() -> None:
    for answer in ([], [SKIPPED, SKIPPED]):
        status, lines = judge(answer)
        assert status == 0
        assert "not looked at" in lines[0]


def test_an_audit_that_finds_nothing_says_how_much_it_saw() -> None:
    assert judge([package("a"), SKIPPED]) == (
        0,
        ["Known vulnerabilities: none (1 packages looked at, 1 not known to the index)."],
    )


def test_an_audit_names_what_is_known_and_where_it_is_mended() -> None:
    status, lines = judge(
        [
            package("a", {"id": "CVE-1", "fix_versions": ["1.1"]}),
            package("b", {"id": "CVE-2", "fix_versions": []}),
        ]
    )
    assert status == 1
    assert lines[1:] == ["  a 1.0: CVE-1, mended in 1.1", "  b 1.0: CVE-2, not mended yet"]


def test_the_licence_stands_at_the_top() -> None:
    assert "Permission is hereby granted, free of charge" in (ROOT / "LICENSE").read_text("utf-8")


def test_the_shell_commands_parse() -> None:
    for path in sorted((ROOT / "bin").iterdir()):
        if path.read_bytes().startswith(b"#!/bin/sh") or path.name == "_environment":
            assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0, path.name
