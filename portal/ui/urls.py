"""Included at the root without a namespace: everybody links to `home`, `hotline` and `set_language`."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from portal.ui import views, views_style

ui_patterns = ([path("officer/style/", views_style.style, name="style")], "ui")

urlpatterns = [
    path("", views.home, name="home"),
    path("1022/", views.hotline, name="hotline"),
    path("ngon-ngu/", login_not_required(require_POST(set_language)), name="set_language"),
    path("", include(ui_patterns)),
]
