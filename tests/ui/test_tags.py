import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from portal.ui import parts
from portal.ui.templatetags import ui


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def test_icon_is_decorative_unless_it_has_a_label():
    assert 'aria-hidden="true"' in ui.icon("home")
    assert 'role="img" aria-label="Mã &lt;QR&gt;"' in ui.icon("qr", label="Mã <QR>")


def test_icon_that_is_not_drawn_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="no icon"):
        ui.icon("nothing")


@pytest.mark.parametrize("path", sorted(ui.ICONS.glob("*.svg")), ids=lambda path: path.stem)
def test_icons_take_the_colour_of_the_text_and_carry_no_style(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<svg viewBox=")
    assert 'stroke="currentColor"' in text
    assert "style" not in text


def test_pill_escapes_its_label_and_knows_its_tones():
    assert ui.pill("good", "<b>") == '<span class="pill pill-good">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError, match="unknown tone"):
        ui.pill("red", "x")


@pytest.mark.parametrize(("status", "tone"), [("sent", "wait"), ("other", "plain")])
def test_status_pill_takes_the_tone_from_the_model(status, tone):
    row = SimpleNamespace(status=status, STATUS_TONES={"sent": "wait"}, get_status_display=lambda: "Đã gửi")
    assert render("{% status_pill row %}", row=row) == f'<span class="pill pill-{tone}">Đã gửi</span>'


@pytest.mark.parametrize(("hours", "tone"), [(30, "info"), (3, "wait"), (-1, "bad")])
def test_clock_changes_its_tone_as_the_deadline_nears(hours, tone):
    html = ui.clock(timezone.now() + timedelta(hours=hours, seconds=5))
    assert f"pill-{tone}" in html
    assert "data-deadline" in html


def test_clock_of_no_deadline_is_nothing():
    assert ui.clock(None) == ""


def test_qr_is_inline_svg_without_style_and_with_a_name():
    html = ui.qr("TN-7K3M-9", label="Mã của tôi")
    assert html.startswith('<svg class="qr" role="img" aria-label="Mã của tôi"')
    assert "style" not in html
    assert 'viewBox="0 0 29 29"' in html  # 21 modules and a quiet zone of four on each side


def test_with_query_changes_one_value_and_starts_again_at_the_first_page(rf):
    request = rf.get("/x/", {"q": "lan", "page": "3", "tab": "a"})
    assert render('{% with_query tab="b" %}', request=request) == "?q=lan&amp;tab=b"
    assert render('{% with_query tab="" page=2 %}', request=request) == "?q=lan&amp;page=2"


def test_navigation_marks_the_longest_match(rf, monkeypatch):
    registry = parts.Registry("navigation")
    registry.register(parts.NavigationItem(key="a", label="A", url_name="home"))
    registry.register(parts.NavigationItem(key="b", label="B", url_name="hotline"))
    monkeypatch.setattr(parts, "navigation", registry)
    request = rf.get("/1022/")
    request.user = SimpleNamespace(is_authenticated=True, may=lambda permission: True)
    pages = ui.navigation_items(Context({"request": request}))
    assert [(item["part"].key, item["current"]) for item in pages["shown"]] == [("a", False), ("b", True)]
    assert not pages["more"]


def test_navigation_without_room_goes_on_in_a_menu(rf, monkeypatch):
    registry = parts.Registry("navigation")
    for number in range(7):
        name = "hotline" if number == 6 else "home"
        registry.register(
            parts.NavigationItem(key=str(number), label="Bàn giao", url_name=name, order=number)
        )
    monkeypatch.setattr(parts, "navigation", registry)
    request = rf.get("/1022/")
    request.user = SimpleNamespace(is_authenticated=True, may=lambda permission: True)
    pages = ui.navigation_items(Context({"request": request}))
    assert [item["part"].key for item in pages["shown"]] == ["0", "1", "2", "3", "4", "5"]
    (group,) = pages["more"]
    assert [item["current"] for item in group["entries"]] == [True]
    assert group["title"] == "", "one group needs no title"
    assert pages["more_current"]


def test_entries_of_the_menu_stand_under_their_subjects(rf, monkeypatch):
    registry = parts.Registry("navigation")
    for number, group in enumerate(["", *[""] * 5, "Kế hoạch", "Quản lý", "Kế hoạch"]):
        registry.register(
            parts.NavigationItem(
                key=str(number), label="Bàn giao", url_name="home", order=number, group=group
            )
        )
    monkeypatch.setattr(parts, "navigation", registry)
    request = rf.get("/1022/")
    request.user = SimpleNamespace(is_authenticated=True, may=lambda permission: True)
    groups = ui.navigation_items(Context({"request": request}))["more"]
    assert [(group["title"], [item["part"].key for item in group["entries"]]) for group in groups] == [
        ("Kế hoạch", ["6", "8"]),
        ("Quản lý", ["7"]),
    ]


def test_steps_say_their_state_in_words():
    steps = [{"title": "Đã đăng ký", "state": "done"}, {"title": "Chờ", "state": "now"}]
    html = render('{% include "ui/_steps.html" %}', steps=steps)
    assert "(đã xong)" in html
    assert 'aria-current="step"' in html


def test_clock_sentences_exist_in_the_language_of_the_page():
    with translation.override("vi"):
        html = ui.clock_formats()
    assert "còn {hours} giờ {minutes} phút" in html
    assert not re.search(r'data-clock-formats="\{"', html)  # quotes inside are escaped
