"""Secret links: whoever holds one may see or do one thing with one row.

Each purpose is bound to a view by `register_purpose`; the address is always `/l/<token>/`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import SecretLink
from portal.accounts.scoping import CitizenViewer
from portal.records.log import subject_of
from portal.records.refusals import Refused

BYTES = 20  # 160 bits; the design asks for at least 128
DEFAULT_LIFETIME = dt.timedelta(days=30)

_purposes: dict[str, str] = {}
_gone: dict[str, str] = {}


class LinkRefused(Refused):
    """The link is unknown, past its time or withdrawn. `expired` tells the last two from the first;
    `template` is the page that says what to do next."""

    def __init__(self, *, expired: bool, template: str = "citizens/link_refused.html") -> None:
        super().__init__("expired" if expired else "unknown")
        self.expired = expired
        self.template = template

    def __str__(self) -> str:
        return _("Đường dẫn này đã hết hạn") if self.expired else _("Đường dẫn này không đúng")


def register_purpose(purpose: str, url_name: str, *, gone: str = "citizens/link_refused.html") -> None:
    """`url_name` is the view that takes `token` and does what the purpose says; `gone` the template for
    whoever comes too late."""
    if purpose in _purposes:
        raise ValueError(f"purpose {purpose!r} is registered twice")
    _purposes[purpose] = url_name
    _gone[purpose] = gone


def url_name_for(purpose: str) -> str:
    return _purposes[purpose]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def make_link(
    subject: models.Model, purpose: str, *, phone: str = "", lifetime: dt.timedelta = DEFAULT_LIFETIME
) -> str:
    """The full address of a new link. It cannot be read back later: only its hash is kept."""
    (address,) = make_links([(subject, phone)], purpose, lifetime=lifetime)
    return address


def make_links(
    subjects: Iterable[tuple[models.Model, str]],
    purpose: str,
    *,
    lifetime: dt.timedelta = DEFAULT_LIFETIME,
) -> list[str]:
    """A new link to each `(subject, phone)`, in their order, written in one statement."""
    if purpose not in _purposes:
        raise KeyError(purpose)
    expires_at = timezone.now() + lifetime
    tokens, rows = [], []
    for subject, phone in subjects:
        token = secrets.token_urlsafe(BYTES)
        subject_type, subject_id = subject_of(subject)
        tokens.append(token)
        rows.append(
            SecretLink(
                token_hash=_hash(token),
                purpose=purpose,
                subject_type=subject_type,
                subject_id=subject_id,
                phone=phone,
                expires_at=expires_at,
            )
        )
    SecretLink.objects.bulk_create(rows)
    return [settings.PORTAL_BASE_URL + reverse("citizens:link", args=[token]) for token in tokens]


def find_link(token: str, purpose: str | None = None) -> SecretLink:
    """Raises `LinkRefused`."""
    link = SecretLink.objects.filter(token_hash=_hash(token)).first()
    if link is None or (purpose is not None and link.purpose != purpose):
        raise LinkRefused(expired=False)
    if link.revoked_at is not None or link.expires_at <= timezone.now():
        raise LinkRefused(expired=True, template=_gone[link.purpose])
    return link


def viewer_for(link: SecretLink) -> CitizenViewer:
    """Whom `visible_to` takes: opens the one row of the link and nothing else."""
    return CitizenViewer(subject_type=link.subject_type, subject_id=link.subject_id)


def revoke_links_to(subjects: Iterable[models.Model]) -> int:
    """Every live link that opens one of these rows, whatever for; one statement for each kind of row."""
    ids: dict[str, list[int]] = {}
    for subject in subjects:
        subject_type, subject_id = subject_of(subject)
        ids.setdefault(subject_type, []).append(subject_id)
    now = timezone.now()
    return sum(
        SecretLink.objects.filter(subject_type=subject_type, subject_id__in=found, revoked_at=None).update(
            revoked_at=now
        )
        for subject_type, found in ids.items()
    )


def end_links(subject: models.Model, purpose: str) -> int:
    """Withdraw them for good: no phone is kept either, only that such a link was once good."""
    subject_type, subject_id = subject_of(subject)
    rows = SecretLink.objects.filter(subject_type=subject_type, subject_id=subject_id, purpose=purpose)
    rows.filter(revoked_at=None).update(revoked_at=timezone.now())
    return rows.update(phone="")
