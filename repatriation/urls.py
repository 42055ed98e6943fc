"""Addresses of the way home: in Vietnamese for citizens, under /officer/ for officers."""

from repatriation import urls_citizen, urls_officer

app_name = "repatriation"
urlpatterns = [*urls_citizen.urlpatterns, *urls_officer.urlpatterns]
