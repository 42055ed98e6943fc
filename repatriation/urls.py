from django.urls import URLPattern

app_name = "repatriation"
urlpatterns: list[URLPattern] = []
