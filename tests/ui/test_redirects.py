"""The way back to where a form came from."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from portal.ui.redirects import LONGEST, redirect_next, safe_next

GARBAGE = ["", "abc", "home", "officer/today/", "?q=1", "//xau.example/", "///xau.example", "/\\xau.example",
           "https://xau.example/", "http://testserver/", "javascript:alert(1)", "\x00", "/" + "a" * LONGEST]  # fmt: skip


@pytest.mark.parametrize("target", GARBAGE)
def test_what_is_no_page_of_the_portal_leads_to_the_default(target: str, rf: RequestFactory) -> None:
    request = rf.post("/", {"next": target})
    assert safe_next(request) == ""
    assert safe_next(request, "/cua-toi/") == "/cua-toi/"
    assert redirect_next(request, "home")["Location"] == "/"


@pytest.mark.parametrize("target", ["/", "/officer/today/?tab=red", "/officer/people/?q=Lê", "/a\r\nb"])
def test_a_path_is_gone_back_to(target: str, rf: RequestFactory) -> None:
    request = rf.post("/", {"next": target})
    assert safe_next(request) == target
    location = redirect_next(request, "home")["Location"]
    assert location.startswith("/")
    assert "\n" not in location


def test_the_form_counts_before_the_address(rf: RequestFactory) -> None:
    assert safe_next(rf.post("/?next=/a/", {"next": "/b/"})) == "/b/"
    assert safe_next(rf.get("/?next=/a/")) == "/a/"
