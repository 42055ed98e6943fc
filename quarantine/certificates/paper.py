"""The certificate as a PDF, and the search for it by its public code."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.ui.formats import vn_date
from portal.ui.pdf import qr_svg, render_pdf
from quarantine.models import Certificate

TEMPLATE = Path(__file__).resolve().parent / "certificate.typ"


def find_certificate(code: str) -> Certificate | None:
    """Return the certificate of a public code as it was scanned or typed.

    Whoever has the code may see the certificate: the code has 80 random bits.
    """
    normalised = "".join(character for character in code.upper() if character.isalnum())
    rows = Certificate.objects.select_related("order__person", "order__place")
    return rows.filter(public_code=normalised).first()


def public_address(certificate: Certificate) -> str:
    return settings.PORTAL_BASE_URL + reverse("quarantine:verify", args=[certificate.public_code])


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render one A4 page, in Vietnamese whatever language the reader uses: it is an official paper."""
    with translation.override("vi"):
        return render_pdf(TEMPLATE, _content(certificate))


def _content(certificate: Certificate) -> dict[str, object]:
    order = certificate.order
    person = order.person
    issuer = order.place.commune or order.place
    issued = timezone.localtime(certificate.issued_at)
    rows = [
        (_("Họ và tên"), person.full_name),
        (_("Ngày sinh"), vn_date(person.birth_date) if person.birth_date else str(person.birth_year)),
        (_("Số giấy tờ"), person.identity_number or _("chưa có")),
        (_("Hình thức"), order.get_mode_display()),
        (_("Nơi thực hiện"), ", ".join(filter(None, [order.address, order.place.name]))),
        (
            _("Thời gian"),
            _("từ ngày %(first)s đến hết ngày %(last)s")
            % {"first": vn_date(order.starts_on), "last": vn_date(order.ends_on)},
        ),
        (_("Theo quyết định"), order.number),
    ]
    address = public_address(certificate)
    return {
        "language": "vi",
        "authority": _("Ủy ban nhân dân"),
        "issuer": issuer.name,
        "number_label": _("Số:"),
        "number": certificate.number,
        "issued_at": _("%(province)s, ngày %(day)s tháng %(month)s năm %(year)s")
        % {
            "province": settings.PORTAL_PROVINCE_NAME,
            "day": f"{issued.day:02d}",
            "month": f"{issued.month:02d}",
            "year": issued.year,
        },
        "title": _("Giấy xác nhận"),
        "subtitle": _("Hoàn thành cách ly, theo dõi sức khỏe"),
        "certifies": _("Xác nhận công dân:"),
        "rows": [list(row) for row in rows],
        "declares": _(
            "đã hoàn thành thời gian cách ly, theo dõi sức khỏe theo quy định phòng, chống dịch COVID-19."
        ),
        "signs_for": _("TM. Ủy ban nhân dân"),
        "signer": _("Chủ tịch"),
        "sign": _("(ký, ghi rõ họ tên, đóng dấu)"),
        "qr": qr_svg(address),
        "qr_alt": _("Mã QR để kiểm tra giấy này"),
        "verify": _(
            "Giấy được lập và cấp trên hệ thống điện tử. Quét mã QR, hoặc mở địa chỉ dưới đây để kiểm tra."
        ),
        "address": address,
        "code": certificate.readable_code,
        "demo": _("Bản trình diễn, không có giá trị.") if settings.PORTAL_DEMO else "",
    }
