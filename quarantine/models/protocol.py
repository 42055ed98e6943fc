from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.ui.bilingual import in_language


class Mode(models.TextChoices):
    FACILITY = "facility", _("Cách ly tập trung")
    HOME = "home", _("Cách ly tại nhà")
    SELF = "self", _("Tự theo dõi sức khỏe")


class Protocol(models.Model):
    """One dated row of the rules: the quarantine of a class of people with a protection.

    When the rules change, a row with the new document is added; the code stays. Day 0 is the day of
    arrival; `follow_up_days` of watching oneself come after `days`.
    """

    class PersonClass(models.TextChoices):
        RETURNEE = "returnee", _("Người về từ vùng dịch")
        CONTACT = "contact", _("Người tiếp xúc gần (F1)")
        INBOUND = "inbound", _("Người nhập cảnh")
        CASE = "case", _("Người dương tính (F0)")

    class Protection(models.TextChoices):
        FULL = "full", _("Đã tiêm đủ liều hoặc đã khỏi bệnh trong 6 tháng")
        PARTIAL = "partial", _("Chưa tiêm đủ liều")
        NONE = "none", _("Chưa tiêm")

    document = models.CharField(_("Văn bản"), max_length=60)
    issued_on = models.DateField(_("Ngày ban hành"))
    effective_from = models.DateField(_("Áp dụng từ"))
    effective_to = models.DateField(_("Áp dụng đến"), null=True, blank=True)
    person_class = models.CharField(_("Đối tượng"), max_length=10, choices=PersonClass.choices)
    protection = models.CharField(_("Tiêm chủng"), max_length=8, choices=Protection.choices)
    mode = models.CharField(_("Hình thức"), max_length=10, choices=Mode.choices)
    days = models.PositiveSmallIntegerField(_("Số ngày"))
    follow_up_days = models.PositiveSmallIntegerField(_("Số ngày theo dõi thêm"), default=0)
    test_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("Ngày xét nghiệm"), default=list
    )
    is_confirmed = models.BooleanField(_("Đã đối chiếu văn bản"), default=True)
    note = models.CharField(_("Ghi chú"), max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "person_class", "protection"], name="protocol_row_once_per_document"
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=models.F("effective_from")),
                name="protocol_ends_after_start",
            ),
        ]
        ordering = ["-effective_from", "person_class", "protection"]

    def __str__(self) -> str:
        return f"{self.document} · {self.get_person_class_display()} · {self.get_protection_display()}"

    @property
    def remark(self) -> str:
        """Return the note in the reader's language."""
        return in_language(self, "note")
