"""What an auditor reads as the reason of a look: the words for what was looked up by, in the reader's language.

A look-up logs what was found by as `number: •••1234`, after a trip's code where people get on and in brackets
behind the operator's own words. An export of before its filters were logged in words has them as an address.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from django.utils.translation import gettext_lazy as _

LOOKED_UP_BY = {
    "code": _("mã đăng ký"),
    "number": _("số giấy tờ hoặc điện thoại"),
    "card": _("mã QR trên thẻ"),
    "name": _("họ tên"),
}
_KEY = rf"(?P<by>{'|'.join(LOOKED_UP_BY)}):"
_FORMS = {
    "lookup": re.compile(rf"\A(?P<before>){_KEY} ?(?P<after>.*)\Z", re.DOTALL),
    "boarding": re.compile(rf"\A(?P<before>\S+ ){_KEY} ?(?P<after>.*)\Z", re.DOTALL),
    "call": re.compile(rf"\A(?P<before>.*\(){_KEY} ?(?P<after>[^()]*\))\Z", re.DOTALL),
}
_ADDRESS = re.compile(r"\A\w+=[^&]*(&\w+=[^&]*)*\Z")


def reason_in_words(kind: str, reason: str) -> str:
    """Return the stored reason of a look with no word of the code in it."""
    form = _FORMS.get(kind)
    if form is not None and (found := form.match(reason)):
        by, after = LOOKED_UP_BY[found["by"]], found["after"]
        return (
            f"{found['before']}{by}: {after}"
            if after.strip(") ")
            else f"{found['before']}{by}{after.strip()}"
        )
    if kind == "export" and _ADDRESS.match(reason):
        filters = parse_qsl(reason)
        return "; ".join(value for name, value in filters if name not in {"export", "page"} and value)
    return reason
