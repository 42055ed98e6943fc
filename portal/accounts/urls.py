from django.urls import path

from portal.accounts import views, views_requests

app_name = "accounts"
urlpatterns = [
    path("officer/sign-in/", views.sign_in, name="sign_in"),
    path("officer/sign-out/", views.sign_out, name="sign_out"),
    path("officer/", views.first_screen, name="first_screen"),
    path("officer/password/", views.password, name="password"),
    path("officer/users/", views.user_list, name="user_list"),
    path("officer/users/add/", views.user_add, name="user_add"),
    path("officer/users/<int:pk>/", views.user_page, name="user"),
    path("officer/users/<int:pk>/assign/", views.user_assign, name="user_assign"),
    path(
        "officer/users/<int:pk>/assignments/<int:assignment_pk>/end/",
        views.user_end_assignment,
        name="user_end_assignment",
    ),
    path(
        "officer/users/requests/<int:pk>/<slug:verb>/",
        views_requests.role_request_step,
        name="role_request_step",
    ),
    path("officer/users/<int:pk>/reset-password/", views.user_reset_password, name="user_reset_password"),
    path("officer/users/<int:pk>/active/", views.user_set_active, name="user_set_active"),
]
