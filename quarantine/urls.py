from django.urls import path

from quarantine.alerts import views as views_alerts
from quarantine.certificates.views_citizen import certificate_pdf, verify
from quarantine.daily import views_citizen
from quarantine.daily.views_officer import check_seen, order_report
from quarantine.doses.views import dose_add
from quarantine.facilities import views as views_facility
from quarantine.facilities import views_naming
from quarantine.orders import views as views_officer
from quarantine.orders.views_certificates import certificate_revoke, officer_certificate_pdf
from quarantine.protocols.views import protocols
from quarantine.results import views_officer as views_records
from quarantine.results.views_citizen import results

app_name = "quarantine"
urlpatterns = [
    path("khai-bao/", views_citizen.daily_home, name="daily_home"),
    path("khai-bao/xong/", views_citizen.reported, name="reported"),
    path("khai-bao/<str:token>/", views_citizen.daily, name="daily"),
    path("ket-qua/", results, name="results"),
    path("ket-qua/giay-xac-nhan/<int:pk>.pdf", certificate_pdf, name="certificate_pdf"),
    path("xac-minh/<str:code>/", verify, name="verify"),
    path("officer/quarantine/", views_officer.order_list, name="order_list"),
    path("officer/quarantine/<int:pk>/", views_officer.order, name="order"),
    path("officer/quarantine/<int:pk>/complete/", views_officer.order_complete, name="order_complete"),
    path("officer/quarantine/<int:pk>/extend/", views_officer.order_extend, name="order_extend"),
    path("officer/quarantine/<int:pk>/report/", order_report, name="order_report"),
    path("officer/quarantine/checks/<int:pk>/seen/", check_seen, name="check_seen"),
    path("officer/quarantine/results/<int:pk>/seen/", views_records.result_seen, name="result_seen"),
    path(
        "officer/quarantine/people/<int:person_id>/result/",
        views_records.test_result_add,
        name="test_result_add",
    ),
    path("officer/quarantine/people/<int:person_id>/dose/", dose_add, name="dose_add"),
    path(
        "officer/quarantine/certificates/<int:pk>.pdf",
        officer_certificate_pdf,
        name="officer_certificate_pdf",
    ),
    path(
        "officer/quarantine/certificates/<int:pk>/revoke/",
        certificate_revoke,
        name="certificate_revoke",
    ),
    path("officer/quarantine/alerts/", views_alerts.alert_list, name="alert_list"),
    path("officer/quarantine/alerts/<int:pk>/", views_alerts.alert, name="alert"),
    path("officer/quarantine/alerts/<int:pk>/take/", views_alerts.alert_take, name="alert_take"),
    path("officer/quarantine/alerts/<int:pk>/release/", views_alerts.alert_release, name="alert_release"),
    path("officer/quarantine/alerts/<int:pk>/settle/", views_alerts.alert_settle, name="alert_settle"),
    path("officer/quarantine/alerts/<int:pk>/reopen/", views_alerts.alert_reopen, name="alert_reopen"),
    path("officer/quarantine/facility/", views_facility.facility, name="facility"),
    path(
        "officer/quarantine/facility/<int:place_id>/beds/", views_facility.facility_edit, name="facility_edit"
    ),
    path("officer/quarantine/stays/<int:pk>/admit/", views_facility.stay_admit, name="stay_admit"),
    path(
        "officer/quarantine/stays/<int:pk>/undo-admit/",
        views_facility.stay_undo_admit,
        name="stay_undo_admit",
    ),
    path("officer/quarantine/stays/<int:pk>/leave/", views_facility.stay_leave, name="stay_leave"),
    path(
        "officer/quarantine/stays/<int:pk>/undo-leave/",
        views_facility.stay_undo_leave,
        name="stay_undo_leave",
    ),
    path("officer/quarantine/stays/<int:pk>/name/", views_naming.stay_name, name="stay_name"),
    path("officer/quarantine/stays/<int:pk>/cancel/", views_naming.stay_cancel, name="stay_cancel"),
    path("officer/quarantine/protocols/", protocols, name="protocols"),
]
