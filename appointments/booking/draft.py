"""A citizen's answers so far, stored in the session between the steps of a booking."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from appointments.booking import availability
from appointments.models import Office, Procedure, Slot

KEY = "appointment"
SENT = "appointments_sent"  # session: answers that wait for their code, by the key of the details
MOST_SENT = 4
SHOWN = ("shown_procedure", "shown_office", "shown_slot")  # hidden fields: what the page is about


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
        """Return the answers so far. What the sent page showed counts more than what is stored: another tab may
        have gone on with another errand since."""
        draft = cls._from_session(request.session.get(KEY) or {})
        procedure, office, slot = (request.POST.get(name, "") for name in SHOWN)
        if procedure:
            draft.procedure_code = procedure
        if office:
            draft.office_slug = office
        if slot.isascii() and slot.isdigit() and len(slot) < 19:
            draft.slot_id = int(slot)
        return draft

    @classmethod
    def confirmed_by(cls, request: HttpRequest, key: str) -> BookingDraft | None:
        """Return the answers as they stood when the details with this key were sent: what its code confirms."""
        stored = request.session.get(SENT, {}).get(key)
        return cls._from_session(stored) if stored else None

    @classmethod
    def _from_session(cls, stored: dict[str, Any]) -> BookingDraft:
        return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})

    def save(self, request: HttpRequest) -> None:
        request.session[KEY] = asdict(self)

    def send(self, request: HttpRequest) -> None:
        """Store the answers, and under their key what a code will confirm."""
        self.save(request)
        sent = {key: one for key, one in request.session.get(SENT, {}).items() if key != self.client_key}
        request.session[SENT] = dict([*sent.items(), (self.client_key, asdict(self))][-MOST_SENT:])

    def clear(self, request: HttpRequest) -> None:
        """Forget a booking that was made. What another tab is about to book stays."""
        sent = request.session.get(SENT, {})
        request.session[SENT] = {key: one for key, one in sent.items() if key != self.client_key}
        if self._from_session(request.session.get(KEY) or {}).slot_id == self.slot_id:
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
    def key(self) -> UUID | None:
        return UUID(self.client_key) if self.client_key else None
