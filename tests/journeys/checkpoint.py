"""The one box of the checkpoint."""

from __future__ import annotations

from tests.journeys.family import Member
from tests.journeys.visitor import Visitor


def scan(gate: Visitor, text: str) -> None:
    """What a scanner or a hand puts into the box, with Enter."""
    gate.enter("Quét mã, hoặc gõ mã đăng ký", text)


def enter_walk_in(gate: Visitor, person: Member, commune: tuple[str, str]) -> None:
    """Somebody without a registration: the card fills the form in, the commune is asked."""
    scan(gate, person.card)
    gate.sees("Người trên thẻ chưa có đăng ký")
    gate.pick_place("Về xã, phường", *commune)
    gate.press("Ghi nhận người đến")
    gate.sees(f"Đã ghi nhận 1 người: {person.name}")
