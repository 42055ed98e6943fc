"""The officers' addresses of the way home; `urls.py` adds them to the citizens'."""

from django.urls import path

from repatriation.views_officer import checkpoint, handovers, manifests, queue, rule_sets, screening, trips

urlpatterns = [
    path("officer/queue/", queue.queue, name="queue"),
    path("officer/registrations/<slug:code>/", queue.family, name="family"),
    path("officer/registrations/<slug:code>/requeue/", queue.requeue, name="requeue"),
    path("officer/screening/", screening.screening_list, name="screening_list"),
    path("officer/screening/confirm/", screening.confirm_many, name="screening_confirm_many"),
    path("officer/screening/<int:pk>/", screening.screening, name="screening"),
    path("officer/screening/<int:pk>/confirm/", screening.confirm, name="screening_confirm"),
    path("officer/screening/<int:pk>/ask/", screening.ask, name="screening_ask"),
    path("officer/screening/<int:pk>/not-ours/", screening.reject, name="screening_reject"),
    path("officer/screening/<int:pk>/settle/", screening.settle, name="screening_settle"),
    path("officer/rules/", rule_sets.rule_list, name="rule_list"),
    path("officer/rules/new/", rule_sets.rule_add, name="rule_add"),
    path("officer/rules/<int:pk>/", rule_sets.rule_set, name="rule_set"),
    path("officer/rules/<int:pk>/edit/", rule_sets.rule_edit, name="rule_edit"),
    path("officer/rules/<int:pk>/send-back/", rule_sets.rule_send_back, name="rule_send_back"),
    path("officer/rules/<int:pk>/step/<slug:verb>/", rule_sets.rule_step, name="rule_step"),
    path("officer/trips/", trips.trip_list, name="trip_list"),
    path("officer/trips/new/", trips.trip_add, name="trip_add"),
    path("officer/trips/<slug:code>/", trips.trip_page, name="trip"),
    path("officer/trips/<slug:code>/fill/", trips.trip_fill, name="trip_fill"),
    path("officer/trips/<slug:code>/cancel/", trips.trip_cancel, name="trip_cancel"),
    path("officer/trips/<slug:code>/manifest/", manifests.manifest, name="manifest"),
    path("officer/trips/<slug:code>/manifest/paper/", manifests.manifest_paper, name="manifest_paper"),
    path("officer/trips/<slug:code>/step/<slug:verb>/", trips.trip_step, name="trip_step"),
    path("officer/manifests/", manifests.manifest_list, name="manifest_list"),
    path("officer/checkpoint/", checkpoint.checkpoint, name="checkpoint"),
    path("officer/checkpoint/walk-in/", checkpoint.walk_in, name="walk_in"),
    path("officer/arrivals/", checkpoint.arrival_list, name="arrival_list"),
    path("officer/handovers/", handovers.handover_list, name="handover_list"),
    path("officer/handovers/<uuid:key>/", handovers.party, name="party"),
    path("officer/handovers/<uuid:key>/accept/", handovers.accept, name="handover_accept"),
    path("officer/handovers/<uuid:key>/refuse/", handovers.refuse, name="handover_refuse"),
    path("officer/handovers/<uuid:key>/reroute/", handovers.reroute, name="handover_reroute"),
    path("officer/handovers/<uuid:key>/home/", handovers.confirm_home, name="handover_home"),
]
