"""The officers' addresses of the way home."""

from django.urls import path

from repatriation.boarding import views as boarding
from repatriation.boarding import views_count as reconciliation
from repatriation.campaigns import views_officer as campaigns
from repatriation.checkpoint import views as checkpoint
from repatriation.checkpoint import views_arrivals as arrivals
from repatriation.checkpoint import views_board as board
from repatriation.checkpoint import views_bus as buses
from repatriation.checkpoint import views_offline as checkpoint_offline
from repatriation.checkpoint import views_walk_in as walk_ins
from repatriation.family import views_by_hand as by_hand
from repatriation.family.views_officer import family, family_phone, requeue
from repatriation.handover import views as handovers
from repatriation.handover import views_answers as answers
from repatriation.handover import views_minutes as minutes
from repatriation.handover import views_province as routes
from repatriation.handover import views_transfers as transfers
from repatriation.hotline import views_callers as callers
from repatriation.hotline import views_entries as entries
from repatriation.hotline import views_new as others
from repatriation.importing import views as imports
from repatriation.intake import views as intake
from repatriation.manifests import views as manifests
from repatriation.offline import views as offline
from repatriation.offline import views_settle as settling
from repatriation.on_paper import views as sheets
from repatriation.on_paper import views_form as paper_form
from repatriation.phones import views_officer as phones
from repatriation.queue import views as queue
from repatriation.queue import views_rules as rule_sets
from repatriation.screening import views as screening
from repatriation.trips import views as trips
from repatriation.trips import views_changes as trip_changes
from repatriation.trips import views_waves as waves

