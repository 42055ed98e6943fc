from django.urls import path

from appointments.booking import views_citizen
from appointments.booking import views_mine as views_booking
from appointments.counter import views as views_officer

app_name = "appointments"
urlpatterns = [
    path("dat-lich/", views_citizen.start, name="start"),
    path("dat-lich/noi/", views_citizen.choose_office, name="choose_office"),
    path("dat-lich/gio/", views_citizen.choose_time, name="choose_time"),
    path("dat-lich/thong-tin/", views_citizen.details, name="details"),
    path("dat-lich/ma/", views_citizen.confirm, name="confirm"),
    path("dat-lich/ma/gui-lai/", views_citizen.resend, name="resend"),
    path("dat-lich/l/<str:token>/", views_booking.link_booking, name="booking"),
    path("dat-lich/l/<str:token>/lich.ics", views_booking.link_ics, name="ics"),
    path("dat-lich/l/<str:token>/huy/", views_booking.link_cancel, name="cancel"),
    path("dat-lich/cua-toi/<slug:code>/", views_booking.my_booking, name="my_booking"),
    path("dat-lich/cua-toi/<slug:code>/lich.ics", views_booking.my_ics, name="my_ics"),
    path("dat-lich/cua-toi/<slug:code>/huy/", views_booking.my_cancel, name="my_cancel"),
    path("officer/appointments/", views_officer.day, name="day"),
    path("officer/appointments/find/", views_officer.find, name="find"),
    path("officer/appointments/<slug:code>/", views_officer.booking, name="officer_booking"),
    path("officer/appointments/<slug:code>/finish/", views_officer.finish, name="finish"),
    path("officer/appointments/<slug:code>/no-show/", views_officer.no_show, name="no_show"),
    path("officer/appointments/<slug:code>/take-back/", views_officer.take_back, name="take_back"),
]
