"""Filling a trip, by the portal and by the barest SQL that picks, locks and writes the same rows."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import psycopg2
from django.db import connection
from django.utils import timezone

from citizens import codes
from portal.accounts.models import User
from portal.places.models import ROOT, Place
from repatriation.actions.seating import answer_deadline, fill_trip
from repatriation.models import Campaign, Trip

SEATS = 45
LOOKED_AT = 30  # families: with so many at hand the seats are nearly always full
WRITTEN = ("records_event", "repatriation_offer", "citizens_secretlink", "notifications_message")

LOCK = """
SELECT t.id, t.seats - t.seats_taken, t.campaign_id, place.path FROM repatriation_trip AS t
JOIN places_place AS place ON place.id = t.pickup_id WHERE t.id = %s AND t.status = 'open' FOR UPDATE OF t
"""
PICK = """
SELECT id, people FROM repatriation_registration
WHERE campaign_id = %s AND status = 'waiting' AND people <= %s AND NOT id = ANY (%s)
    AND origin_id IN (SELECT id FROM places_place WHERE path LIKE %s)
ORDER BY score DESC, registered_at, id LIMIT %s FOR UPDATE OF repatriation_registration SKIP LOCKED
"""
WRITE = """
WITH seated AS (
    UPDATE repatriation_registration SET status = 'offered' WHERE id = ANY (%(ids)s)
    RETURNING id, code, phone, people, home_commune_id
), logged AS (
    INSERT INTO records_event (at, actor_kind, actor_label, user_id, subject_type, subject_id, verb,
        from_status, to_status, reason, data, place_id)
    SELECT now(), 'officer', %(name)s, %(user)s, 'repatriation.registration', id, 'offer', 'waiting',
        'offered', '', jsonb_build_object('trip', %(code)s), home_commune_id
    FROM seated
), offers AS (
    INSERT INTO repatriation_offer (trip_id, registration_id, people, status, deadline, created_at)
    SELECT %(trip)s, id, people, 'offered', %(deadline)s, now() FROM seated
    RETURNING id, registration_id
), told AS (
    SELECT offers.id AS offer, seated.code, seated.phone, seated.people,
        replace(gen_random_uuid()::text, '-', '') AS token
    FROM offers JOIN seated ON seated.id = offers.registration_id
), links AS (
    INSERT INTO citizens_secretlink (token_hash, purpose, subject_type, subject_id, phone, created_at, expires_at)
    SELECT encode(sha256(token::bytea), 'hex'), 'offer', 'repatriation.offer', offer, phone, now(),
        now() + interval '30 days'
    FROM told
)
INSERT INTO notifications_message (kind, phone, email, language, context, secrets, about_type, about_id,
    status, attempts, created_at, expires_at)
SELECT 'offer', phone, '', 'vi', jsonb_build_object('code', code, 'people', people, 'trip', %(code)s,
    'time', %(time)s, 'pickup', %(pickup)s, 'deadline', %(until)s),
    jsonb_build_object('link', 'http://127.0.0.1/l/' || token || '/'), 'repatriation.offer', offer, 'queued',
    0, now(), %(deadline)s
FROM told
"""


class Filling:
    """Fills trips of one pick-up point in turns, each way on a connection of its own."""

    def __init__(self) -> None:
        self.campaign = Campaign.objects.get()
        self.officer = User.objects.get(username="dieuphoi")
        self.pickup = Place.objects.filter(kind="pickup", path__startswith=f"{ROOT}79/").order_by("pk")[0]
        self.gateway = self.campaign.gateways.order_by("pk")[0]
        self.bare = psycopg2.connect(**_address())

    def measure(self, rounds: int) -> dict[str, list[float]]:
        """Seconds of each filling: `portal` and `bare`."""
        times: dict[str, list[float]] = {"portal": [], "bare": []}
        for number in range(rounds):
            ways = ["portal", "bare"] if number % 2 else ["bare", "portal"]
            for way in ways:
                times[way].append(self._timed(way))
        return times

    def compare(self) -> None:
        """Both ways seat the same families in turn, fill the trip and write as many rows."""
        first = self._written("portal")
        second = self._written("bare")
        assert first["people"] == second["people"] == SEATS, f"{first} and {second}"
        for rows in (first, second):
            assert {rows[table] for table in WRITTEN} == {rows["families"]}, rows

    def _written(self, way: str) -> dict[str, int]:
        before = [_count(table) for table in WRITTEN]
        trip = self._trip()
        self._fill(way, trip)
        trip.refresh_from_db()
        rows = {table: _count(table) - earlier for table, earlier in zip(WRITTEN, before, strict=True)}
        return rows | {"people": trip.seats_taken, "families": trip.offers.count()}

    def _timed(self, way: str) -> float:
        trip = self._trip()
        started = time.perf_counter()
        self._fill(way, trip)
        return time.perf_counter() - started

    def _fill(self, way: str, trip: Trip) -> None:
        if way == "portal":
            fill_trip(trip, by=self.officer)
        else:
            self._fill_barely(trip)

    def _trip(self) -> Trip:
        return Trip.objects.create(
            campaign=self.campaign,
            code=codes.make("CX"),
            status=Trip.Status.OPEN,
            departs_at=timezone.now() + dt.timedelta(days=2),
            pickup=self.pickup,
            gateway=self.gateway,
            seats=SEATS,
            planned_by=self.officer,
        )

    def _fill_barely(self, trip: Trip) -> None:
        deadline = answer_deadline(trip)
        with self.bare, self.bare.cursor() as cursor:
            cursor.execute(LOCK, [trip.pk])
            pk, free, campaign, path = cursor.fetchone()
            reach = "/".join(path.split("/")[:2]) + "/%"
            chosen: list[int] = []
            while free:
                cursor.execute(PICK, [campaign, free, chosen, reach, LOOKED_AT])
                found = cursor.fetchall()
                for family, people in found:
                    if people <= free:
                        chosen.append(family)
                        free -= people
                if not found:
                    break
            values = {
                "ids": chosen, "trip": pk, "code": trip.code, "user": self.officer.pk,
                "name": self.officer.full_name, "deadline": deadline, "time": str(trip.departs_at),
                "pickup": self.pickup.name, "until": str(deadline),
            }  # fmt: skip
            cursor.execute(WRITE, values)


def _address() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port")}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (count,) = cursor.fetchone()
    return int(count)
