from django.urls import path

from portal.reporting import views

app_name = "reporting"
urlpatterns = [
    path("officer/today/", views.today, name="today"),
    path("officer/figures/", views.figures, name="figures"),
]
