"""Every address of the portal. Citizens' are Vietnamese, officers' are under /officer/."""

from django.urls import include, path

from portal.health import healthz

urlpatterns = [
    path("", include("portal.ui.urls")),
    path("healthz", healthz, name="healthz"),
    path("places/", include("portal.places.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.records.urls")),
    path("", include("portal.notifications.urls")),
    path("", include("portal.reporting.urls")),
    path("", include("citizens.urls")),
    path("", include("repatriation.urls")),
    path("", include("quarantine.urls")),
    path("", include("appointments.urls")),
]

handler400 = "portal.ui.views_errors.bad_request"
handler403 = "portal.ui.views_errors.permission_denied"
handler404 = "portal.ui.views_errors.not_found"
handler500 = "portal.ui.views_errors.server_error"
