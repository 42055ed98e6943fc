"""The officers' addresses of the way home; `urls.py` adds them to the citizens'."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
