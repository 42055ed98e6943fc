"""What fingers do on a phone: back, twice, later, in two tabs."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from repatriation.models import Registration
from repatriation.registration.drafts import Draft
from tests.letters import PAGES, through
from tests.repatriation.world.families import PHONE, draft_of, last_code
from tests.repatriation.world.road import text_of
from tests.repatriation.world.wizard import LAN, add_person, step

ADD = reverse("repatriation:register_person_add")
LATER = reverse("repatriation:register_later")
BABY = {"full_name": "Trần Bảo An", "birth": "15/08/2026", "sex": "male", "identity": ""}


# Back, and once more


def test_who_is_added_again_after_the_way_back_is_one_person(client: Client, at_people: Registration) -> None:
    first = add_person(client, **BABY)
    again = add_person(client, **BABY)
    assert again.url == first.url
    assert "đã có trong danh sách" in text_of(client.get(again.url))
    assert [person.full_name for person in draft_of(at_people).people] == ["Trần Bảo An"]


def test_added_again_with_the_number_it_is_still_one_person(client: Client, at_people: Registration) -> None:
    add_person(client, health={"has_chronic_illness": "on"})
    add_person(client, full_name="nguyễn thị  lan")
    (lan,) = draft_of(at_people).people
    assert (lan.identity, lan.has_chronic_illness) == (LAN["identity"], True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"birth": "16/08/2026"}),
        ({}, {"full_name": "Trần Bảo Anh"}),
        ({}, {"full_name": "Trần Bảo Ấn"}),
        ({"full_name": "Nguyễn Thiên Ân"}, {"full_name": "Nguyễn Thiện Ân"}),
        ({}, {"sex": "female"}),
        ({}, {"sex": "female", "full_name": "Tran Bao An"}),
        ({"birth": "2019"}, {"birth": "2020"}),
        ({"identity": "290123456"}, {"identity": "072226000001"}),
        ({"identity": "072226000002"}, {"identity": "072226000001"}),
    ],
)
def test_who_differs_is_somebody_else(
    client: Client, at_people: Registration, one: dict[str, str], other: dict[str, str]
) -> None:
    add_person(client, **{**BABY, **one})
    add_person(client, **{**BABY, **other})
    assert len(draft_of(at_people).people) == 2


def test_twins_whose_names_differ_by_a_mark_both_stand_there_and_are_remarked_on(
    client: Client, at_people: Registration
) -> None:
    for name in ("Nguyễn Thiên Ân", "Nguyễn Thiện Ân"):
        added = add_person(client, full_name=name, birth="05/06/2019", identity="", sex="male")
    assert [person.full_name for person in draft_of(at_people).people] == [
        "Nguyễn Thiên Ân",
        "Nguyễn Thiện Ân",
    ]
    assert "Nguyễn Thiên Ân và Nguyễn Thiện Ân là hai người" in text_of(client.get(added.url))


UNSURE = [
    ({}, {"full_name": "Tran Bao An"}),
    ({"full_name": "TRAN BAO AN"}, {}),
    ({"birth": "2026"}, {}),
    ({"birth": "2026"}, {"birth": "2026"}),
    ({"birth": "01/01/2026"}, {}),
    ({"identity": "072226000002"}, {"full_name": "Tran Bao An"}),
]


@pytest.mark.parametrize(("one", "other"), UNSURE)
def test_who_may_be_the_same_is_asked_about(
    client: Client, at_people: Registration, one: dict[str, str], other: dict[str, str]
) -> None:
    add_person(client, **{**BABY, **one})
    asked = add_person(client, **{**BABY, **other})
    assert asked.status_code == 200
    page = text_of(asked)
    assert "Đây là hai người khác nhau" in page
    assert "Tôi nhập trùng" in page
    assert len(draft_of(at_people).people) == 1


@pytest.mark.parametrize(("one", "other"), UNSURE)
@pytest.mark.parametrize(("answer", "many"), [("other", 2), ("same", 1)])
def test_the_answer_makes_two_or_one_and_pressed_twice_no_more(
    client: Client,
    at_people: Registration,
    one: dict[str, str],
    other: dict[str, str],
    answer: str,
    many: int,
) -> None:
    add_person(client, **{**BABY, **one})
    (before,) = draft_of(at_people).people
    form = add_person(client, **{**BABY, **other}).context["form"]
    hidden = {name: str(form[name].value()) for name in ("client_key", "twin_of")}
    for _press in range(2):
        client.post(ADD, {**BABY, **other, **hidden, "twin": answer})
    people = draft_of(at_people).people
    assert len(people) == many
    assert people[0].full_name == before.full_name
    assert people[0].identity == before.identity


def test_who_was_typed_twice_is_completed_by_what_was_missing(
    client: Client, at_people: Registration
) -> None:
    add_person(client, **{**BABY, "birth": "2026"}, health={"has_chronic_illness": "on"})
    form = add_person(client, **{**BABY, "identity": "072226000002"}).context["form"]
    hidden = {name: str(form[name].value()) for name in ("client_key", "twin_of")}
    client.post(ADD, {**BABY, "identity": "072226000002", **hidden, "twin": "same"})
    (baby,) = draft_of(at_people).people
    assert (baby.birth, baby.identity, baby.has_chronic_illness) == ("15/08/2026", "072226000002", True)


def test_an_answer_about_somebody_else_is_asked_again(client: Client, at_people: Registration) -> None:
    add_person(client, **BABY)
    typed = {**BABY, "full_name": "Tran Bao An", "twin": "other", "twin_of": "another"}
    answered = add_person(client, **typed)
    assert answered.status_code == 200
    assert len(draft_of(at_people).people) == 1


def test_nobody_is_taken_out_without_a_second_question(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    (lan,) = draft_of(at_people).people
    address = reverse("repatriation:register_person_remove", args=[lan.key])
    assert address in text_of(client.get(step("gia-dinh")))
    assert "Bỏ Nguyễn Thị Lan khỏi danh sách?" in text_of(client.get(address))
    assert draft_of(at_people).people == (lan,)
    client.post(address)
    assert draft_of(at_people).people == ()
    assert client.get(address).url == step("gia-dinh")


# Later


def test_what_stands_on_the_page_is_kept_when_the_form_is_saved(
    client: Client, started: Registration, places: SimpleNamespace
) -> None:
    sent = {"origin": "", "origin_q": "", "address": "12 đường số 7", "later": "1"}
    assert client.post(step("noi-dang-o"), sent).url == LATER
    assert draft_of(started).origin_address == "12 đường số 7"
    assert draft_of(started).origin is None


def test_a_person_is_kept_and_half_a_person_is_asked_about(client: Client, at_people: Registration) -> None:
    assert client.post(ADD, {"later": "1"}).url == LATER
    half = client.post(ADD, {"full_name": "Nguyễn Thị Lan", "later": "1"})
    assert half.status_code == 200
    assert "Vui lòng ghi ngày sinh" in text_of(half)
    assert add_person(client, later="1").url == LATER
    (lan,) = draft_of(at_people).people
    assert not lan.health_told


def test_an_empty_question_is_not_answered_by_saving(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    client.post(step("gia-dinh"))
    assert client.post(step("ly-do"), {"later": "1"}).url == LATER
    assert draft_of(at_people).reasons is None
    client.post(step("ly-do"), {"reasons": ["student"], "later": "1"})
    assert draft_of(at_people).reasons == ("student",)


def test_whoever_proves_the_phone_early_is_still_asked_for_the_days(
    client: Client, at_people: Registration
) -> None:
    client.post(LATER)
    page = client.get(step("dien-thoai"))
    assert "Bước 7/8" not in text_of(page)
    client.post(step("dien-thoai"), {"phone": "0901234567"})
    assert "0901 234 567" in text_of(client.get(step("ma-xac-nhan")))
    client.post(step("ma-xac-nhan"), {"code": last_code()})
    add_person(client, health={})
    assert client.post(step("gia-dinh")).url == step("ly-do")
    assert client.post(step("ly-do"), {"reasons": []}).url == step("ngay-di")
    assert client.post(step("ngay-di"), {}).url == step("kiem-tra")
    assert client.post(step("ly-do"), {"reasons": []}).url == step("kiem-tra")


def test_a_lost_form_is_found_behind_the_phone(client: Client, at_check: Registration) -> None:
    other = Client()
    session = other.session
    session["verified_phone"] = {"phone": PHONE, "until": 9e9}
    session.save()
    address = reverse("repatriation:my_draft", args=[at_check.code])
    assert address in text_of(other.get(reverse("citizens:mine")))
    assert "Khai tiếp phần đăng ký đang dở" in text_of(other.get(address))
    assert other.get(step("kiem-tra")).url == reverse("repatriation:register")
    assert other.post(address).url == step("kiem-tra")
    stranger = Client()
    session = stranger.session
    session["verified_phone"] = {"phone": "+84908999888", "until": 9e9}
    session.save()
    assert stranger.get(address).status_code == 404
    assert address not in text_of(stranger.get(reverse("citizens:mine")))


def test_a_form_whose_phone_was_never_proved_is_behind_no_phone(
    client: Client, at_people: Registration
) -> None:
    client.post(LATER)
    client.post(step("dien-thoai"), {"phone": "0901234567"})
    assert draft_of(at_people).phone == PHONE
    other = Client()
    session = other.session
    session["verified_phone"] = {"phone": PHONE, "until": 9e9}
    session.save()
    assert "Bản khai dở" not in text_of(other.get(reverse("citizens:mine")))


# What is read before sending


def test_the_last_page_shows_in_full_what_was_typed_and_what_looks_odd(
    client: Client, at_people: Registration
) -> None:
    add_person(client, identity="072084004821", health={"is_pregnant": "on"})
    client.post(step("gia-dinh"))
    client.post(step("ly-do"), {"reasons": []})
    client.post(step("ngay-di"), {})
    client.post(step("dien-thoai"), {"phone": "0901234567"})
    client.post(step("ma-xac-nhan"), {"code": last_code()})
    page = text_of(client.get(step("kiem-tra")))
    assert "072084004821" in page
    assert "0901 234 567" in page
    assert "đang mang thai" in page
    assert "message-warning" in page


def test_a_child_does_not_come_before_a_grown_up_to_speak(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    add_person(client, **BABY, health={})
    baby = draft_of(at_people).people[1]
    address = reverse("repatriation:register_person_first", args=[baby.key])
    assert address not in text_of(client.get(step("gia-dinh")))
    assert "phải từ 18 tuổi" in text_of(client.post(address, follow=True))
    assert draft_of(at_people).people[0].full_name == "Nguyễn Thị Lan"


def test_a_grown_up_who_is_added_speaks_for_the_family(client: Client, at_people: Registration) -> None:
    add_person(client, **BABY, health={})
    add_person(client, health={})
    assert [person.full_name for person in draft_of(at_people).people] == ["Nguyễn Thị Lan", "Trần Bảo An"]


def test_minors_alone_read_what_it_means(client: Client, at_people: Registration) -> None:
    add_person(client, **BABY, health={})
    assert "chỉ xếp được chuyến có cán bộ đi kèm" in text_of(client.get(step("gia-dinh")))
    add_person(client, health={})
    assert "chỉ xếp được chuyến có cán bộ đi kèm" not in text_of(client.get(step("gia-dinh")))


@pytest.mark.parametrize("name", ["<b>Lan</b>", "Nguyễn Văn A😀", "Nguyễn Thị Lan (vợ ông Ba)", "Lan 2"])
def test_a_name_is_made_of_letters(client: Client, at_people: Registration, name: str) -> None:
    assert "Họ tên chỉ gồm chữ" in text_of(add_person(client, full_name=name))


@pytest.mark.parametrize("name", ["H'Hen Niê", "Nguyễn Thị Lan", "Jean-Paul Lê", "Lê  Văn   Ba"])
def test_names_of_many_peoples_are_taken(client: Client, at_people: Registration, name: str) -> None:
    assert add_person(client, full_name=name).status_code == 302


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("30/02/1990", "Không có ngày này trong lịch"),
        ("31041990", "Không có ngày này trong lịch"),
        ("1/2/84", "đủ bốn số của năm"),
        ("mai", "Không đọc được ngày sinh"),
        ("11/1984", "Không đọc được ngày sinh"),
    ],
)
def test_a_date_says_what_is_wrong_with_it(
    client: Client, at_people: Registration, typed: str, says: str
) -> None:
    assert says in text_of(add_person(client, birth=typed))


def test_the_card_button_with_an_empty_box_asks_for_the_card(client: Client, at_people: Registration) -> None:
    page = text_of(client.post(ADD, {"fill": "1", "card": ""}))
    assert "Vui lòng ghi họ và tên" not in page
    assert "không phải mã QR trên thẻ căn cước" in page


@pytest.mark.parametrize(
    "shape", ["{day}/{month}", "{day}-{month}", "{day:02}.{month:02}", "{day}/{month}/{short}"]
)
def test_a_travel_day_without_its_year_is_the_next_one_and_shown_back(
    client: Client, at_check: Registration, shape: str
) -> None:
    day = timezone.localdate() + dt.timedelta(days=6)
    typed = shape.format(day=day.day, month=day.month, short=f"{day.year % 100:02}")
    answered = client.post(step("ngay-di"), {"travel_from": typed})
    assert draft_of(at_check).travel_days[0] == day
    assert f"“{typed}” được hiểu là ngày {day:%d/%m/%Y}" in text_of(client.get(answered.url))


def test_a_test_or_a_birth_needs_its_year(client: Client, at_people: Registration) -> None:
    assert "birth" in add_person(client, birth="6/12").context["form"].errors


def test_a_form_goes_on_at_the_people_until_they_are_all(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    resume = reverse("repatriation:register")
    assert client.get(resume).context["resume_url"] == step("gia-dinh")
    client.post(step("gia-dinh"))
    assert client.get(resume).context["resume_url"] == step("ly-do")
    add_person(client, **BABY)
    assert client.get(resume).context["resume_url"] == step("gia-dinh")


def test_a_draft_of_before_with_later_answers_goes_on_behind_the_people() -> None:
    assert Draft.from_json({"reasons": ["lost_work"]}).people_told
    assert not Draft.from_json({"people": []}).people_told


@pytest.mark.parametrize("page", PAGES)
def test_a_card_through_a_wrong_code_page_fills_in_the_right_name_or_nothing(
    client: Client, at_people: Registration, page: str
) -> None:
    card = "072184004821||Lê Na|12031984|Nữ|Ấp Bùng Binh, Hưng Thuận|01042021"
    form = client.post(ADD, {"card": through(card, page), "full_name": "", "fill": "1"}).context["form"]
    assert form["full_name"].value() == "Lê Na"
    broken = client.post(ADD, {"card": card.replace("Lê", "LÃª"), "fill": "1"}).context["form"]
    assert list(broken.errors) == ["card"]
    assert not broken["full_name"].value()


def test_a_name_with_signs_that_nobody_sees_is_stored_without(
    client: Client, at_people: Registration
) -> None:
    add_person(client, full_name="Nguyễn\u00a0Thị\u200b Lan\u202e", identity="072184\u00ad004821")
    (lan,) = draft_of(at_people).people
    assert (lan.full_name, lan.identity) == ("Nguyễn Thị Lan", "072184004821")
