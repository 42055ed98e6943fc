"""A citizen's answers so far, stored in the session between the steps of a booking."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest

from appointments.booking import availability
from appointments.models import Office, Procedure, Slot

KEY = "appointment"


@dataclass
class BookingDraft:
    """The answers. The rows that they name are fetched again on each page: they may be gone meanwhile."""

    procedure_code: str = ""
    office_slug: str = ""
    slot_id: int | None = None
    full_name: str = ""
    phone: str = ""
    agreed: bool = False
    client_key: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> BookingDraft:
        stored = request.session.get(KEY) or {}
        return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})

    def save(self, request: HttpRequest) -> None:
        request.session[KEY] = asdict(self)

    @staticmethod
    def clear(request: HttpRequest) -> None:
        request.session.pop(KEY, None)

    @cached_property
    def procedure(self) -> Procedure | None:
        return next((row for row in availability.procedures() if row.code == self.procedure_code), None)

    @cached_property
    def offices(self) -> list[Office]:
        """Return the offices that take the chosen procedure."""
        return availability.offices_for(self.procedure) if self.procedure else []

    @cached_property
    def office(self) -> Office | None:
        """Return the chosen office, or the only one."""
        if len(self.offices) == 1:
            return self.offices[0]
        return next((row for row in self.offices if row.slug == self.office_slug), None)

    @cached_property
    def slot(self) -> Slot | None:
        """Return the chosen slot while it is to come, even when it filled up meanwhile."""
        return availability.slot_of(self.office, self.slot_id) if self.office and self.slot_id else None

    @property
    def has_details(self) -> bool:
        return bool(self.full_name and self.phone and self.agreed and self.client_key)

    @property
    def key(self) -> UUID | None:
        return UUID(self.client_key) if self.client_key else None
