from django.urls import path

from citizens import views_citizen, views_officer, views_proof

app_name = "citizens"
urlpatterns = [
    path("xac-nhan/", views_citizen.phone, name="phone"),
    path("xac-nhan/ma/", views_citizen.phone_code, name="phone_code"),
    path("xac-nhan/gia-dinh/", views_proof.proof, name="prove"),
    path("cua-toi/", views_citizen.mine, name="mine"),
    path("cua-toi/thoat/", views_citizen.forget, name="forget"),
    path("l/<str:token>/", views_citizen.link, name="link"),
    path("officer/people/", views_officer.person_list, name="person_list"),
    path("officer/people/<int:pk>/", views_officer.person, name="person"),
    path("officer/people/<int:pk>/edit/", views_officer.person_edit, name="person_edit"),
    path("officer/people/<int:pk>/reveal/", views_officer.person_reveal, name="person_reveal"),
]
