"""The rules of the house for what a browser sends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.sources import ROOT, sources
from tests.test_house_rules import is_view

READS_BODIES = {"portal/inputs.py", "portal/ui/middleware.py"}  # the second counts and throws away
REDIRECTS = {"portal/ui/redirects.py"}


# It reads back the year that its own form has put into the session.
READS_ITS_SESSION = {"repatriation/phones/views_citizen.py"}


def calls_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """Every call of a file: its line, what is called, and its arguments as written."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield node.lineno, ast.unparse(node.func), ", ".join(map(ast.unparse, arguments))


def test_numbers_and_json_of_a_request_are_read_in_one_place() -> None:
    """`int()` of 5,000 digits and JSON of 50,000 levels are errors: `portal.inputs` reads both within limits."""
    wrong = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        if name in READS_BODIES:
            continue
        if re.search(r"\brequest\.(body|read\(|stream)", path.read_text(encoding="utf-8")):
            wrong.append(f"{name} reads the body of a request: use portal.inputs.json_body")
        for line, called, arguments in calls_of(path):
            sent = re.search(r"\brequest\b|\.(GET|POST|COOKIES|META)\b", arguments)
            if called in {"int", "float", "Decimal", "UUID", "uuid.UUID"} and (
                sent or (is_view(path) and name not in READS_ITS_SESSION)
            ):
                wrong.append(f"{name}:{line} {called}({arguments}): use portal.inputs.whole_number")
            if called.endswith(("json.load", "json.loads")) and (sent or is_view(path)):
                wrong.append(f"{name}:{line} {called}({arguments}): use portal.inputs.json_body")
    assert not wrong, "\n".join(wrong)


def test_a_redirect_to_what_the_browser_names_is_safe() -> None:
    """`redirect()` takes "abc" for the name of a view; `portal.ui.redirects` takes paths of the portal alone."""
    wrong = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        for line, called, arguments in calls_of(path):
            if name in REDIRECTS:
                continue
            if called.endswith(("redirect", "HttpResponseRedirect")) and re.search(
                r"\.(GET|POST|META|COOKIES|headers)\b|cleaned_data\[.next.\]", arguments
            ):
                wrong.append(f"{name}:{line}")
            if called.endswith((".GET.get", ".POST.get")) and arguments.split(",")[0].strip("'\"") == "next":
                wrong.append(f"{name}:{line} reads `next`: use portal.ui.redirects")
    assert not wrong, "\n".join(wrong)


# What may follow the text of a line in the log: rows by their number or code, and errors, which the formatter masks.
LOGGED = re.compile(
    r"pk|message_ids|error|type\(error\)\.__name__|why|sentence|trip\.code"
    r"|name|(?:following|entry)\.name|entry\.last_run_at|command|' '\.join\(arguments\)|seconds|status"
    r"|log\.key|position|last\.hex\(\)"
)


def test_the_log_names_rows_by_their_number() -> None:
    """Names cannot be told from other words, so no line is given one."""
    wrong = []
    for path in sources():
        if path.name == "middleware.py":  # the reference of an error page, and a route
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("logger."):
                continue
            text, *rest = node.args
            if not isinstance(text, ast.Constant) or not all(
                LOGGED.fullmatch(ast.unparse(one)) for one in rest
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert not wrong, "\n".join(wrong)
