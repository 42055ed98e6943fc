"""Who may open what: every address of the portal with everybody who gets in. `test_access` walks it.

`by` names the demo's users who get in; `elsewhere` those with the same rights at another place, for whom the
row does not exist. Everybody else with an account is forbidden; nobody is sent to sign in. An address that is
not `by` anybody is for citizens: it opens without an account, and what it shows is asked by a code or a link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHECKPOINT, ESCORT, COMMUNE, OTHER, VIEWER = "chot", "theoxe", "xa", "xa-khac", "xa-xem"
COORDINATOR, HEALTH, FACILITY, COUNTER = "dieuphoi", "yte", "coso", "motcua"
LEADER, ADMIN, AUDITOR = "lanhdao", "quantri", "thanhtra"
HOTLINE, ASSOCIATION = "tongdai", "donghuong"
EVERYBODY = frozenset(
    {
        CHECKPOINT,
        ESCORT,
        COMMUNE,
        OTHER,
        VIEWER,
        COORDINATOR,
        HEALTH,
        FACILITY,
        COUNTER,
        LEADER,
        ADMIN,
        AUDITOR,
        HOTLINE,
        ASSOCIATION,
    }
)
COMMUNES = {COMMUNE, OTHER, VIEWER}

# Users of two roles: one of these demo users' roles here, and any other at another commune.
HERE = (VIEWER, CHECKPOINT, ESCORT, FACILITY)
# What an address shows or does there belongs to no place: whoever has the permission anywhere gets in.
PLACELESS = {
    "repatriation:import_template",
    "repatriation:rule_set",
    "repatriation:arrival_sheet_template",
    "repatriation:board_people",
}


@dataclass(frozen=True)
class Row:
    """One address. `about` names what of the small world fills in its arguments."""

    by: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    post: bool = False  # answers POST only
    about: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    opens: str = "opens"  # what those who get in meet
    unwell: bool = False  # may say 503: no worker runs in this test

    @property
    def is_public(self) -> bool:
        return not self.by


def get(*by: str, elsewhere: tuple[str, ...] = (), **about: str) -> Row:
    return Row(frozenset(by), frozenset(elsewhere), about=about)


def post(*by: str, elsewhere: tuple[str, ...] = (), data: dict[str, Any] | None = None, **about: str) -> Row:
    return Row(frozenset(by), frozenset(elsewhere), post=True, about=about, data=data or {})


def public(**about: str) -> Row:
    return Row(about=about)


def public_post(**about: str) -> Row:
    return Row(post=True, about=about)


SEES_PEOPLE = (COMMUNE, VIEWER, HEALTH)
SEES_ORDERS = (COMMUNE, HEALTH, FACILITY)
BOARDS = (COORDINATOR, CHECKPOINT, ESCORT)
SEES_MANIFESTS = (COORDINATOR, CHECKPOINT, ESCORT, COMMUNE, VIEWER)
SEES_HANDOVERS = (CHECKPOINT, COMMUNE, VIEWER, COORDINATOR)

TABLE: dict[str, Row] = {
    # The portal itself
    "home": public(),
    "hotline": public(),
    "healthz": Row(unwell=True),
    "set_language": public_post(),
    "ui:style": get(*EVERYBODY),
    "places:search": public(),
    "accounts:sign_in": public(),
    "accounts:sign_out": Row(EVERYBODY, post=True, opens="sign in"),
    "accounts:first_screen": get(*EVERYBODY),
    "accounts:password": get(*EVERYBODY),
    "accounts:user_list": get(ADMIN),
    "accounts:user_add": get(ADMIN),
    "accounts:user": get(ADMIN, pk="user"),
    "accounts:user_assign": post(ADMIN, pk="user"),
    "accounts:user_end_assignment": post(ADMIN, pk="user", assignment_pk="assignment"),
    "accounts:role_request_step": post(ADMIN, pk="role_request", verb="role_verb"),
    "accounts:user_reset_password": post(ADMIN, pk="user"),
    "accounts:user_set_active": post(ADMIN, pk="user", data={"active": "1"}),
    "records:events": get(AUDITOR),
    "records:reads": get(AUDITOR),
    "notifications:inbox": public(),
    "reporting:today": get(*COMMUNES, COORDINATOR, HEALTH, ADMIN),
    "reporting:figures": get(COORDINATOR, LEADER),
    "reporting:export_list": get(*EVERYBODY),
    "reporting:export_add": post(*EVERYBODY),
    "reporting:export_file": get(COORDINATOR, elsewhere=tuple(EVERYBODY - {COORDINATOR}), pk="export_job"),
    # People
    "citizens:phone": public(),
    "citizens:phone_code": public(),
    "citizens:prove": public(),
    "citizens:mine": public(),
    "citizens:forget": public_post(),
    "citizens:link": public(token="token"),
    "citizens:person_list": get(*COMMUNES, HEALTH),
    "citizens:person": get(*SEES_PEOPLE, elsewhere=(OTHER, FACILITY), pk="person"),
    "citizens:person_edit": get(COMMUNE, elsewhere=(OTHER,), pk="person"),
    "citizens:person_reveal": post(
        *SEES_PEOPLE, elsewhere=(OTHER,), data={"reason": "kiểm tra"}, pk="person"
    ),
    # The way home: families
    "repatriation:campaigns": public(),
    "repatriation:campaign": public(slug="campaign_slug"),
    "repatriation:register": public(),
    "repatriation:register_restart": public_post(),
    "repatriation:register_people": public(),
    "repatriation:register_phone": public(),
    "repatriation:register_code": public(),
    "repatriation:register_check": public(),
    "repatriation:register_step": public(step="step"),
    "repatriation:register_person_add": public(),
    "repatriation:register_person": public(key="draft_key"),
    "repatriation:register_health": public(key="draft_key"),
    "repatriation:register_person_remove": public(key="draft_key"),
    "repatriation:register_person_first": public_post(key="draft_key"),
    "repatriation:register_done": public(),
    "repatriation:register_already": public(),
    "repatriation:register_resend": public_post(),
    "repatriation:wrong_phone": public(),
    "repatriation:wrong_phone_code": public(),
    "repatriation:wrong_phone_done": public(),
    "repatriation:register_later": public(),
    "repatriation:draft": public(token="token"),
    "repatriation:registration": public(token="token"),
    "repatriation:withdraw": public(token="token"),
    "repatriation:registration_offer": public(token="token"),
    "repatriation:registration_question": public(token="token"),
    "repatriation:my_question": public(code="registration_code"),
    "repatriation:screening_answer": public(token="token"),
    "repatriation:my_draft": public(code="registration_code"),
    "repatriation:my_registration": public(code="registration_code"),
    "repatriation:my_withdraw": public(code="registration_code"),
    "repatriation:my_offer": public(code="registration_code"),
    "repatriation:offer": public(token="token"),
    "repatriation:registration_change": public(token="token"),
    "repatriation:my_change": public(code="registration_code"),
    "repatriation:change_drop": public_post(code="registration_code"),
    "repatriation:change_people": public(code="registration_code"),
    "repatriation:change_check": public(code="registration_code"),
    "repatriation:change_step": public(code="registration_code", step="step"),
    "repatriation:change_person_add": public(code="registration_code"),
    "repatriation:change_person": public(code="registration_code", key="draft_key"),
    "repatriation:change_health": public(code="registration_code", key="draft_key"),
    "repatriation:change_person_remove": public(code="registration_code", key="draft_key"),
    "repatriation:change_person_first": public_post(code="registration_code", key="draft_key"),
    # The way home: officers
    "repatriation:queue": get(COORDINATOR),
    "repatriation:queue_places": get(COORDINATOR),
    "repatriation:family": get(
        COORDINATOR, *SEES_PEOPLE, elsewhere=(OTHER, HOTLINE, ASSOCIATION), code="registration_code"
    ),
    "repatriation:phone_correction_list": get(*COMMUNES, HEALTH),
    "repatriation:phone_correction": get(*SEES_PEOPLE, elsewhere=(OTHER,), pk="phone_correction"),
    "repatriation:phone_confirm": post(COMMUNE, elsewhere=(OTHER,), pk="phone_correction"),
    "repatriation:phone_reveal": post(COMMUNE, elsewhere=(OTHER,), pk="phone_correction"),
    "repatriation:phone_refuse": post(
        COMMUNE, elsewhere=(OTHER,), data={"reason": "Chưa rõ"}, pk="phone_correction"
    ),
    "repatriation:callers": get(HOTLINE),
    "repatriation:caller": get(HOTLINE, code="looked_up_code"),
    **{
        f"repatriation:caller_{verb}": post(HOTLINE, code="looked_up_code")
        for verb in ("link", "confirm", "decline", "requeue", "withdraw", "answer", "phone")
    },
    "repatriation:entry_new": get(HOTLINE, ASSOCIATION),
    "repatriation:entry_list": get(HOTLINE, ASSOCIATION),
    "repatriation:entry_link": post(HOTLINE, elsewhere=(ASSOCIATION,), code="entry_code"),
    "repatriation:entry_phone": post(HOTLINE, elsewhere=(ASSOCIATION,), code="entry_code"),
    "repatriation:entry_withdraw": post(HOTLINE, elsewhere=(ASSOCIATION,), code="entry_code"),
    "repatriation:entry_other_link": Row(  # of nobody who was come upon
        frozenset({HOTLINE, ASSOCIATION}), post=True, opens="404"
    ),
    "repatriation:family_phone": post(COORDINATOR, code="registration_code"),
    "repatriation:requeue": post(COORDINATOR, code="registration_code"),
    "repatriation:hold": post(COORDINATOR, code="registration_code"),
    "repatriation:release": post(COORDINATOR, code="registration_code"),
    "repatriation:seat": post(COORDINATOR, code="registration_code"),
    "repatriation:move": post(COORDINATOR, code="registration_code"),
    "repatriation:split": post(COORDINATOR, code="registration_code"),
    "repatriation:duplicate": post(COORDINATOR, code="registration_code"),
    "repatriation:not_duplicate": post(COORDINATOR, code="registration_code"),
    "repatriation:intake": get(*COMMUNES, COORDINATOR),
    "repatriation:intake_set": post(COMMUNE, OTHER, COORDINATOR),
    "repatriation:campaign_list": get(COORDINATOR),
    "repatriation:campaign_add": get(COORDINATOR),
    "repatriation:campaign_edit": get(COORDINATOR, pk="campaign"),
    "repatriation:screening_list": get(COORDINATOR, *COMMUNES),
    "repatriation:screening_confirm_many": post(COMMUNE, OTHER),
    "repatriation:screening": get(COORDINATOR, COMMUNE, VIEWER, elsewhere=(OTHER,), pk="screening"),
    "repatriation:screening_confirm": post(COMMUNE, elsewhere=(OTHER,), pk="screening"),
    "repatriation:screening_ask": post(COMMUNE, elsewhere=(OTHER,), pk="screening"),
    "repatriation:screening_reject": post(COMMUNE, elsewhere=(OTHER,), pk="screening"),
    "repatriation:screening_settle": post(COORDINATOR, pk="screening"),
    "repatriation:import_list": get(COORDINATOR, HOTLINE, ASSOCIATION),
    "repatriation:import_add": get(COORDINATOR, HOTLINE, ASSOCIATION),
    "repatriation:import_template": get(COORDINATOR, HOTLINE, ASSOCIATION, kind="import_kind"),
    "repatriation:import_batch": get(COORDINATOR, ASSOCIATION, elsewhere=(HOTLINE,), pk="import_batch"),
    "repatriation:import_file": get(COORDINATOR, ASSOCIATION, elsewhere=(HOTLINE,), pk="import_batch"),
    "repatriation:import_revoke": post(COORDINATOR, ASSOCIATION, elsewhere=(HOTLINE,), pk="import_batch"),
    "repatriation:import_step": post(
        COORDINATOR, ASSOCIATION, elsewhere=(HOTLINE,), pk="import_batch", verb="import_verb"
    ),
    "repatriation:rule_list": get(COORDINATOR),
    "repatriation:rule_add": post(COORDINATOR),
    "repatriation:rule_set": get(COORDINATOR, pk="rule_set"),
    "repatriation:rule_edit": get(COORDINATOR, pk="rule_set"),
    "repatriation:rule_send_back": post(COORDINATOR, pk="rule_set"),
    "repatriation:rule_step": post(COORDINATOR, pk="rule_set", verb="rule_verb"),
    "repatriation:trip_list": get(COORDINATOR),
    "repatriation:trip_add": get(COORDINATOR),
    "repatriation:wave_add": get(COORDINATOR),
    "repatriation:wave": get(COORDINATOR, pk="wave"),
    "repatriation:wave_step": post(COORDINATOR, pk="wave", step="trip_verb"),
    "repatriation:trip": get(COORDINATOR, code="trip_code"),
    "repatriation:trip_edit": get(COORDINATOR, code="trip_code"),
    "repatriation:trip_passed": get(COORDINATOR, code="trip_code"),
    "repatriation:trip_fill": post(COORDINATOR, code="trip_code"),
    "repatriation:trip_cancel": post(COORDINATOR, code="trip_code"),
    "repatriation:manifest": get(*SEES_MANIFESTS, elsewhere=(OTHER,), code="closed_trip"),
    "repatriation:manifest_paper": get(*SEES_MANIFESTS, elsewhere=(OTHER,), code="closed_trip"),
    "repatriation:manifest_list": get(*SEES_MANIFESTS, OTHER),
    "repatriation:boarding": get(*BOARDS, code="closed_trip"),
    "repatriation:boarding_send": post(*BOARDS, code="closed_trip"),
    "repatriation:boarding_kit": post(*BOARDS, code="closed_trip"),
    "repatriation:boarding_worker": get(*BOARDS, code="closed_trip"),
    "repatriation:reconciliation": get(COORDINATOR, CHECKPOINT, code="closed_trip"),
    "repatriation:part_absent": post(COORDINATOR, code="closed_trip", family="closed_family"),
    "repatriation:boarding_settle": get(COORDINATOR, pk="lost_boarding"),
    "repatriation:trip_step": post(COORDINATOR, code="trip_code", verb="trip_verb"),
    "repatriation:checkpoint": get(CHECKPOINT),
    "repatriation:walk_in": get(CHECKPOINT),
    "repatriation:staying": get(CHECKPOINT),
    "repatriation:checkpoint_bus": get(CHECKPOINT, code="closed_trip"),
    "repatriation:checkpoint_kit": post(CHECKPOINT),
    "repatriation:checkpoint_offline": get(CHECKPOINT),
    "repatriation:checkpoint_worker": get(CHECKPOINT),
    "repatriation:offline_line": public(),
    "repatriation:offline_send": post(*BOARDS),
    "repatriation:offline_entries": get(*BOARDS),
    "repatriation:offline_entry": get(CHECKPOINT, elsewhere=(COORDINATOR, ESCORT), pk="offline_entry"),
    "repatriation:offline_entry_record": post(
        CHECKPOINT, elsewhere=(COORDINATOR, ESCORT), pk="offline_entry"
    ),
    "repatriation:offline_entry_close": post(CHECKPOINT, elsewhere=(COORDINATOR, ESCORT), pk="offline_entry"),
    "repatriation:offline_entry_reopen": post(
        CHECKPOINT, elsewhere=(COORDINATOR, ESCORT), pk="offline_entry"
    ),
    "repatriation:arrival_list": get(CHECKPOINT, *COMMUNES, COORDINATOR),
    "repatriation:arrival": get(*SEES_HANDOVERS, elsewhere=(OTHER,), key="party"),
    "repatriation:arrival_take_back": post(CHECKPOINT, key="party"),
    "repatriation:arrival_correct": post(CHECKPOINT, key="party", pk="arrival"),
    "repatriation:board": get(CHECKPOINT, COORDINATOR, LEADER),
    "repatriation:board_figures": get(CHECKPOINT, COORDINATOR, LEADER),
    "repatriation:board_people": get(CHECKPOINT, COORDINATOR, figure="board_figure"),
    "repatriation:arrival_form": get(CHECKPOINT),
    "repatriation:arrival_sheets": get(CHECKPOINT),
    "repatriation:arrival_sheet_template": get(CHECKPOINT, kind="import_kind"),
    "repatriation:arrival_sheet": get(CHECKPOINT, pk="arrival_sheet"),
    "repatriation:arrival_sheet_file": get(CHECKPOINT, pk="arrival_sheet"),
    "repatriation:arrival_sheet_step": post(CHECKPOINT, pk="arrival_sheet", verb="import_verb"),
    "repatriation:handover_list": get(*SEES_HANDOVERS, OTHER),
    "repatriation:party": get(*SEES_HANDOVERS, elsewhere=(OTHER,), key="party"),
    "repatriation:handover_accept": post(COMMUNE, elsewhere=(OTHER,), key="party"),
    "repatriation:handover_refuse": post(COMMUNE, elsewhere=(OTHER,), key="party"),
    "repatriation:handover_reroute": post(COORDINATOR, key="party"),
    "repatriation:handover_home": post(COMMUNE, elsewhere=(OTHER,), key="party"),
    "repatriation:handover_accept_many": post(COMMUNE, OTHER),
    "repatriation:handover_undo": post(COMMUNE, elsewhere=(OTHER,), key="party"),
    "repatriation:handover_correct": post(COORDINATOR, key="party"),
    "repatriation:handover_exception": post(COORDINATOR, key="party"),
    "repatriation:handover_exceptions": get(*SEES_HANDOVERS, OTHER),
    "repatriation:handover_exception_end": post(COORDINATOR, pk="exception"),
    "repatriation:handover_transfer": get(COMMUNE, elsewhere=(OTHER,), person_id="at_home"),
    "repatriation:handover_withdraw": post(COMMUNE, elsewhere=(OTHER,), key="transfer"),
    "repatriation:handover_keep": post(COMMUNE, elsewhere=(OTHER,), key="transfer"),
    "repatriation:handover_minutes": get(*SEES_HANDOVERS, elsewhere=(OTHER,), key="party"),
    "repatriation:trip_minutes": get(*SEES_HANDOVERS, elsewhere=(OTHER,), code="minutes_trip"),
    # Health
    "quarantine:daily_home": public(),
    "quarantine:reported": public(),
    "quarantine:daily": public(token="token"),
    "quarantine:results": public(),
    "quarantine:certificate_pdf": public(pk="certificate"),
    "quarantine:verify": public(code="public_code"),
    "quarantine:order_list": get(COMMUNE, OTHER, HEALTH, FACILITY),
    "quarantine:order": get(*SEES_ORDERS, elsewhere=(OTHER,), pk="order"),
    "quarantine:order_complete": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="order"),
    "quarantine:order_extend": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="order"),
    "quarantine:order_report": get(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="order"),
    "quarantine:check_seen": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="check"),
    "quarantine:result_seen": post(COMMUNE, HEALTH, elsewhere=(OTHER, FACILITY), pk="result"),
    "quarantine:test_result_add": get(COMMUNE, HEALTH, elsewhere=(OTHER,), person_id="person"),
    "quarantine:dose_add": get(COMMUNE, HEALTH, elsewhere=(OTHER,), person_id="person"),
    "quarantine:officer_certificate_pdf": get(*SEES_ORDERS, elsewhere=(OTHER,), pk="certificate"),
    "quarantine:certificate_revoke": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="certificate"),
    "quarantine:facility": get(FACILITY),
    "quarantine:facility_edit": get(FACILITY, place_id="facility"),
    "quarantine:alert_list": get(COMMUNE, OTHER, HEALTH, FACILITY),
    "quarantine:alert": get(COMMUNE, HEALTH, FACILITY, elsewhere=(OTHER,), pk="alert"),
    "quarantine:alert_take": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="alert"),
    "quarantine:alert_release": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="alert"),
    "quarantine:alert_settle": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="alert"),
    "quarantine:alert_reopen": post(COMMUNE, HEALTH, elsewhere=(OTHER,), pk="alert"),
    "quarantine:stay_admit": post(FACILITY, pk="stay"),
    "quarantine:stay_undo_admit": post(FACILITY, pk="stay"),
    "quarantine:stay_leave": post(FACILITY, pk="stay"),
    "quarantine:stay_undo_leave": post(FACILITY, pk="stay"),
    "quarantine:stay_name": get(COORDINATOR, HEALTH, pk="stay"),
    "quarantine:stay_cancel": post(COORDINATOR, HEALTH, pk="stay"),
    "quarantine:protocols": get(COMMUNE, OTHER, HEALTH, FACILITY, ADMIN),
    # Appointments
    "appointments:start": public(),
    "appointments:choose_office": public(),
    "appointments:choose_time": public(),
    "appointments:details": public(),
    "appointments:confirm": public(),
    "appointments:resend": public_post(),
    "appointments:booking": public(token="token"),
    "appointments:ics": public(token="token"),
    "appointments:cancel": public(token="token"),
    "appointments:my_booking": public(code="booking_code"),
    "appointments:my_ics": public(code="booking_code"),
    "appointments:my_cancel": public(code="booking_code"),
    "appointments:day": get(COUNTER),
    "appointments:find": get(COUNTER),
    "appointments:officer_booking": get(COUNTER, code="booking_code"),
    "appointments:finish": post(COUNTER, code="booking_code"),
    "appointments:no_show": post(COUNTER, code="booking_code"),
    "appointments:take_back": post(COUNTER, code="booking_code"),
}
