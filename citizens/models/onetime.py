"""What a citizen without an account proves themselves with. Both are stored hashed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OneTimeCode(models.Model):
    """Six digits sent to a phone: five minutes, five tries, one use (design §4)."""

    phone = models.CharField(max_length=16)
    purpose = models.CharField(max_length=30)
    code_hash = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)  # the network that asked, as `portal.networks` names it
    browser = models.CharField(max_length=32, blank=True)  # that asked; no other one uses the code
    proved = models.BooleanField(default=False)  # whether that browser had proved this phone before
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(null=True)  # of the form that used it, which may be sent twice

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-created_at"]),
            models.Index(fields=["address", "-created_at"]),
            models.Index(fields=["created_at"], name="one_time_code_created"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="one_time_code_five_tries"),
            models.CheckConstraint(
                condition=Q(form_key=None) | Q(used_at__isnull=False), name="one_time_code_form_key_of_used"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class SecretLink(models.Model):
    """A link that opens one row for one purpose to whoever holds it: 160 random bits, kept as a hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=30)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    phone = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_type} {self.subject_id}"
