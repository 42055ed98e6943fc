from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from portal.ui.hotline import hotline_link


def page_address(request: HttpRequest) -> str:
    """Where this page can be asked for again. The answer to a refused form may stand at an address that only
    takes forms; then it is the page from which the form was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    return (
        came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.get_host() else "/"
    )


def portal(request: HttpRequest) -> dict[str, Any]:
    """What every page knows about the portal: its name, its province, the hotline, whether it is a demo."""
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "PROVINCE": settings.PORTAL_PROVINCE_NAME,
        "AUTHORITY": settings.PORTAL_AUTHORITY,
        "AUTHORITY_OFFICE": settings.PORTAL_AUTHORITY_OFFICE,
        "HOTLINE": settings.PORTAL_HOTLINE,
        "HOTLINE_LINK": hotline_link(),
        "DEMO": settings.PORTAL_DEMO,
        "PAGE_ADDRESS": page_address(request),
    }
