"""What scanners and programs make of Vietnamese letters."""

PAGES = (
    *(
        "cp1252",
        "latin-1",
        "cp1258",
        "cp1250",
        "cp1251",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp874",
    ),
    *("cp437", "cp850", "cp852", "cp858", "cp865", "cp866", "mac_roman", "koi8_r"),
)
# Pages of which some letters may as well have come through another one.
RARE = ("cp860", "cp863", "iso8859_2", "iso8859_15")
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
