"""People without a registration: a line for each card that is scanned, recorded together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citizens.identity import CardData
from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.fields import Picked
from portal.places.models import Place
from portal.ui.refusals import run_or_flash
from repatriation.checkpoint.forms_walk_in import MOST_ROWS, ArrivedFormSet, WalkInForm, filled_lines
from repatriation.checkpoint.lookup import find_family
from repatriation.checkpoint.pages import (
    ON_THE_ROAD,
    address_of,
    checkpoint_of,
    choose_page,
    flash_recorded,
    two_contents_page,
)
from repatriation.checkpoint.walkins import home_of, record_walk_in
from repatriation.registration.forms_strangers import WALK_IN_ROWS, card_initial
from repatriation.registration.lookup import Family, LookUp, family_from, family_token
from repatriation.rules import may_look_up_at
from repatriation.views_shared import officer_of

PERSON = ("full_name", "birth", "sex", "identity_number")


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def walk_in(request: HttpRequest) -> HttpResponse:
    """Enter people without a registration: a card in the box adds a person, without one all are recorded."""
    user = officer_of(request)
    place = checkpoint_of(request, user)
    if place is None:
        return choose_page(request, user)
    if request.method != "POST":
        return _page(request, place, **_with_family(request))
    text = (request.POST.get("lines") or request.POST.get("q", "")).strip()
    if text:
        demand(may_look_up_at(user, place))
        return _add_scanned(request, place, text)
    if "more" in request.POST:
        return _page(request, place, **_forms(_with_line(request.POST, {})))
    forms = _forms(request.POST)
    form, people = forms["form"], forms["people"]
    if not all([form.is_valid(), people.is_valid()]):
        return _page(request, place, status=422, **forms)
    data = {
        name: form.cleaned_data[name]
        for name in ("destination", "address", "client_key", "phone", "vehicle_plate", "rapid_test")
    }
    data |= {"people": people.entries(), "seen": people.seen(data["rapid_test"])}
    result = run_or_flash(
        request, lambda: record_walk_in(checkpoint=place, by=user, **data), question=ON_THE_ROAD
    )
    if result is None:
        return _page(request, place, status=422, **forms)
    if result.differences:
        return two_contents_page(request, place, result)
    flash_recorded(request, result)
    return redirect(address_of(place))


def walk_in_page(request: HttpRequest, place: Place, lookup: LookUp) -> HttpResponse:
    """Begin a walk-in with the person whose card was scanned and whom nobody knows."""
    assert lookup.card is not None
    messages.warning(
        request,
        _("Người trên thẻ chưa có đăng ký. Vui lòng xem lại các ô đã điền từ thẻ, chọn nơi về rồi ghi nhận."),
    )
    return _page(request, place, **blank_forms(lookup))


def blank_forms(lookup: LookUp | None = None) -> dict[str, Any]:
    """Return the forms unbound, the first line filled in from the card of a look-up."""
    card = lookup.card if lookup is not None else None
    initial: dict[str, Any] = {}
    if card is not None and card.address:
        initial["destination"], initial["address"] = home_of(card.address)
    lines = card_initial(card)
    return {"form": WalkInForm(initial=initial), "people": filled_lines(lines, WALK_IN_ROWS - len(lines))}


def _with_family(request: HttpRequest) -> dict[str, Any]:
    """Return blank forms; for somebody who came along with a family, with that family's home and phone."""
    forms = blank_forms()
    family = family_from(request.GET.get("with", ""), officer_of(request))
    if family is not None and family.registration is not None:
        row = family.registration
        forms["form"] = WalkInForm(
            initial={"destination": row.home_commune_id, "address": row.home_address, "phone": row.phone}
        )
        forms["along"] = family
    return forms


def _forms(data: QueryDict) -> dict[str, Any]:
    return {"form": WalkInForm(data), "people": ArrivedFormSet(data)}


