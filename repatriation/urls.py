"""Addresses of the way home: the citizens' are Vietnamese, the officers' are under /officer/."""

from repatriation import urls_citizen, urls_officer

app_name = "repatriation"
urlpatterns = [*urls_citizen.urlpatterns, *urls_officer.urlpatterns]
