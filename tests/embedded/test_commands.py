"""The shell commands say in one sentence what is missing, with an empty environment and from any folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded.homes import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the commands and nothing to install."""
    here = tmp_path / "check out"
    shutil.copytree(ROOT / "bin", here / "bin")
    (here / "requirements.txt").write_text("")
    return here


def call(checkout: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "bin" / command)],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_python_that_does_not_work_is_named(checkout: Path) -> None:
    answer = call(checkout, "run", PYTHON="/bin/false")
    assert answer.returncode == 1
    assert answer.stderr == "PYTHON=/bin/false is not a Python from 3.11 to 3.14.\n"


def test_python_that_is_too_old_is_named(checkout: Path, tmp_path: Path) -> None:
    old = program(
        tmp_path / "python3.9", f'exec {sys.executable} -c "import sys; sys.version_info = (3, 9, 1); $2"'
    )
    answer = call(checkout, "run", PYTHON=old)
    assert answer.stderr == f"PYTHON={old} is not a Python from 3.11 to 3.14.\n"


def test_missing_venv_names_the_package_to_install(checkout: Path, tmp_path: Path) -> None:
    lacks = 'case "$2" in *ensurepip*) exit 1;; *sys.executable*) echo "$0"; exit;; esac'
    bare = program(tmp_path / "python3", f'{lacks}\nexec {sys.executable} "$@"')
    real = f"{sys.version_info.major}.{sys.version_info.minor}"
    answer = call(checkout, "run", PYTHON=bare, PATH="/usr/bin:/bin")
    assert answer.returncode == 1
    assert f'"apt install python{real}-venv"' in answer.stderr


def test_half_made_environment_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").write_text("half")
    answer = call(checkout, "run", PATH="/usr/bin:/bin", PYTHON=sys.executable)
    assert "Making the environment" in answer.stdout
    assert (checkout / ".venv" / ".complete").read_text().startswith("requirements.txt ")
    assert "No module named" in answer.stderr, "only the commands are in this checkout, not the portal"


def test_unchanged_requirements_are_not_installed_again(checkout: Path) -> None:
    first = call(checkout, "run", PYTHON=sys.executable)
    second = call(checkout, "run", PYTHON=sys.executable)
    assert "Installing requirements.txt" in first.stdout
    assert second.stdout == ""
    (checkout / "requirements.txt").write_text("# something else\n")
    assert "Installing requirements.txt" in call(checkout, "run", PYTHON=sys.executable).stdout


def test_bench_without_a_name_says_which_there_are() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith("Usage: bin/bench NAME")