urlpatterns = [
    path("officer/queue/", queue.queue, name="queue"),
    path("officer/queue/places/", queue.places, name="queue_places"),
    path("officer/phone-corrections/", phones.correction_list, name="phone_correction_list"),
    path("officer/phone-corrections/<int:pk>/", phones.correction, name="phone_correction"),
    path("officer/phone-corrections/<int:pk>/confirm/", phones.confirm, name="phone_confirm"),
    path("officer/phone-corrections/<int:pk>/reveal/", phones.reveal, name="phone_reveal"),
    path("officer/phone-corrections/<int:pk>/refuse/", phones.refuse, name="phone_refuse"),
    path("officer/callers/", callers.callers, name="callers"),
    path("officer/callers/<slug:code>/", callers.caller, name="caller"),
    path("officer/callers/<slug:code>/send-link/", callers.caller_link, name="caller_link"),
    path("officer/callers/<slug:code>/confirm/", callers.caller_confirm, name="caller_confirm"),
    path("officer/callers/<slug:code>/decline/", callers.caller_decline, name="caller_decline"),
    path("officer/callers/<slug:code>/requeue/", callers.caller_requeue, name="caller_requeue"),
    path("officer/callers/<slug:code>/withdraw/", callers.caller_withdraw, name="caller_withdraw"),
    path("officer/callers/<slug:code>/answer/", callers.caller_answer, name="caller_answer"),
    path("officer/callers/<slug:code>/phone/", callers.caller_phone, name="caller_phone"),
    path("officer/registrations/new/", others.entry_new, name="entry_new"),
    path("officer/registrations/send-other-link/", others.entry_other_link, name="entry_other_link"),
    path("officer/registrations/mine/", entries.entry_list, name="entry_list"),
    path("officer/registrations/<slug:code>/send-link/", entries.entry_link, name="entry_link"),
    path("officer/registrations/<slug:code>/phone/", entries.entry_phone, name="entry_phone"),
    path("officer/registrations/<slug:code>/withdraw/", entries.entry_withdraw, name="entry_withdraw"),
    path("officer/registrations/<slug:code>/", family, name="family"),
    path("officer/registrations/<slug:code>/call/", family_phone, name="family_phone"),
    path("officer/registrations/<slug:code>/requeue/", requeue, name="requeue"),
    path("officer/registrations/<slug:code>/hold/", by_hand.hold, name="hold"),
    path("officer/registrations/<slug:code>/release/", by_hand.release, name="release"),
    path("officer/registrations/<slug:code>/seat/", by_hand.seat, name="seat"),
    path("officer/registrations/<slug:code>/move/", by_hand.move, name="move"),
    path("officer/registrations/<slug:code>/split/", by_hand.split, name="split"),
    path("officer/registrations/<slug:code>/duplicate/", by_hand.duplicate, name="duplicate"),
    path("officer/registrations/<slug:code>/not-duplicate/", by_hand.not_duplicate, name="not_duplicate"),
    path("officer/intake/", intake.intake, name="intake"),
    path("officer/intake/set/", intake.intake_set, name="intake_set"),
    path("officer/campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("officer/campaigns/new/", campaigns.campaign_add, name="campaign_add"),
    path("officer/campaigns/<int:pk>/", campaigns.campaign_edit, name="campaign_edit"),
    path("officer/screening/", screening.screening_list, name="screening_list"),
    path("officer/screening/confirm/", screening.confirm_many, name="screening_confirm_many"),
    path("officer/screening/<int:pk>/", screening.screening, name="screening"),
    path("officer/screening/<int:pk>/confirm/", screening.confirm, name="screening_confirm"),
    path("officer/screening/<int:pk>/ask/", screening.ask, name="screening_ask"),
    path("officer/screening/<int:pk>/not-ours/", screening.reject, name="screening_reject"),
    path("officer/screening/<int:pk>/settle/", screening.settle, name="screening_settle"),
    path("officer/imports/", imports.import_list, name="import_list"),
    path("officer/imports/new/", imports.import_add, name="import_add"),
    path("officer/imports/template/<slug:kind>/", imports.import_template, name="import_template"),
    path("officer/imports/<int:pk>/", imports.import_batch, name="import_batch"),
    path("officer/imports/<int:pk>/file/", imports.import_file, name="import_file"),
    path("officer/imports/<int:pk>/revoke/", imports.import_revoke, name="import_revoke"),
    path("officer/imports/<int:pk>/step/<slug:verb>/", imports.import_step, name="import_step"),
    path("officer/rules/", rule_sets.rule_list, name="rule_list"),
    path("officer/rules/new/", rule_sets.rule_add, name="rule_add"),
    path("officer/rules/<int:pk>/", rule_sets.rule_set, name="rule_set"),
    path("officer/rules/<int:pk>/edit/", rule_sets.rule_edit, name="rule_edit"),
    path("officer/rules/<int:pk>/send-back/", rule_sets.rule_send_back, name="rule_send_back"),
    path("officer/rules/<int:pk>/step/<slug:verb>/", rule_sets.rule_step, name="rule_step"),
    path("officer/trips/", trips.trip_list, name="trip_list"),
    path("officer/trips/new/", trips.trip_add, name="trip_add"),
    path("officer/waves/new/", waves.wave_add, name="wave_add"),
    path("officer/waves/<int:pk>/", waves.wave_page, name="wave"),
    path("officer/waves/<int:pk>/step/<slug:step>/", waves.wave_step, name="wave_step"),
    path("officer/trips/<slug:code>/", trips.trip_page, name="trip"),
    path("officer/trips/<slug:code>/fill/", trips.trip_fill, name="trip_fill"),
    path("officer/trips/<slug:code>/edit/", trip_changes.trip_edit, name="trip_edit"),
    path("officer/trips/<slug:code>/passed/", trip_changes.trip_passed, name="trip_passed"),
    path("officer/trips/<slug:code>/cancel/", trips.trip_cancel, name="trip_cancel"),
    path("officer/trips/<slug:code>/manifest/", manifests.manifest, name="manifest"),
    path("officer/trips/<slug:code>/manifest/paper/", manifests.manifest_paper, name="manifest_paper"),
    path("officer/trips/<slug:code>/boarding/", boarding.boarding, name="boarding"),
    path("officer/trips/<slug:code>/boarding/send/", boarding.boarding_send, name="boarding_send"),
    path("officer/trips/<slug:code>/boarding/kit/", boarding.boarding_kit, name="boarding_kit"),
    path("officer/trips/<slug:code>/boarding/worker.js", boarding.boarding_worker, name="boarding_worker"),
    path("officer/trips/<slug:code>/reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("officer/trips/<slug:code>/part/<slug:family>/", reconciliation.part, name="part_absent"),
    path("officer/boardings/<int:pk>/settle/", reconciliation.settle, name="boarding_settle"),
    path("officer/trips/<slug:code>/step/<slug:verb>/", trips.trip_step, name="trip_step"),
    path("officer/manifests/", manifests.manifest_list, name="manifest_list"),
    path("officer/checkpoint/", checkpoint.checkpoint, name="checkpoint"),
    path("officer/checkpoint/walk-in/", walk_ins.walk_in, name="walk_in"),
    path("officer/checkpoint/staying/", arrivals.staying, name="staying"),
    path("officer/checkpoint/bus/<slug:code>/", buses.bus, name="checkpoint_bus"),
    path("officer/arrivals/", arrivals.arrival_list, name="arrival_list"),
    path("officer/arrivals/<uuid:key>/", arrivals.arrival, name="arrival"),
    path("officer/arrivals/<uuid:key>/take-back/", arrivals.arrival_take_back, name="arrival_take_back"),
    path("officer/arrivals/<uuid:key>/correct/<int:pk>/", arrivals.arrival_correct, name="arrival_correct"),
    path("officer/checkpoint/kit/", checkpoint_offline.kit, name="checkpoint_kit"),
    path("officer/checkpoint/offline/", checkpoint_offline.offline_page, name="checkpoint_offline"),
    path("officer/checkpoint/worker.js", checkpoint_offline.worker, name="checkpoint_worker"),
    path("officer/offline/line/", offline.line, name="offline_line"),
    path("officer/offline/send/", offline.send, name="offline_send"),
    path("officer/offline/entries/", settling.entry_list, name="offline_entries"),
    path("officer/offline/entries/<int:pk>/", settling.entry, name="offline_entry"),
    path("officer/offline/entries/<int:pk>/record/", settling.entry_record, name="offline_entry_record"),
    path("officer/offline/entries/<int:pk>/close/", settling.entry_close, name="offline_entry_close"),
    path("officer/offline/entries/<int:pk>/reopen/", settling.entry_reopen, name="offline_entry_reopen"),
    path("officer/board/", board.board, name="board"),
    path("officer/board/figures/", board.board_figures, name="board_figures"),
    path("officer/board/<slug:figure>/", board.board_people, name="board_people"),
    path("officer/arrivals/form/", paper_form.arrival_form, name="arrival_form"),
    path("officer/arrivals/sheets/", sheets.sheet_list, name="arrival_sheets"),
    path(
        "officer/arrivals/sheets/template/<slug:kind>/", sheets.sheet_template, name="arrival_sheet_template"
    ),
    path("officer/arrivals/sheets/<int:pk>/", sheets.sheet, name="arrival_sheet"),
    path("officer/arrivals/sheets/<int:pk>/file/", sheets.sheet_file, name="arrival_sheet_file"),
    path("officer/arrivals/sheets/<int:pk>/step/<slug:verb>/", sheets.sheet_step, name="arrival_sheet_step"),
    path("officer/handovers/", handovers.handover_list, name="handover_list"),
    path("officer/handovers/<uuid:key>/", handovers.party, name="party"),
    path("officer/handovers/accept/", answers.accept_many, name="handover_accept_many"),
    path("officer/handovers/exceptions/", routes.exceptions, name="handover_exceptions"),
    path("officer/handovers/exceptions/<int:pk>/end/", routes.end_exception, name="handover_exception_end"),
    path(
        "officer/handovers/transfer/<int:person_id>/", transfers.handover_transfer, name="handover_transfer"
    ),
    path("officer/handovers/<uuid:key>/accept/", answers.accept, name="handover_accept"),
    path("officer/handovers/<uuid:key>/refuse/", answers.refuse, name="handover_refuse"),
    path("officer/handovers/<uuid:key>/undo/", answers.undo, name="handover_undo"),
    path("officer/handovers/<uuid:key>/home/", answers.confirm_home, name="handover_home"),
    path("officer/handovers/<uuid:key>/reroute/", routes.reroute, name="handover_reroute"),
    path("officer/handovers/<uuid:key>/correct/", routes.correct, name="handover_correct"),
    path("officer/handovers/<uuid:key>/exception/", routes.record_exception, name="handover_exception"),
    path("officer/handovers/<uuid:key>/withdraw/", transfers.withdraw, name="handover_withdraw"),
    path("officer/handovers/<uuid:key>/keep/", transfers.keep, name="handover_keep"),
    path("officer/handovers/<uuid:key>/minutes/", minutes.party_minutes, name="handover_minutes"),
    path("officer/trips/<slug:code>/handover-minutes/", minutes.trip_minutes, name="trip_minutes"),
]
