"""Each POST of an officer: what it may do at one press. `test_acts` holds the table and the portal together.

- `HARMLESS`: tells nobody, and can be set right by the same form or by its opposite on the same page.
- `undone_by(address)`: tells nobody, and the address takes it back.
- `ASKS`: tells people, or cannot be taken back, and so shows first what it does (`portal.ui.asking`).
- `at_once(reason)`: tells people without a question, because a question would do more harm than the act.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Act:
    kind: str
    by: str = ""  # the address that takes it back
    reason: str = ""


HARMLESS, ASKS = Act("harmless"), Act("asks first")


def undone_by(address: str) -> Act:
    return Act("undo", by=address)


def at_once(reason: str) -> Act:
    return Act("at once", reason=reason)


ON_THE_ROAD = at_once(
    "a family stands in the road; the form shows everybody, and each press is one fact seen"
)
OWN_WORDS = at_once("the button says whose phone gets the link, and the family asked for it")

ACTS: dict[str, Act] = {
    "accounts:sign_in": HARMLESS,
    "accounts:sign_out": HARMLESS,
    "accounts:password": HARMLESS,
    "accounts:user_add": HARMLESS,
    "accounts:user_assign": undone_by("accounts:user_end_assignment"),
    "accounts:user_end_assignment": ASKS,
    "accounts:user_reset_password": ASKS,
    "accounts:role_request_step": ASKS,
    "accounts:user_set_active": ASKS,
    "reporting:export_add": HARMLESS,
    "citizens:person_edit": ASKS,
    "citizens:person_reveal": HARMLESS,
    "repatriation:phone_confirm": ASKS,
    "repatriation:phone_reveal": HARMLESS,
    "repatriation:phone_refuse": ASKS,
    "repatriation:callers": HARMLESS,
    "repatriation:caller_link": OWN_WORDS,
    "repatriation:caller_confirm": ASKS,
    "repatriation:caller_decline": ASKS,
    "repatriation:caller_requeue": ASKS,
    "repatriation:caller_withdraw": ASKS,
    "repatriation:caller_answer": HARMLESS,
    "repatriation:caller_phone": ASKS,
    "repatriation:entry_new": at_once("the operator reads the whole form to the family, who asked for it"),
    "repatriation:entry_other_link": OWN_WORDS,
    "repatriation:entry_link": OWN_WORDS,
    "repatriation:entry_phone": ASKS,
    "repatriation:entry_withdraw": ASKS,
    "repatriation:requeue": ASKS,
    "repatriation:family_phone": HARMLESS,
    "repatriation:hold": undone_by("repatriation:release"),
    "repatriation:release": undone_by("repatriation:hold"),
    "repatriation:seat": ASKS,
    "repatriation:move": ASKS,
    "repatriation:split": ASKS,
    "repatriation:duplicate": ASKS,
    "repatriation:not_duplicate": ASKS,
    "repatriation:intake_set": HARMLESS,
    "repatriation:campaign_add": HARMLESS,
    "repatriation:campaign_edit": HARMLESS,
    "repatriation:screening_confirm_many": HARMLESS,
    "repatriation:screening_confirm": HARMLESS,
    "repatriation:screening_ask": ASKS,
    "repatriation:screening_reject": ASKS,
    "repatriation:screening_settle": ASKS,
    "repatriation:import_add": HARMLESS,
    "repatriation:import_revoke": ASKS,
    "repatriation:import_step": ASKS,
    "repatriation:rule_add": HARMLESS,
    "repatriation:rule_edit": HARMLESS,
    "repatriation:rule_send_back": HARMLESS,
    "repatriation:rule_step": ASKS,
    "repatriation:trip_add": undone_by("repatriation:trip_cancel"),
    "repatriation:wave_add": undone_by("repatriation:trip_cancel"),
    "repatriation:wave_step": ASKS,
    "repatriation:trip_fill": ASKS,
    "repatriation:trip_edit": ASKS,
    "repatriation:trip_cancel": ASKS,
    "repatriation:trip_step": ASKS,
    "repatriation:boarding": ON_THE_ROAD,
    "repatriation:boarding_send": ON_THE_ROAD,
    "repatriation:boarding_kit": HARMLESS,
    "repatriation:part_absent": ASKS,
    "repatriation:boarding_settle": ASKS,
    "repatriation:checkpoint": ON_THE_ROAD,
    "repatriation:checkpoint_kit": HARMLESS,
    "repatriation:offline_send": at_once(
        "a device sends by itself what an officer has recorded while the family stood there"
    ),
    "repatriation:offline_entry_record": ASKS,
    "repatriation:offline_entry_close": undone_by("repatriation:offline_entry_reopen"),
    "repatriation:offline_entry_reopen": undone_by("repatriation:offline_entry_close"),
    "repatriation:walk_in": ON_THE_ROAD,
    "repatriation:checkpoint_bus": ON_THE_ROAD,
    "repatriation:arrival_take_back": at_once(
        "what was recorded by mistake goes back to what it was, while the family stands in the road"
    ),
    "repatriation:arrival_correct": at_once("the officer has written why, and both values stay to be read"),
    "repatriation:arrival_sheets": HARMLESS,
    "repatriation:arrival_sheet_step": ASKS,
    "repatriation:handover_accept": ASKS,
    "repatriation:handover_refuse": ASKS,
    "repatriation:handover_reroute": ASKS,
    "repatriation:handover_home": ASKS,
    "repatriation:handover_accept_many": ASKS,
    "repatriation:handover_undo": ASKS,
    "repatriation:handover_correct": ASKS,
    "repatriation:handover_exception": ASKS,
    "repatriation:handover_exception_end": ASKS,
    "repatriation:handover_transfer": ASKS,
    "repatriation:handover_withdraw": ASKS,
    "repatriation:handover_keep": HARMLESS,
    "quarantine:order_complete": ASKS,
    "quarantine:order_extend": ASKS,
    "quarantine:order_report": at_once("officers read of a red sign before anybody is asked anything"),
    "quarantine:check_seen": HARMLESS,
    "quarantine:result_seen": HARMLESS,
    "quarantine:test_result_add": ASKS,
    "quarantine:dose_add": HARMLESS,
    "quarantine:certificate_revoke": ASKS,
    "quarantine:alert_take": undone_by("quarantine:alert_release"),
    "quarantine:alert_release": undone_by("quarantine:alert_take"),
    "quarantine:alert_settle": undone_by("quarantine:alert_reopen"),
    "quarantine:alert_reopen": undone_by("quarantine:alert_settle"),
    "quarantine:facility_edit": HARMLESS,
    "quarantine:stay_admit": undone_by("quarantine:stay_undo_admit"),
    "quarantine:stay_undo_admit": undone_by("quarantine:stay_admit"),
    "quarantine:stay_leave": undone_by("quarantine:stay_undo_leave"),
    "quarantine:stay_undo_leave": undone_by("quarantine:stay_leave"),
    "quarantine:stay_name": ASKS,
    "quarantine:stay_cancel": ASKS,
    "appointments:finish": undone_by("appointments:take_back"),
    "appointments:no_show": undone_by("appointments:take_back"),
    "appointments:take_back": undone_by("appointments:finish"),
}
