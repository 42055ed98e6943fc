"""Roles and what each may do. They are code, reviewed like code; no row in a table grants a right."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CHECKPOINT = "checkpoint", _("Cán bộ chốt")
    ESCORT = "escort", _("Cán bộ theo xe")
    COMMUNE = "commune", _("Cán bộ xã")
    COMMUNE_VIEWER = "commune_viewer", _("Cán bộ xã (chỉ xem)")
    COORDINATOR = "coordinator", _("Điều phối")
    HEALTH = "health", _("Cán bộ y tế")
    FACILITY = "facility", _("Quản lý cơ sở cách ly")
    COUNTER = "counter", _("Cán bộ một cửa")
    LEADER = "leader", _("Lãnh đạo")
    ADMIN = "admin", _("Quản trị")
    AUDITOR = "auditor", _("Thanh tra")
    HOTLINE = "hotline", _("Tổng đài")
    ASSOCIATION = "association", _("Hội đồng hương")


class Permission(StrEnum):
    """A right, held through an assignment, over the places below the assignment's place."""

    SEE_WORKLIST = "see_worklist"  # "Hôm nay"
    SEE_PEOPLE = "see_people"
    EDIT_PEOPLE = "edit_people"
    SEE_HEALTH = "see_health"
    EDIT_HEALTH = "edit_health"
    SEE_QUEUE = "see_queue"
    PLAN_TRIPS = "plan_trips"
    SEE_INTAKE = "see_intake"  # how many people a commune takes in on a day
    SET_INTAKE = "set_intake"
    PUBLISH_RULES = "publish_rules"  # of the queue; needs two persons
    SEE_MANIFESTS = "see_manifests"  # closed lists: one's own people; the whole for who works at the gateway
    RECORD_BOARDING = "record_boarding"  # at the pick-up point, for the trips to a gateway
    RECORD_ARRIVALS = "record_arrivals"
    LOOK_UP_ANYBODY = "look_up_anybody"  # by full number, phone or code only; each look-up is logged
    REGISTER_OTHERS = "register_others"  # who calls or comes; sees what they entered themselves
    ANSWER_CALLERS = "answer_callers"  # and act on their word; by full number, phone or code; each is logged
    SEE_HANDOVERS = "see_handovers"
    DECIDE_HANDOVERS = "decide_handovers"
    ROUTE_HANDOVERS = "route_handovers"
    SEE_SCREENING = "see_screening"
    DECIDE_SCREENING = "decide_screening"  # the home commune: ours, or not
    SETTLE_SCREENING = "settle_screening"  # the province, where communes disagree
    SEE_FACILITY = "see_facility"
    RUN_FACILITY = "run_facility"  # who is admitted and who leaves; beds
    NAME_FACILITY = "name_facility"  # the province, for somebody who was sent to a facility without a name
    SEE_APPOINTMENTS = "see_appointments"
    SERVE_APPOINTMENTS = "serve_appointments"
    SEE_FIGURES = "see_figures"
    MANAGE_USERS = "manage_users"
    MANAGE_REFERENCE = "manage_reference"
    READ_LOG = "read_log"


P = Permission
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.CHECKPOINT: frozenset(
        {P.RECORD_ARRIVALS, P.RECORD_BOARDING, P.LOOK_UP_ANYBODY, P.SEE_HANDOVERS, P.SEE_MANIFESTS}
    ),
    Role.ESCORT: frozenset({P.RECORD_BOARDING, P.SEE_MANIFESTS}),
    Role.COMMUNE: frozenset(
        {P.SEE_WORKLIST, P.SEE_PEOPLE, P.EDIT_PEOPLE, P.SEE_HEALTH, P.EDIT_HEALTH, P.SEE_HANDOVERS}
        | {P.DECIDE_HANDOVERS, P.SEE_SCREENING, P.DECIDE_SCREENING, P.SEE_MANIFESTS}
        | {P.SEE_INTAKE, P.SET_INTAKE}
    ),
    Role.COMMUNE_VIEWER: frozenset(
        {P.SEE_WORKLIST, P.SEE_PEOPLE, P.SEE_HANDOVERS, P.SEE_SCREENING, P.SEE_MANIFESTS, P.SEE_INTAKE}
    ),
    Role.COORDINATOR: frozenset(
        {P.SEE_WORKLIST, P.SEE_QUEUE, P.PLAN_TRIPS, P.SEE_HANDOVERS, P.ROUTE_HANDOVERS, P.SEE_FIGURES}
        | {P.PUBLISH_RULES, P.SEE_SCREENING, P.SETTLE_SCREENING, P.RECORD_BOARDING, P.SEE_MANIFESTS}
        | {P.SEE_INTAKE, P.SET_INTAKE, P.NAME_FACILITY}
    ),
    Role.HEALTH: frozenset({P.SEE_WORKLIST, P.SEE_PEOPLE, P.SEE_HEALTH, P.EDIT_HEALTH, P.NAME_FACILITY}),
    Role.FACILITY: frozenset({P.SEE_FACILITY, P.RUN_FACILITY, P.SEE_HEALTH}),
    Role.COUNTER: frozenset({P.SEE_APPOINTMENTS, P.SERVE_APPOINTMENTS}),
    Role.LEADER: frozenset({P.SEE_FIGURES}),
    Role.ADMIN: frozenset({P.SEE_WORKLIST, P.MANAGE_USERS, P.MANAGE_REFERENCE}),
    Role.AUDITOR: frozenset({P.READ_LOG}),
    Role.HOTLINE: frozenset({P.REGISTER_OTHERS, P.ANSWER_CALLERS}),
    Role.ASSOCIATION: frozenset({P.REGISTER_OTHERS}),
}

# Whoever sees health, what people do, or makes accounts. A role that gives one of these needs a second person.
GUARDED = frozenset({P.SEE_HEALTH, P.EDIT_HEALTH, P.RECORD_ARRIVALS, P.SEE_QUEUE, P.READ_LOG, P.MANAGE_USERS})


def needs_second_person(role: str) -> bool:
    """Return whether a second administrator must confirm that somebody gets the role."""
    return bool(ROLE_PERMISSIONS[role] & GUARDED)


GUARDED_ROLES = frozenset(role for role in Role if needs_second_person(role))


# The first screen of each role, in order of preference for somebody who has several.
FIRST_SCREENS: list[tuple[Permission, str]] = [
    (P.RECORD_ARRIVALS, "repatriation:checkpoint"),
    (P.PLAN_TRIPS, "repatriation:queue"),
    (P.SEE_WORKLIST, "reporting:today"),
    (P.RECORD_BOARDING, "repatriation:manifest_list"),
    (P.ANSWER_CALLERS, "repatriation:callers"),
    (P.REGISTER_OTHERS, "repatriation:entry_list"),
    (P.SEE_FACILITY, "quarantine:facility"),
    (P.SEE_APPOINTMENTS, "appointments:day"),
    (P.SEE_FIGURES, "reporting:figures"),
    (P.MANAGE_USERS, "accounts:user_list"),
    (P.READ_LOG, "records:events"),
]
