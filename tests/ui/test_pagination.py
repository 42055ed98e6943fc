import pytest
from django.contrib.sessions.models import Session
from django.template import Context, Template
from django.utils import timezone

from portal.ui import pagination
from portal.ui.pagination import paginate

pytestmark = pytest.mark.django_db


def make_rows(number):
    now = timezone.now()
    rows = [Session(session_key=f"{n:04d}", session_data="", expire_date=now) for n in range(number)]
    Session.objects.bulk_create(rows)
    return Session.objects.order_by("session_key")


def test_pages_walk_through_all_rows(rf):
    rows = make_rows(7)
    first = paginate(rf.get("/", {"q": "lan"}), rows, per_page=3)
    assert [row.session_key for row in first] == ["0000", "0001", "0002"]
    assert (first.has_previous, first.has_next, first.next_url) == (False, True, "?q=lan&page=2")
    last = paginate(rf.get("/", {"page": "3", "q": "lan"}), rows, per_page=3)
    assert (len(last), last.first, last.last, last.has_next) == (1, 7, 7, False)
    assert last.previous_url == "?q=lan&page=2"
    second = paginate(rf.get("/", {"page": "2", "q": "lan"}), rows, per_page=3)
    assert second.previous_url == "?q=lan"


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "", "²", "1e9"])
def test_a_wrong_number_is_the_first_page(rf, wrong):
    assert paginate(rf.get("/", {"page": wrong}), make_rows(2)).number == 1


def test_a_huge_number_is_the_last_allowed_page(rf):
    assert paginate(rf.get("/", {"page": "9" * 18}), make_rows(2)).number == pagination.MAX_PAGE


def test_a_number_that_no_database_holds_is_the_first_page(rf):
    assert paginate(rf.get("/", {"page": "9" * 5_000}), make_rows(2)).number == 1


def test_counting_stops_at_the_cap(rf, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(pagination, "COUNT_CAP", 6)
    rows = make_rows(9)
    with django_assert_num_queries(2):
        page = paginate(rf.get("/"), rows, per_page=2)
    assert page.total == 6
    assert page.total_label == "hơn 5"


def test_a_list_that_ends_on_its_page_is_not_counted_apart(rf, django_assert_num_queries):
    rows = make_rows(5)
    with django_assert_num_queries(1):
        page = paginate(rf.get("/", {"page": "2"}), rows, per_page=3)
    assert page.total_label == "5"


def test_an_exact_number_is_shown_below_the_cap(rf):
    assert paginate(rf.get("/"), make_rows(4)).total_label == "4"


def test_line_under_the_list_names_the_rows_and_leads_on(rf):
    page = paginate(rf.get("/"), make_rows(4), per_page=2)
    html = Template('{% include "ui/_pagination.html" %}').render(Context({"page": page}))
    assert "1–2 trong 4" in html
    assert 'rel="next" href="?page=2"' in html
    assert 'rel="prev"' not in html
