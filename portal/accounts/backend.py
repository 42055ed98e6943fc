"""Who may sign in, and whose session still counts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class PortalBackend(ModelBackend):
    """Django's backend, to which accounts of the demo are nobody outside a demo: their password is published."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.PORTAL_DEMO or not user.is_demo)
