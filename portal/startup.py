"""What web, worker and scheduler look at before they start: what must be put right first, and what should be.

`manage.py check_start` says the same beforehand.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection

from portal.accounts.models import User
from portal.notifications.channels import CHANNELS, channel
from portal.records.rights import faults_of_role

logger = logging.getLogger("portal.startup")
NAMED = 5  # accounts that a sentence lists


def check_start() -> None:
    """Refuse to start with `ImproperlyConfigured` where something must be put right; log what should be.

    A database that does not answer is no reason: the portal starts, and says so on its pages and in `/healthz`.
    """
    try:
        faults, advice = faults_before_start(), advice_before_start()
    except DatabaseError as error:
        logger.warning("The database could not be looked at before the start: %s", type(error).__name__)
        return
    finally:
        connection.close()  # the processes that are forked from here on open their own
    for sentence in advice:
        logger.warning("%s", sentence)
    if faults:
        raise ImproperlyConfigured(" ".join(faults))


def faults_before_start() -> list[str]:
    """Return, as sentences, what keeps the portal from starting. Raises DatabaseError when nothing can be asked."""
    faults = []
    if settings.PORTAL_CHANNEL not in CHANNELS:
        faults.append(
            f"PORTAL_CHANNEL is {settings.PORTAL_CHANNEL}; it may be {', '.join(sorted(CHANNELS))}."
        )
    if not settings.PORTAL_DEMO:
        try:
            names = list(User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True))
        except ProgrammingError:
            return [
                *faults,
                "The database is not prepared for this version: run manage.py migrate as its owner.",
            ]
        if names:
            listed = ", ".join(sorted(names)[:NAMED]) + (", …" if len(names) > NAMED else "")
            faults.append(
                f"The database holds {len(names)} open accounts of the demo ({listed}), whose password is published. "
                "Close them with manage.py close_demo_accounts (bin/manage on the embedded servers), "
                "or set PORTAL_DEMO=1."
            )
    return faults


def advice_before_start() -> list[str]:
    """Return, as sentences, what should be put right. Raises DatabaseError when nothing can be asked."""
    advice = []
    if channel_is_missing():
        advice.append(
            "No channel of messages is set up (PORTAL_CHANNEL): codes and invitations reach nobody and wait."
        )
    if settings.PORTAL_DEMO and not settings.PORTAL_EMBEDDED:
        advice.append(
            "PORTAL_DEMO is 1: everybody may sign in with the published password and read every message."
        )
    with connection.cursor() as cursor:
        faults = faults_of_role(cursor)
    if faults:
        advice.append(
            f"The role of DATABASE_URL could change the logs ({', '.join(faults)}): run the portal as a role of its "
            'own, see deploy/README.md, "Two roles".'
        )
    return advice


def channel_is_missing() -> bool:
    return settings.PORTAL_CHANNEL in CHANNELS and channel() is None
