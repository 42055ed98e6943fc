"""A device that keeps entries while the line is down, as its script does it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.places.models import Place
from repatriation.models import Registration
from repatriation.offline.recorder import recorder_token
from repatriation.offline.sealing import current_key, seal
from tests.repatriation.world.road import as_, people_of

SEND = "/officer/offline/send/"


class Device:
    """One browser: its name, its numbers, and the officer who records on it."""

    def __init__(
        self, road: SimpleNamespace, officer: User | None = None, place: Place | None = None
    ) -> None:
        self.uuid, self.sequence = uuid.uuid4(), 0
        self.officer, self.place = officer or road.barrier, place or road.checkpoint

    def entry(
        self,
        fields: Sequence[tuple[str, str]],
        *,
        kind: str = "arrival",
        key: uuid.UUID | None = None,
        registration: str = "",
        after: uuid.UUID | None = None,
        at: int | None = None,
        recorder: str | None = None,
        more: dict[str, Any] | None = None,
        place: int | None = None,
    ) -> dict[str, Any]:
        """Seal one entry."""
        self.sequence += 1
        key = key or uuid.uuid4()
        content = {
            "kind": kind,
            "place": place or self.place.pk,
            "at": int(timezone.now().timestamp() * 1000) if at is None else at,
            "after": str(after) if after else "",
            "recorder": recorder_token(self.officer) if recorder is None else recorder,
            "registration": registration,
            "fields": [list(pair) for pair in fields],
            "more": more or {},
        }
        portal = current_key()
        sealed = seal(portal, json.dumps(content).encode(), f"{key}:{self.sequence}")
        return {"key": str(key), "sequence": self.sequence, "key_id": portal.pk, "sealed": sealed}

    def arrival(
        self, row: Registration, *, changes: dict[str, str] | None = None, **how: Any
    ) -> dict[str, Any]:
        """Seal the arrival of a whole family; a change of None takes a field away."""
        fields = {"destination": str(row.home_commune_id), "address": "ấp 1", "rapid_test": "none"}
        fields |= {f"here_{person.pk}": "on" for person in people_of(row)}
        fields |= changes or {}
        pairs = [(name, value) for name, value in fields.items() if value is not None]
        return self.entry(pairs, registration=row.code, **{"more": {"here": True}, **how})

    def body(self, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
        clock = int(timezone.now().timestamp() * 1000)
        return {
            "device": str(self.uuid),
            "place": self.place.pk,
            "waiting": 0,
            "since": None,
            "clock": clock,
            "may_forget": False,
            "entries": list(entries),
            **more,
        }

    def send(self, *entries: dict[str, Any], client: Client | None = None, **more: Any) -> Any:
        client = client or as_(self.officer)
        return client.post(SEND, json.dumps(self.body(*entries, **more)), content_type="application/json")

    def states(self, *entries: dict[str, Any], client: Client | None = None) -> list[str]:
        """Send, and return what became of each, in the order given."""
        told = {one["key"]: one["state"] for one in self.send(*entries, client=client).json()["results"]}
        return [told[one["key"]] for one in entries]
