"""Filling a trip, by the portal and by the barest SQL that picks, locks and writes the same rows."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import psycopg2
from django.db import connection, transaction
from django.utils import timezone

from citizens import codes
from portal.accounts.models import User
from portal.places.models import ROOT, Place
from repatriation.models import Campaign, Trip
from repatriation.seats.choosing import FEW, SHOWN_PASSED_OVER, Room, choose
from repatriation.seats.filling import answer_deadline, fill_trip

SEATS = 45
LOOKED_AT = 30  # families: with so many at hand the seats are nearly always full
WRITTEN = ("records_event", "repatriation_offer", "citizens_secretlink", "notifications_message")
KEPT = ("repatriation_filling", "repatriation_passedover")

LOCK = """
SELECT id, seats - seats_taken FROM repatriation_trip WHERE id = %s AND status = 'open' FOR UPDATE
"""
WAITS = """campaign_id = %(campaign)s AND status = 'waiting' AND NOT id = ANY (%(seen)s)
    AND origin_id IN (SELECT id FROM places_place WHERE path LIKE %(reach)s)
    AND held_at IS NULL AND NOT needs_escort
    AND (travel_from IS NULL OR travel_from <= %(day)s) AND (travel_until IS NULL OR travel_until >= %(day)s)"""
PICK = f"""
SELECT id, people FROM repatriation_registration WHERE {WAITS} AND people <= %(free)s
ORDER BY score * -1, registered_at, id LIMIT %(many)s FOR UPDATE OF repatriation_registration SKIP LOCKED
"""
PICK_FEW = f"""
SELECT id, people FROM repatriation_registration WHERE status = 'waiting' AND id IN (
    SELECT first.id FROM generate_series(1, %(free)s) AS size CROSS JOIN LATERAL (
        SELECT id, score, registered_at FROM repatriation_registration WHERE {WAITS} AND people = size
        ORDER BY score * -1, registered_at, id LIMIT %(many)s
    ) AS first ORDER BY first.score * -1, first.registered_at, first.id LIMIT %(many)s
) ORDER BY score * -1, registered_at, id FOR UPDATE OF repatriation_registration SKIP LOCKED
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
    INSERT INTO repatriation_offer (trip_id, registration_id, people, status, deadline, created_at, by_hand)
    SELECT %(trip)s, id, people, 'offered', %(deadline)s, now(), '' FROM seated
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
), filling AS (
    INSERT INTO repatriation_filling (trip_id, at, by_id, families, people)
    SELECT %(trip)s, now(), %(user)s, count(*), sum(people) FROM seated RETURNING id
), passed AS (
    INSERT INTO repatriation_passedover (filling_id, registration_id, why, people, free)
    SELECT filling.id, over.id, 'no_room', over.people, 0
    FROM filling CROSS JOIN (
        SELECT r.id, r.people FROM repatriation_registration AS r
        JOIN repatriation_registration AS last ON last.id = %(last)s
        WHERE r.campaign_id = %(campaign)s AND r.status = 'waiting' AND NOT r.id = ANY (%(ids)s)
            AND r.origin_id IN (SELECT id FROM places_place WHERE path LIKE %(reach)s)
            AND (r.score * -1, r.registered_at, r.id) < (last.score * -1, last.registered_at, last.id)
        ORDER BY r.score * -1, r.registered_at, r.id LIMIT %(shown)s
    ) AS over
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
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.officer = User.objects.get(username="dieuphoi")
        self.pickup = Place.objects.filter(kind="pickup", path__startswith=f"{ROOT}79/").order_by("pk")[0]
        self.reach = f"{ROOT}79/%"
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
        """Both ways choose the same families, fill the trip and write as many rows."""
        trip = self._trip()
        with transaction.atomic():
            wanted = [family.pk for family in choose(trip, Room(trip.seats_free))]
            transaction.set_rollback(True)
        with self.bare.cursor() as cursor:
            chosen = self._pick(cursor, trip)
        self.bare.rollback()
        assert sorted(chosen) == sorted(wanted), f"{chosen} and {wanted}"
        rows = {way: self._written(way) for way in ("portal", "bare")}
        for found in rows.values():
            assert found["people"] == SEATS, rows
            assert {found[table] for table in WRITTEN} == {found["families"]}, rows
            assert found["repatriation_filling"] == 1, rows

    def _written(self, way: str) -> dict[str, int]:
        before = {table: _count(table) for table in (*WRITTEN, *KEPT)}
        trip = self._trip()
        self._fill(way, trip)
        trip.refresh_from_db()
        rows = {table: _count(table) - earlier for table, earlier in before.items()}
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
            chosen = self._pick(cursor, trip)
            values = {
                "ids": chosen, "trip": trip.pk, "code": trip.code, "user": self.officer.pk,
                "name": self.officer.full_name, "deadline": deadline, "time": str(trip.departs_at),
                "pickup": self.pickup.name, "until": str(deadline), "last": chosen[-1],
                "campaign": self.campaign.pk, "reach": self.reach, "shown": SHOWN_PASSED_OVER,
            }  # fmt: skip
            cursor.execute(WRITE, values)

    def _pick(self, cursor: Any, trip: Trip) -> list[int]:
        """Lock the trip and the families for whom there is room."""
        cursor.execute(LOCK, [trip.pk])
        _pk, free = cursor.fetchone()
        chosen: list[int] = []
        values = {"campaign": self.campaign.pk, "reach": self.reach, "day": trip.day}
        many = LOOKED_AT
        while free:
            pick = PICK if free > FEW else PICK_FEW
            cursor.execute(pick, {**values, "free": free, "seen": chosen, "many": many})
            found = cursor.fetchall()
            if not found:
                break
            for family, people in found:
                if people <= free:
                    chosen.append(family)
                    free -= people
            many = free // 4 + 1  # few places are left: no more is read than will be needed
        return chosen


def _address() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port")}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (count,) = cursor.fetchone()
    return int(count)