def _add_scanned(request: HttpRequest, place: Place, text: str) -> HttpResponse:
    """Add the person of a card to the lines; a family that is registered is offered instead."""
    user = officer_of(request)
    data = request.POST
    lookup = run_or_flash(request, lambda: find_family(user, text, checkpoint=place, request=request))
    if lookup is None:
        return _page(request, place, status=429, typed=text[:200], **_shown(data))
    for sentence in lookup.sentences:
        messages.warning(request, sentence)
    registered = [one for one in lookup.families if one.registration is not None and one.registration.is_live]
    card = lookup.card
    if registered:
        _say_registered(request, registered[0])
        known = [(family, family_token(family, user)) for family in registered]
        return _page(request, place, known=known, **_shown(data))
    if card is None or not card.full_name:
        if not lookup.sentences:
            messages.warning(
                request,
                _("Không đọc được thẻ từ nội dung này. Vui lòng quét thẻ, hoặc điền tay vào dòng trống."),
            )
        return _page(request, place, typed=text[:200], **_shown(data))
    if _holds(data, card):
        messages.info(request, _("%(name)s đã có trong danh sách này.") % {"name": card.full_name})
        return _page(request, place, **_shown(data))
    (line,) = card_initial(card)
    changed = _with_line(data, {name: str(line[name]) for name in PERSON})
    _take_home(request, changed, card)
    return _page(request, place, added=card.full_name, **_shown(changed))


def _say_registered(request: HttpRequest, family: Family) -> None:
    assert family.registration is not None
    messages.warning(
        request,
        _(
            "Người trên thẻ có trong đăng ký %(code)s. Mở đăng ký đó để ghi nhận cả gia đình, hoặc quét thẻ khác."
        )
        % {"code": family.registration.code},
    )


def _holds(data: QueryDict, card: CardData) -> bool:
    return any(
        name.endswith("-identity_number") and "".join(str(value).split()) == card.number
        for name, value in data.items()
    )


def _lines_of(data: QueryDict) -> int:
    return min(whole_number(data.get("form-TOTAL_FORMS") or "") or 0, MOST_ROWS)


def _with_line(data: QueryDict, values: dict[str, str]) -> QueryDict:
    """Return the sent lines with one more: in the first empty line, else at the end."""
    changed = data.copy()
    total = _lines_of(data)
    empty = [
        number for number in range(total) if not any(data.get(f"form-{number}-{name}") for name in PERSON)
    ]
    if values and empty:
        number = empty[0]
    elif total < MOST_ROWS:
        number, changed["form-TOTAL_FORMS"] = total, str(total + 1)
    else:
        return changed
    for name, value in values.items():
        changed[f"form-{number}-{name}"] = value
    return changed


def _take_home(request: HttpRequest, data: QueryDict, card: CardData) -> None:
    """Fill in the home from the card while none was chosen; say so where the card names another one."""
    place, address = home_of(card.address)
    chosen = str(data.get("destination") or "") or str(data.get("destination_text") or "")
    if place is None:
        return
    if not chosen:
        if isinstance(place, Picked):
            data["destination_text"], data["destination"] = place.text, ""
        else:
            data["destination"], data["address"] = str(place.pk), data.get("address") or address
            data["destination_text"] = data["destination_for"] = place.full_name
    elif isinstance(place, Place) and str(data.get("destination") or "") not in {"", str(place.pk)}:
        messages.info(
            request,
            _("Thẻ của %(name)s ghi %(place)s. Nếu người này về đó, vui lòng ghi nhận riêng.")
            % {"name": card.full_name, "place": place.name},
        )


def _shown(data: QueryDict) -> dict[str, Any]:
    """Return the forms with what was typed, without finding fault with it yet."""
    lines = [
        {
            name.removeprefix(f"form-{number}-"): (
                data.getlist(name) if name.endswith("-signs") else data.get(name)
            )
            for name in data
            if name.startswith(f"form-{number}-")
        }
        for number in range(_lines_of(data))
    ]
    names = ("address", "phone", "vehicle_plate", "rapid_test", "client_key")
    initial: dict[str, Any] = {name: data.get(name) for name in names if data.get(name)}
    text, place_id = data.get("destination_text") or "", data.get("destination") or ""
    initial["destination"] = Picked(place_id, text)
    return {"form": WalkInForm(initial=initial), "people": filled_lines(lines)}


def _page(request: HttpRequest, place: Place, *, status: int = 200, **context: Any) -> HttpResponse:
    url = reverse("repatriation:walk_in")
    context |= {"place": place, "walk_in_url": url, "code_prefix": settings.PORTAL_CODE_PREFIX}
    return render(request, "repatriation/checkpoint/walk_in.html", context, status=status)
