"""The 29 provinces that were merged into others on 1 July 2025, with the code of the one they went into.

People go on saying them for years: somebody who is "in Bình Dương" is in Ho Chi Minh City now.
"""

OLD_PROVINCES = {
    "Hà Giang": "08", "Yên Bái": "15", "Bắc Kạn": "19", "Vĩnh Phúc": "25", "Hòa Bình": "25",
    "Bắc Giang": "24", "Thái Bình": "33", "Hải Dương": "31", "Hà Nam": "37", "Nam Định": "37",
    "Quảng Bình": "44", "Quảng Nam": "48", "Kon Tum": "51", "Bình Định": "52", "Phú Yên": "66",
    "Đắk Nông": "68", "Bình Thuận": "68", "Ninh Thuận": "56", "Bình Phước": "75",
    "Bà Rịa – Vũng Tàu": "79", "Bình Dương": "79", "Long An": "80", "Tiền Giang": "82",
    "Bến Tre": "86", "Trà Vinh": "86", "Kiên Giang": "91", "Sóc Trăng": "92", "Hậu Giang": "92",
    "Bạc Liêu": "96",
}  # fmt: skip
