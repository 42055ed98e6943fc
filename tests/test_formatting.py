"""`bin/format --check` finds what no formatter went over, and says what to run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import formatting

UNFORMATTED = {
    "portal/module.py": "x=1\n",
    "portal/templates/page.html": "<div>\n<p>x</p>\n</div>\n",
    "portal/static/page.css": "a{color:red}\n",
    "portal/static/page.js": "const x=1\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", ".oxfmtrc.json"):
        shutil.copy(formatting.ROOT / name, tmp_path)
    for package in formatting.PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize("name", UNFORMATTED)
def test_check_names_an_unformatted_file_and_leaves_it(
    name: str, checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = checkout / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(UNFORMATTED[name], encoding="utf-8")
    assert formatting.main(["--check"], checkout) == 1
    said = "".join(capfd.readouterr())
    assert name in said
    assert "bin/format formats them" in said
    assert file.read_text(encoding="utf-8") == UNFORMATTED[name]


def test_format_then_check_passes_and_vendored_files_stay(checkout: Path) -> None:
    vendored = "portal/static/vendor/thing.js"
    for name, text in {**UNFORMATTED, vendored: "const x=1\n"}.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(text, encoding="utf-8")
    assert formatting.main([], checkout) == 0
    assert formatting.main(["--check"], checkout) == 0
    for name, text in UNFORMATTED.items():
        assert (checkout / name).read_text(encoding="utf-8") != text
    assert (checkout / vendored).read_text(encoding="utf-8") == "const x=1\n"
