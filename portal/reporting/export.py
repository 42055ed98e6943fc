"""A list as a spreadsheet: the rows that match the filters and that the officer may see. It is logged."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.choices import flatten_choices
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset

from portal.accounts.models import User
from portal.records.log import record_read
from portal.reporting.collecting import Collected, CollectingRequest
from portal.reporting.resources import ListResource
from portal.ui.downloads import attach, dated, sheet_name
from portal.ui.formats import vn_date

FORMATS = {"xlsx": XLSX, "csv": CSV}
FORMULA = tuple("=+-@\t\r\n")  # what a formula begins with
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# An identity number, passport or phone, however it is spaced; a date has eight digits at most.
NUMBER = re.compile(r"\s*(?:\+?\d(?:[\s.\-()]*\d){8,}|[A-Za-z]{1,2}\s*\d{6,8})\s*")
LIMIT = 20_000  # rows that a page answers with; a longer list is made by a worker


def export_response(
    request: HttpRequest,
    resource: ListResource,
    queryset: QuerySet[Any],
    name: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Answer `?export=xlsx` or `?export=csv` with the rows of the queryset; a list of more than `LIMIT` rows
    is made by a worker, which the page then offers.

    `name` is what people call the list; `form` holds its filters. A cell that a spreadsheet would take for a formula
    is given as text.
    """
    assert isinstance(request.user, User)
    if isinstance(request, CollectingRequest):
        request.collected = Collected(resource, queryset, str(name), filters_in_words(form))
        return HttpResponse(status=204)
    if queryset.order_by()[LIMIT : LIMIT + 1].exists():
        context = {"address": request.get_full_path(), "limit": LIMIT}
        return render(request, "reporting/export_large.html", context)
    kind = FORMATS.get(request.GET.get("export", ""), XLSX)()
    rows = list(queryset)
    record_read(
        request.user,
        "export",
        subject_type=queryset.model._meta.label_lower,
        subject_ids=[row.pk for row in rows],
        reason=filters_in_words(form),
        request=request,
        place=request.user.main_place,
    )
    dataset = as_text(resource.export(rows))
    dataset.title = sheet_name(name)
    content = kind.export_data(dataset)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")
    response = HttpResponse(content, content_type=kind.get_content_type())
    attach(response, dated(name, kind.get_extension()))
    return response


def filters_in_words(form: forms.Form | None) -> str:
    """Return what a list was narrowed by, for the log; a full number that was searched for is masked."""
    if form is None or not form.is_bound or not form.is_valid():
        return ""
    said = ((form[name], _in_words(form.fields[name], value)) for name, value in form.cleaned_data.items())
    return "; ".join(
        f"{field.label}: {text}" if text else str(field.label) for field, text in said if text is not None
    )


def _in_words(field: forms.Field, value: Any) -> str | None:
    """Return a filter's value as its page shows it: None for a filter that is not set, empty for a tick."""
    if value in field.empty_values or value is False:
        return None
    if value is True:
        return ""
    if isinstance(value, dt.date):
        return vn_date(value)
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        words: dict[Any, Any] = dict(flatten_choices(offered))
        return str(words.get(value, value))
    text = str(value).replace("\0", "")
    return f"•••{text.strip()[-4:]}" if NUMBER.fullmatch(text) else text


def as_text(dataset: Dataset) -> Dataset:
    """Return the same rows, with each text written so that no spreadsheet reads it as a formula.

    A text that begins like one gets an apostrophe, in CSV too, where the library escapes nothing. Control
    characters are dropped.
    """
    rows = [[_cell(value) for value in row] for row in dataset]
    return Dataset(*rows, headers=dataset.headers, title=dataset.title)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = CONTROL.sub("", value)
    return f"'{text}" if text.lstrip(" ")[:1] in FORMULA else text
