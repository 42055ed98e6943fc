"""The citizens' addresses of the way home."""

from django.urls import path

from repatriation.campaigns import views_citizen as views_campaigns
from repatriation.family import views_citizen as citizen
from repatriation.family import views_question as screening
from repatriation.phones import views_citizen as views_wrong_phone
from repatriation.registration.views_doors import by_link, by_offer_link, by_phone
from repatriation.registration.wizard import (
    steps,
    views,
    views_change,
    views_later,
    views_people,
    views_phone,
)

urlpatterns = [
    path("dot-don/", views_campaigns.campaigns, name="campaigns"),
    path("dot-don/<slug:slug>/", views_campaigns.campaign, name="campaign"),
    path("dang-ky/", views.start, name="register"),
    path("dang-ky/lam-lai/", views.restart, name="register_restart"),
    path("dang-ky/luu-lai/", views_later.later, name="register_later"),
    path("dang-ky/khai-tiep/<str:token>/", views_later.resume, name="draft"),
    path("dang-ky/buoc/gia-dinh/", views_people.people, name="register_people"),
    path("dang-ky/buoc/dien-thoai/", views_phone.phone, name="register_phone"),
    path("dang-ky/buoc/ma-xac-nhan/", views_phone.code, name="register_code"),
    path(f"dang-ky/buoc/{steps.CHECK}/", views.check, name="register_check"),
    path("dang-ky/buoc/<slug:step>/", views.step, name="register_step"),
    path("dang-ky/nguoi/them/", views_people.person, name="register_person_add"),
    path("dang-ky/nguoi/<str:key>/", views_people.person, name="register_person"),
    path("dang-ky/nguoi/<str:key>/suc-khoe/", views_people.health, name="register_health"),
    path("dang-ky/nguoi/<str:key>/bo/", views_people.remove, name="register_person_remove"),
    path("dang-ky/nguoi/<str:key>/dai-dien/", views_people.first, name="register_person_first"),
    path("dang-ky/xong/", views.done, name="register_done"),
    path("dang-ky/da-co/", views.already, name="register_already"),
    path("dang-ky/sai-so/", views_wrong_phone.wrong_phone, name="wrong_phone"),
    path("dang-ky/sai-so/ma/", views_wrong_phone.code, name="wrong_phone_code"),
    path("dang-ky/sai-so/xong/", views_wrong_phone.done, name="wrong_phone_done"),
    path("dang-ky/gui-lai/", views.resend, name="register_resend"),
    path("dang-ky/<str:token>/", by_link(citizen.registration), name="registration"),
    path("dang-ky/<str:token>/rut/", by_link(citizen.registration_withdraw), name="withdraw"),
    path("dang-ky/<str:token>/cho-ngoi/", by_link(citizen.offer), name="registration_offer"),
    path(
        "dang-ky/<str:token>/tra-loi-xa/",
        by_link(screening.question),
        name="registration_question",
    ),
    path("cua-toi/dang-ky/<slug:code>/tra-loi-xa/", by_phone(screening.question), name="my_question"),
    path("tra-loi-xa/<str:token>/", screening.by_link, name="screening_answer"),
    path("cua-toi/khai-do/<slug:code>/", views_later.resume_mine, name="my_draft"),
    path("cua-toi/dang-ky/<slug:code>/", by_phone(citizen.registration), name="my_registration"),
    path(
        "cua-toi/dang-ky/<slug:code>/rut/",
        by_phone(citizen.registration_withdraw),
        name="my_withdraw",
    ),
    path("cua-toi/dang-ky/<slug:code>/cho-ngoi/", by_phone(citizen.offer), name="my_offer"),
    path("dang-ky/<str:token>/sua/", by_link(views_change.start), name="registration_change"),
    path("cua-toi/dang-ky/<slug:code>/sua/", by_phone(views_change.start), name="my_change"),
    path("sua-dang-ky/<slug:code>/bo/", views_change.drop, name="change_drop"),
    path("sua-dang-ky/<slug:code>/buoc/gia-dinh/", views_people.people, name="change_people"),
    path(f"sua-dang-ky/<slug:code>/buoc/{steps.CHECK}/", views_change.check, name="change_check"),
    path("sua-dang-ky/<slug:code>/buoc/<slug:step>/", views.step, name="change_step"),
    path("sua-dang-ky/<slug:code>/nguoi/them/", views_people.person, name="change_person_add"),
    path("sua-dang-ky/<slug:code>/nguoi/<str:key>/", views_people.person, name="change_person"),
    path("sua-dang-ky/<slug:code>/nguoi/<str:key>/suc-khoe/", views_people.health, name="change_health"),
    path("sua-dang-ky/<slug:code>/nguoi/<str:key>/bo/", views_people.remove, name="change_person_remove"),
    path("sua-dang-ky/<slug:code>/nguoi/<str:key>/dai-dien/", views_people.first, name="change_person_first"),
    path("cho-ngoi/<str:token>/", by_offer_link(citizen.offer), name="offer"),
]
