from django.urls import path

from portal.records import views

app_name = "records"
urlpatterns = [
    path("officer/log/", views.events, name="events"),
    path("officer/log/reads/", views.reads, name="reads"),
]
