"""What scanners and programs make of Vietnamese letters."""

PAGES = ("cp1252", "latin-1", "cp1258", "cp1250", "cp1251", "cp1254", "cp437", "cp850")
SAMPLES = (
    "Lê Na",
    "Nguyễn Thị Lan",
    "LÝ TRÍ",
    "ĐẶNG THÀNH TÔN",
    "Ấp Bùng Binh, xã Hưng Thuận, Trảng Bàng",
    "H'Niê Ñrăng Čư",
)


def through(text: str, page: str) -> str:
    """The bytes of UTF-8 shown in another code page; a byte that the page does not use stays a control sign."""
    return "".join(_sign(number, page) for number in text.encode())


def _sign(number: int, page: str) -> str:
    try:
        return bytes([number]).decode(page)
    except UnicodeDecodeError:
        return chr(number)
