"""Types that the views share."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

View = Callable[..., HttpResponse]  # takes a request, and what its address names
