"""Included at the root without a namespace: everybody links to `home` and `hotline`."""

from django.urls import include, path

from portal.ui import views, views_style

ui_patterns = ([path("officer/style/", views_style.style, name="style")], "ui")

urlpatterns = [
    path("", views.home, name="home"),
    path("1022/", views.hotline, name="hotline"),
    path("", include(ui_patterns)),
]
