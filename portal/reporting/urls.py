from django.urls import path

from portal.reporting import views, views_exports

app_name = "reporting"
urlpatterns = [
    path("officer/today/", views.today, name="today"),
    path("officer/figures/", views.figures, name="figures"),
    path("officer/exports/", views_exports.export_list, name="export_list"),
    path("officer/exports/new/", views_exports.export_add, name="export_add"),
    path("officer/exports/<int:pk>/", views_exports.export_file, name="export_file"),
]
