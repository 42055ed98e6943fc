"""Headings of columns that several exports share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

NAME, BIRTH_YEAR = gettext_lazy("Họ và tên"), gettext_lazy("Năm sinh")
NUMBER, PHONE = gettext_lazy("Số giấy tờ"), gettext_lazy("Điện thoại")
CODE, STATUS = gettext_lazy("Mã đăng ký"), gettext_lazy("Trạng thái")
HOME, CHECKPOINT = gettext_lazy("Về xã, phường"), gettext_lazy("Chốt")


PEOPLE = gettext_lazy("Số người")
