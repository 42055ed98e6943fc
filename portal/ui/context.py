from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """What every page knows about the portal: its name, its province, the hotline, whether it is a demo."""
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "PROVINCE": settings.PORTAL_PROVINCE_NAME,
        "HOTLINE": settings.PORTAL_HOTLINE,
        "DEMO": settings.PORTAL_DEMO,
    }
