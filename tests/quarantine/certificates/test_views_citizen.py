"""A certificate on paper, and the page that verifies it."""

from __future__ import annotations

import io

import pypdf
from django.test import Client
from django.urls import reverse

from quarantine.certificates.actions import revoke_certificate
from tests.quarantine.conftest import complete, prove


def test_the_certificate_is_a_pdf_for_its_owner_only(world, lan, open_for, citizen):
    order = complete(world, open_for, lan)
    address = reverse("quarantine:certificate_pdf", args=[order.certificate.pk])
    pdf = citizen.get(address)
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert prove(Client(), "+84987654321").get(address).status_code == 404
    revoke_certificate(order.certificate, reason="Nhập nhầm", by=world.users.here)
    assert citizen.get(address).status_code == 404


def test_anybody_can_verify_and_sees_no_more_than_needed(world, lan, open_for, client):
    lan.identity_number = "072184001155"
    lan.save()
    order = complete(world, open_for, lan)
    code = order.certificate.public_code
    page = client.get(reverse("quarantine:verify", args=[code]))
    text = page.content.decode()
    assert "Giấy có giá trị" in text
    assert page["X-Robots-Tag"] == "noindex"
    for secret in ("072184001155", "1155", lan.phone[-4:], "Âm tính", "ấp Trung"):
        assert secret not in text
    typed = " ".join((code[:4], code[4:].lower()))
    assert "Giấy có giá trị" in client.get(reverse("quarantine:verify", args=[typed])).content.decode()


def test_verify_of_a_revoked_and_of_an_unknown_code(world, lan, open_for, client):
    order = complete(world, open_for, lan)
    revoke_certificate(order.certificate, reason="Nhập nhầm", by=world.users.here)
    revoked = client.get(reverse("quarantine:verify", args=[order.certificate.public_code]))
    assert "không còn giá trị" in revoked.content.decode()
    assert "Lan" not in revoked.content.decode()
    unknown = client.get(reverse("quarantine:verify", args=["A" * 16]))
    assert (unknown.status_code, "Không có giấy nào" in unknown.content.decode()) == (404, True)


def test_the_certificate_is_one_page_in_the_form_of_official_papers(world, lan, open_for, citizen):
    lan.full_name = "Nguyễn Thị Lan " * 6
    lan.save()
    order = complete(world, open_for, lan)
    answer = citizen.get(reverse("quarantine:certificate_pdf", args=[order.certificate.pk]))
    (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(page.extract_text().split())
    assert text.startswith("ỦY BAN NHÂN DÂN")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc" in text
    assert "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH (ký, ghi rõ họ tên, đóng dấu)" in text
