"""The auditor reads words: no key of the code stands in a look's reason, and each look-up says where it was."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.utils import translation

from portal.records.models import Read
from portal.records.reading import reason_in_words
from portal.records.verbs import SUBJECTS
from tests.factories import client_of
from tests.sources import ROOT, sources

# Rows that no list of its own shows.
NO_LIST = {
    *("appointments.office", "appointments.slot", "quarantine.scheduledtest"),
    *("repatriation.filling", "repatriation.manifestpart", "repatriation.offlinedevice"),
    *("repatriation.arrivalcorrection", "repatriation.handoverescalation", "quarantine.contact"),
}


@pytest.mark.parametrize(
    ("kind", "stored", "wanted"),
    [
        ("lookup", "number: •••1234", "số giấy tờ hoặc điện thoại: •••1234"),
        ("lookup", "code: TN-7K3M4-A", "mã đăng ký: TN-7K3M4-A"),
        ("lookup", "name: ", "họ tên"),
        ("lookup", "card: •••4821", "mã QR trên thẻ: •••4821"),
        ("boarding", "TN-CX-3 name: nguyen lan", "TN-CX-3 họ tên: nguyen lan"),
        ("call", "Hỏi giờ xe (code: TN-7K3M4-A)", "Hỏi giờ xe (mã đăng ký: TN-7K3M4-A)"),
        ("call", "Hỏi (về name: Lan) (number: )", "Hỏi (về name: Lan) (số giấy tờ hoặc điện thoại)"),
        ("export", "q=lan&status=&export=xlsx&page=", "lan"),
        ("export", "export=xlsx", ""),
        ("export", "Mã đăng ký: a=b", "Mã đăng ký: a=b"),
        ("reveal", "name: lời của cán bộ", "name: lời của cán bộ"),
    ],
)
def test_a_reason_is_read_in_words(kind: str, stored: str, wanted: str) -> None:
    assert reason_in_words(kind, stored) == wanted


def test_a_reason_is_read_in_the_readers_language() -> None:
    with translation.override("en"):
        assert reason_in_words("lookup", "code: TN-7K3M4-A") == "registration code: TN-7K3M4-A"


def test_every_list_that_is_exported_or_shown_has_a_title_for_the_auditor() -> None:
    """What a `record_read` names as its subject, and the rows of every resource."""
    named = {
        keyword.value.value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "subject_type" and isinstance(keyword.value, ast.Constant)
    }
    scoped = {model._meta.label_lower for model in apps.get_models() if hasattr(model, "SCOPE_COLUMNS")}
    assert {"citizens.person", "repatriation.passedover"} <= named | scoped
    assert not (named | scoped) - set(SUBJECTS) - NO_LIST - {""}


def test_no_list_is_exported_without_its_filters() -> None:
    """`export_response` is given the form, or the list has none."""
    without = [
        Path(path).relative_to(ROOT).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "export_response"
        and len(node.args) < 5
    ]
    assert without == ["repatriation/trips/views_waves.py"]


def test_the_log_of_an_export_says_its_filters_in_words(people: SimpleNamespace) -> None:
    client = client_of(people.here)
    client.get("/officer/people/", {"export": "csv", "q": "072184000000000"})
    client.get("/officer/people/", {"export": "csv", "q": "lan", "page": "2"})
    masked, named = Read.objects.filter(kind="export").order_by("pk").values_list("reason", flat=True)
    assert masked.endswith(": •••0000")
    assert named.endswith(": lan")
    assert not {part for part in ("q=", "export=", "page=") if part in masked + named}
