"""Which pages are pictured, and as whom. A new page gets a line here.

    Screen("citizens-register", "/dang-ky/")                        as nobody
    Screen("reporting-today", "/officer/today/", user="xa")          signed in as a user of the demo
    Screen("citizens-person", person_path, user="xa")                a path that is asked of the database
    Screen("citizens-register-wrong", "/dang-ky/", act=press_submit) something is done on the page first

Names are `app-page[-state]`; the pictures are `docs/screens/<name>-<width>.png`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.live import LiveStack
from tests.screens import citizen, gate, trips

# Families of the demo (repatriation.demo.families.KNOWN_PHONES).
WAITING, AT_HOME, OFFERED = "0901234567", "0901234568", "0901234569"


@dataclass(frozen=True)
class Screen:
    """One page to picture. `path` may be asked of the running portal; None leaves the page out."""

    name: str
    path: str | Callable[[LiveStack], str | None]
    user: str = ""  # of the demo; empty: not signed in
    act: Callable[[Page], None] | None = None
    language: str = "vi"
    status: int = 200  # what the page answers at first


def press_submit(page: Page) -> None:
    """Send the main form as it stands: the page in error."""
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-primary:visible").first.click()


def press_to(address: str) -> Callable[[Page], None]:
    """Press the button of the form that goes to an address with this end, also where it is folded away."""

    def press(page: Page) -> None:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        with page.expect_navigation():
            page.locator(f"main form[action$='{address}'] button").first.click()

    return press


def lose_the_line(page: Page) -> None:
    """Let the board know nothing new for so long that it says so."""
    page.clock.install()
    page.reload()
    page.route("**/board/figures/**", lambda route: route.fulfill(status=200, body="Welcome"))
    page.clock.run_for(60_000)
    page.locator("[data-board-stale]").wait_for()


def stop_first(page: Page) -> None:
    open_first(page)
    press_to("/active/")(page)


def open_first(page: Page) -> None:
    """From a list to the page of its first row."""
    with page.expect_navigation():
        page.locator("main table tbody a").first.click()


def tick_all(page: Page) -> None:
    """Ask to accept every family of the page at once."""
    for box in page.locator("main table input[type=checkbox]").all():
        box.check()
    press_to("/handovers/accept/")(page)


def accept_first(page: Page) -> None:
    open_first(page)
    press_to("/accept/")(page)


def refuse_first(page: Page) -> None:
    open_first(page)
    press_to("/refuse/")(page)


def open_first_edit(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("main a[href$='/edit/']").first.click()


def choose_procedure(page: Page) -> None:
    """From the first question of a booking to the days and times."""
    page.locator("[name=procedure]").first.check()
    press_submit(page)


def choose_time(page: Page) -> None:
    """From the first question of a booking to the details, on the last day that is open."""
    choose_procedure(page)
    with page.expect_navigation():
        page.locator("a.day:not(.day-none)").last.click()
    page.locator("[name=slot]").first.check()
    press_submit(page)


def send_no_details(page: Page) -> None:
    choose_time(page)
    press_submit(page)


def open_offer(page: Page) -> None:
    citizen.behind(OFFERED, then="/cua-toi/dang-ky/")(page)
    with page.expect_navigation():
        page.locator("main a[href$='/cho-ngoi/']").first.click()


def open_question(page: Page) -> None:
    citizen.behind(WAITING, then="/cua-toi/dang-ky/")(page)
    with page.expect_navigation():
        page.locator("main a[href$='/tra-loi-xa/']").first.click()


def send_no_answer(page: Page) -> None:
    open_question(page)
    press_submit(page)


def refuse_without_reason(page: Page) -> None:
    open_first(page)
    page.locator("details:has(form[action*='/not-ours/']) summary").click()
    with page.expect_navigation():
        page.locator("form[action*='/not-ours/'] button").click()


def facility_beds(stack: LiveStack) -> str:
    ((place,),) = stack.sql("SELECT id FROM places_place WHERE code = 'ccl-hung-thuan'")
    return f"/officer/quarantine/facility/{place}/beds/"


def send_no_beds(page: Page) -> None:
    page.locator("[name=beds]").fill("")
    press_submit(page)


def settle_without_note(page: Page) -> None:
    open_first(page)
    press_to("/settle/")(page)


def open_naming(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main a[href*='/name/']").first.click()


def name_nothing(page: Page) -> None:
    open_naming(page)
    press_submit(page)


def open_boarding(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("main a[href$='/boarding/']").first.click()


def board_one(page: Page) -> None:
    """A family gets on, by its code."""
    open_boarding(page)
    code = page.locator("[data-line]").first.get_attribute("data-code") or ""
    page.locator("#scan").fill(code)
    page.locator("#scan").press("Enter")
    page.locator(".answer-good").wait_for()


def without_a_line(page: Page) -> None:
    """The page that the device keeps, with a family on it, as it is opened without a line."""
    page.locator("[data-offline][data-taken='1']").wait_for(state="attached")
    page.goto(page.url.split("?")[0] + "offline/")
    page.locator("[data-checkpoint-shell][data-ready='1']").wait_for()
    code = page.evaluate("async () => (await PortalOffline.kit()).families[0]?.code || ''")
    page.locator("#scan").fill(code or "TN-00000-1")
    page.locator("#scan").press("Enter")
    page.locator("[data-shell-entry], .answer").first.wait_for()


def close_no_note(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("form[action*='/close/'] button").click()


def open_count(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("main a[href$='/reconciliation/']").first.click()


def count_nobody(page: Page) -> None:
    open_count(page)
    page.goto(page.url + "?q=khong-co-ai")


def scan_nobody(page: Page) -> None:
    open_boarding(page)
    page.locator("#scan").fill("TN-00000-1")
    page.locator("#scan").press("Enter")
    page.locator(".answer").wait_for()


def open_result_form(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("main a[href$='/result/']").first.click()


def send_empty_dose(page: Page) -> None:
    open_first(page)
    with page.expect_navigation():
        page.locator("main a[href$='/dose/']").first.click()
    press_submit(page)


def certificate_address(stack: LiveStack) -> str | None:
    codes = stack.sql(
        "SELECT public_code FROM quarantine_certificate WHERE revoked_at IS NULL ORDER BY id LIMIT 1"
    )
    return f"/xac-minh/{codes[0][0]}/" if codes else None


def transfer_path(stack: LiveStack) -> str | None:
    rows = stack.sql(
        "SELECT person.id FROM citizens_person person JOIN places_place place ON place.id = person.responsible_place_id"
        " JOIN quarantine_order ON quarantine_order.person_id = person.id AND quarantine_order.status = 'active'"
        " WHERE place.code = '25711' AND NOT EXISTS (SELECT FROM repatriation_handover handover"
        " WHERE handover.person_id = person.id AND handover.status = 'sent') ORDER BY person.id LIMIT 1"
    )
    return f"/officer/handovers/transfer/{rows[0][0]}/" if rows else None


def rules_in_work(stack: LiveStack) -> str | None:
    rows = stack.sql("SELECT id FROM repatriation_ruleset WHERE status = 'proposed' LIMIT 1")
    return f"/officer/rules/{rows[0][0]}/" if rows else None


def send_wrong_rules(page: Page) -> None:
    """The proposed version is sent back, and its draft sent with points that are none."""
    with page.expect_navigation():
        page.locator("dd:has(.pill) a").last.click()
    if page.locator("form[action$='/send-back/']").count():  # the width before has sent it back already
        page.locator("details:has(textarea) summary").click()
        page.locator("textarea[name=reason]").fill("Xem lại điểm")
        with page.expect_navigation():
            page.locator("form[action$='/send-back/'] button").click()
    with page.expect_navigation():
        page.locator("a[href$='/edit/']").click()
    page.locator("[name=rules-0-points]").fill("nhiều")
    press_submit(page)


def import_of(status: str) -> Callable[[LiveStack], str | None]:
    def path(stack: LiveStack) -> str | None:
        rows = stack.sql(
            f"SELECT id FROM repatriation_importbatch WHERE kind = 'registrations' AND status = '{status}' LIMIT 1"
        )
        return f"/officer/imports/{rows[0][0]}/" if rows else None

    return path


def send_wrong_list(page: Page) -> None:
    """A picture that calls itself a list."""
    page.set_input_files(
        "[name=file]", {"name": "ds.xlsx", "mimeType": "application/zip", "buffer": b"\x89PNG not a list"}
    )
    press_submit(page)


def order_export(page: Page) -> None:
    """Have a list made, and wait until the page says that it is there."""
    token = page.locator("form[action$='/sign-out/'] [name=csrfmiddlewaretoken]").get_attribute("value")
    assert token is not None
    headers = {"Referer": page.url}
    page.request.post(
        "/officer/exports/new/",
        form={"address": "/officer/queue/?export=xlsx", "csrfmiddlewaretoken": token},
        headers=headers,
    )
    page.reload()
    page.locator("main table a").first.wait_for(timeout=20_000)


def refuse_phone(page: Page) -> None:
    """Without a reason."""
    open_first(page)
    page.locator("details:has(form[action$='/refuse/']) summary").click()
    with page.expect_navigation():
        page.locator("form[action$='/refuse/'] button").click()


def look_up(text: str) -> Callable[[Page], None]:
    """A caller is looked up by what they say."""

    def act(page: Page) -> None:
        page.locator("[name=q]").fill(text)
        page.locator("[name=reason]").fill("Hỏi thứ tự")
        press_submit(page)

    return act


def send_no_other_phone(page: Page) -> None:
    """Another phone is asked for, and not said."""
    look_up(WAITING)(page)
    page.locator("details:has(form[action$='/phone/']) summary").click()
    with page.expect_navigation():
        page.locator("form[action$='/phone/'] button").click()


def send_odd_number(page: Page) -> None:
    """A man's number for a woman of another age; everything else is in order."""
    page.locator("[name=phone]").fill("0908111333")
    page.locator("[name=origin_text]").fill("Phường Gò Vấp")
    page.locator("[name=home_text]").fill("Xã Hưng Thuận")
    page.locator("[name=home_address]").fill("ấp Bùng Binh")
    page.locator("[name=people-0-full_name]").fill("Lê Thị Hoa")
    page.locator("[name=people-0-birth]").fill("12/03/1990")
    page.locator("[name=people-0-sex]").select_option("female")
    page.locator("[name=people-0-identity]").fill("072093004821")
    page.locator("[name=agreed]").check()
    with page.expect_navigation():
        page.keyboard.press("F4")


def open_menu(page: Page) -> None:
    page.locator(".menu-user summary").click()


def behind_and(phone: str, then: Callable[[Page], None]) -> Callable[[Page], None]:
    """Behind a phone, on the page of its registration, do something."""

    def act(page: Page) -> None:
        citizen.behind(phone, then="/cua-toi/dang-ky/")(page)
        then(page)

    return act


SCREENS: list[Screen] = [
    Screen("ui-home", "/"),
    Screen("ui-home-english", "/", language="en"),
    Screen("ui-hotline", "/1022/"),
    Screen("ui-not-found", "/khong-co/", status=404),
    Screen("ui-not-allowed", "/officer/users/", user="xa", status=403),
    Screen("ui-style", "/officer/style/", user="xa"),
    Screen("ui-style-wrong", "/officer/style/?errors=1", user="xa"),
    Screen("ui-menu", "/officer/style/", user="xa", act=open_menu),
    Screen("accounts-sign-in", "/officer/sign-in/"),
    Screen("accounts-sign-in-wrong", "/officer/sign-in/", act=press_submit),
    Screen("accounts-password", "/officer/password/", user="xa"),
    Screen("accounts-users", "/officer/users/", user="quantri"),
    Screen("accounts-user", "/officer/users/", user="quantri", act=open_first),
    Screen("accounts-user-add-wrong", "/officer/users/add/", user="quantri", act=press_submit),
    Screen("records-events", "/officer/log/", user="thanhtra"),
    Screen("records-reads", "/officer/log/reads/", user="thanhtra"),
    Screen("notifications-inbox", "/hop-thu/"),
    Screen("reporting-today", "/officer/today/", user="xa"),
    Screen("reporting-figures", "/officer/figures/", user="lanhdao"),
    Screen("reporting-exports-nothing", "/officer/exports/", user="xa-xem"),
    Screen("reporting-exports", "/officer/exports/", user="dieuphoi", act=order_export),
    Screen("citizens-phone", "/xac-nhan/"),
    Screen("citizens-phone-wrong", "/xac-nhan/", act=press_submit),
    Screen("citizens-people", "/officer/people/", user="xa"),
    Screen("citizens-person", "/officer/people/", user="xa", act=open_first),
    Screen("citizens-person-edit", "/officer/people/", user="xa", act=open_first_edit),
    Screen("citizens-code", "/xac-nhan/", act=citizen.ask_code),
    Screen("citizens-code-wrong", "/xac-nhan/", act=citizen.ask_code_and_mistype),
    Screen("citizens-link-unknown", "/l/khong-co-duong-dan-nay/", status=404),
    Screen("repatriation-register", "/dang-ky/"),
    Screen("repatriation-register-wrong", "/dang-ky/", act=press_submit),
    Screen("repatriation-register-origin", "/dang-ky/", act=citizen.start),
    Screen("repatriation-register-origin-wrong", "/dang-ky/buoc/noi-dang-o/", act=press_submit),
    Screen("repatriation-register-home", "/dang-ky/buoc/noi-dang-o/", act=citizen.say_origin),
    Screen("repatriation-register-home-split", "/dang-ky/buoc/que-nha/", act=citizen.say_split_home),
    Screen("repatriation-campaigns-public", "/dot-don/"),
    Screen("repatriation-campaigns-public-one", "/dot-don/dot-demo/"),
    Screen("repatriation-register-person", "/dang-ky/buoc/que-nha/", act=citizen.say_home),
    Screen("repatriation-register-person-wrong", "/dang-ky/nguoi/them/", act=citizen.say_person_wrongly),
    Screen("repatriation-register-health", "/dang-ky/nguoi/them/", act=citizen.say_person),
    Screen("repatriation-register-family", "/dang-ky/buoc/gia-dinh/", act=citizen.say_health),
    Screen("repatriation-register-doses", "/dang-ky/buoc/gia-dinh/", act=citizen.say_half_a_test),
    Screen("repatriation-register-reasons", "/dang-ky/buoc/ly-do/"),
    Screen("repatriation-register-travel", "/dang-ky/buoc/ly-do/", act=citizen.say_reasons),
    Screen("repatriation-register-travel-wrong", "/dang-ky/buoc/ngay-di/", act=citizen.say_past_days),
    Screen("repatriation-register-relatives", "/dang-ky/buoc/dien-thoai/", act=citizen.say_for_relatives),
    Screen("repatriation-register-phone", "/dang-ky/buoc/ngay-di/", act=press_submit),
    Screen("repatriation-register-check", "/dang-ky/buoc/dien-thoai/", act=citizen.prove_phone),
    Screen("repatriation-register-done", "/dang-ky/buoc/kiem-tra/", act=press_submit),
    Screen("repatriation-register-later", "/dang-ky/", act=citizen.save_for_later),
    Screen("citizens-mine-empty", "/", act=citizen.behind("0903000001")),
    Screen("citizens-mine", "/", act=citizen.behind(WAITING)),
    Screen("repatriation-registration", "/", act=citizen.behind(WAITING, then="/cua-toi/dang-ky/")),
    Screen("repatriation-change", "/", act=behind_and(WAITING, citizen.open_change)),
    Screen("repatriation-change-check", "/", act=behind_and(WAITING, citizen.change_reasons)),
    Screen("repatriation-change-seated", "/", act=behind_and(OFFERED, citizen.change_home)),
    Screen("repatriation-offer", "/", act=open_offer),
    Screen("repatriation-wrong-phone", "/dang-ky/sai-so/"),
    Screen("repatriation-wrong-phone-wrong", "/dang-ky/sai-so/", act=press_submit),
    Screen("repatriation-wrong-phone-code", "/dang-ky/sai-so/", act=citizen.ask_for_another_phone),
    Screen("repatriation-wrong-phone-done", "/dang-ky/sai-so/", act=citizen.prove_another_phone),
    Screen("repatriation-phone-corrections", "/officer/phone-corrections/", user="xa"),
    Screen("repatriation-phone-corrections-none", "/officer/phone-corrections/?q=khongco", user="xa"),
    Screen("repatriation-phone-correction", "/officer/phone-corrections/", user="xa", act=open_first),
    Screen("repatriation-phone-refuse-wrong", "/officer/phone-corrections/", user="xa", act=refuse_phone),
    Screen("repatriation-callers", "/officer/callers/", user="tongdai"),
    Screen("repatriation-callers-found", "/officer/callers/", user="tongdai", act=look_up(WAITING)),
    Screen("repatriation-callers-offered", "/officer/callers/", user="tongdai", act=look_up(OFFERED)),
    Screen("repatriation-callers-nobody", "/officer/callers/", user="tongdai", act=look_up("0909000111")),
    Screen("repatriation-callers-misread", "/officer/callers/", user="tongdai", act=look_up("TN-Y69DV-7")),
    Screen("repatriation-callers-phone-wrong", "/officer/callers/", user="tongdai", act=send_no_other_phone),
    Screen("repatriation-callers-wrong", "/officer/callers/", user="tongdai", act=press_submit),
    Screen("repatriation-entry", "/officer/registrations/new/", user="tongdai"),
    Screen("repatriation-entry-wrong", "/officer/registrations/new/", user="tongdai", act=press_submit),
    Screen("repatriation-entry-odd", "/officer/registrations/new/", user="tongdai", act=send_odd_number),
    Screen(
        "repatriation-entry-mine",
        "/officer/registrations/mine/?status=waiting",
        user="donghuong",
        act=open_first,
    ),
    Screen("repatriation-entries", "/officer/registrations/mine/", user="donghuong"),
    Screen("repatriation-entries-none", "/officer/registrations/mine/?q=khongco", user="donghuong"),
    Screen("repatriation-queue", "/officer/queue/", user="dieuphoi"),
    Screen("repatriation-queue-places", "/officer/queue/places/", user="dieuphoi"),
    Screen("repatriation-family", "/officer/queue/", user="dieuphoi", act=open_first),
    Screen("repatriation-campaigns", "/officer/campaigns/", user="dieuphoi"),
    Screen("repatriation-campaigns-nothing", "/officer/campaigns/?q=khongco", user="dieuphoi"),
    Screen("repatriation-campaigns-edit", "/officer/campaigns/", user="dieuphoi", act=open_first),
    Screen("repatriation-campaigns-add-wrong", "/officer/campaigns/new/", user="dieuphoi", act=press_submit),
    Screen("repatriation-screening", "/officer/screening/", user="xa"),
    Screen("repatriation-screening-nothing", "/officer/screening/?q=khongco", user="xa"),
    Screen("repatriation-screening-family", "/officer/screening/?status=pending", user="xa", act=open_first),
    Screen(
        "repatriation-screening-family-wrong",
        "/officer/screening/?status=asked",
        user="xa",
        act=refuse_without_reason,
    ),
    Screen(
        "repatriation-screening-settle",
        "/officer/screening/?status=disputed",
        user="dieuphoi",
        act=open_first,
    ),
    Screen("repatriation-screening-question", "/", act=open_question),
    Screen("repatriation-screening-question-wrong", "/", act=send_no_answer),
    Screen("repatriation-trips", "/officer/trips/", user="dieuphoi"),
    Screen("repatriation-trip", "/officer/trips/", user="dieuphoi", act=open_first),
    Screen("repatriation-trip-add-preview", "/officer/trips/new/", user="dieuphoi", act=trips.preview_one),
    Screen("repatriation-trip-add-wrong", "/officer/trips/new/", user="dieuphoi", act=press_submit),
    Screen("repatriation-trip-filled", trips.filled, user="dieuphoi"),
    Screen("repatriation-trip-phone", trips.filled, user="dieuphoi", act=trips.show_phone),
    Screen("repatriation-trip-passed", trips.passed, user="dieuphoi"),
    Screen("repatriation-trip-passed-nothing", trips.passed_nobody, user="dieuphoi"),
    Screen("repatriation-trip-edit", trips.edited, user="dieuphoi"),
    Screen("repatriation-trip-move", trips.edited, user="dieuphoi", act=trips.move_a_day),
    Screen("repatriation-trip-closed", trips.closed, user="dieuphoi"),
    Screen("repatriation-asks-close", trips.filled, user="dieuphoi", act=press_to("/step/close/")),
    Screen("repatriation-asks-cancel", trips.filled, user="dieuphoi", act=trips.cancel),
    Screen("repatriation-asks-fill-wave", trips.wave, user="dieuphoi", act=press_to("/step/fill/")),
    Screen("accounts-asks-stop", "/officer/users/", user="quantri", act=stop_first),
    Screen("repatriation-family-alike", trips.alike, user="dieuphoi"),
    Screen("repatriation-wave", trips.wave, user="dieuphoi"),
    Screen("repatriation-wave-add-wrong", "/officer/waves/new/", user="dieuphoi", act=press_submit),
    Screen("repatriation-wave-preview", "/officer/waves/new/", user="dieuphoi", act=trips.preview),
    Screen("repatriation-intake", "/officer/intake/?only=limited", user="dieuphoi"),
    Screen("repatriation-intake-wrong", "/officer/intake/", user="dieuphoi", act=trips.send_no_limit),
    Screen("repatriation-intake-commune", "/officer/intake/", user="xa"),
    Screen("repatriation-intake-nothing", "/officer/intake/?q=khongco", user="dieuphoi"),
    Screen("repatriation-family-held", "/officer/queue/?held=on", user="dieuphoi", act=open_first),
    Screen("repatriation-family-by-hand-wrong", "/officer/queue/", user="dieuphoi", act=trips.send_no_reason),
    Screen("repatriation-checkpoint", "/officer/checkpoint/", user="chot"),
    Screen("repatriation-walk-in-wrong", "/officer/checkpoint/walk-in/", user="chot", act=press_submit),
    Screen("repatriation-checkpoint-card", "/officer/checkpoint/", user="chot", act=gate.open_card),
    Screen("repatriation-checkpoint-nobody", "/officer/checkpoint/", user="chot", act=gate.scan_nobody),
    Screen("repatriation-checkpoint-rubbish", "/officer/checkpoint/", user="chot", act=gate.scan_rubbish),
    Screen("repatriation-walk-in", "/officer/checkpoint/", user="chot", act=gate.scan_card),
    Screen("repatriation-bus", "/officer/checkpoint/", user="chot", act=gate.open_bus),
    Screen("repatriation-bus-asks", "/officer/checkpoint/", user="chot", act=gate.ask_for_bus),
    Screen("repatriation-staying", "/officer/checkpoint/staying/", user="chot"),
    Screen("repatriation-checkpoint-offline", "/officer/checkpoint/", user="chot", act=without_a_line),
    Screen("repatriation-offline-entries", "/officer/offline/entries/", user="chot"),
    Screen("repatriation-offline-entries-nothing", "/officer/offline/entries/?q=khongco", user="chot"),
    Screen("repatriation-offline-entry-wrong", "/officer/offline/entries/", user="chot", act=close_no_note),
    Screen("repatriation-arrivals", "/officer/arrivals/", user="chot"),
    Screen("repatriation-arrival", "/officer/arrivals/", user="chot", act=gate.open_correction),
    Screen("repatriation-board", "/officer/board/", user="chot"),
    Screen("repatriation-board-province", "/officer/board/", user="lanhdao"),
    Screen("repatriation-board-stale", "/officer/board/", user="dieuphoi", act=lose_the_line),
    Screen("repatriation-board-people", "/officer/board/waiting/", user="dieuphoi"),
    Screen("repatriation-board-expected", "/officer/board/expected/", user="chot"),
    Screen("repatriation-arrival-sheets", "/officer/arrivals/sheets/", user="chot"),
    Screen("repatriation-arrival-sheets-wrong", "/officer/arrivals/sheets/", user="chot", act=press_submit),
    Screen("repatriation-arrival-sheet", "/officer/arrivals/sheets/", user="chot", act=open_first),
    Screen("repatriation-handovers", "/officer/handovers/", user="xa"),
    Screen("repatriation-handovers-none", "/officer/handovers/?q=khong-co-ai", user="xa"),
    Screen("repatriation-handovers-all", "/officer/handovers/?status=all", user="dieuphoi"),
    Screen("repatriation-handovers-ticked", "/officer/handovers/", user="xa", act=tick_all),
    Screen("repatriation-handover", "/officer/handovers/", user="xa", act=open_first),
    Screen("repatriation-handover-asked", "/officer/handovers/", user="xa", act=accept_first),
    Screen(
        "repatriation-handover-refused", "/officer/handovers/?status=refused", user="dieuphoi", act=open_first
    ),
    Screen("repatriation-handover-error", "/officer/handovers/", user="xa", act=refuse_first),
    Screen("repatriation-handover-exceptions", "/officer/handovers/exceptions/", user="dieuphoi"),
    Screen(
        "repatriation-handover-exceptions-none", "/officer/handovers/exceptions/?q=khong-co-ai", user="xa"
    ),
    Screen("repatriation-transfer", transfer_path, user="xa"),
    Screen("repatriation-transfer-error", transfer_path, user="xa", act=press_submit),
    Screen("repatriation-transfers-refused", "/officer/today/?tab=transfers_refused", user="xa"),
    Screen("repatriation-home-late", "/officer/today/?tab=home_late", user="dieuphoi"),
    Screen("repatriation-manifests", "/officer/manifests/", user="dieuphoi"),
    Screen("repatriation-manifests-nothing", "/officer/manifests/?q=khong-co", user="theoxe"),
    Screen("repatriation-manifest", "/officer/manifests/?status=closed", user="dieuphoi", act=open_first),
    Screen("repatriation-manifest-commune", "/officer/manifests/?status=closed", user="xa", act=open_first),
    Screen("repatriation-boarding", "/officer/manifests/?status=closed", user="theoxe", act=board_one),
    Screen(
        "repatriation-boarding-nobody", "/officer/manifests/?status=closed", user="theoxe", act=scan_nobody
    ),
    Screen("repatriation-count", "/officer/manifests/?status=arrived", user="dieuphoi", act=open_count),
    Screen(
        "repatriation-count-nobody", "/officer/manifests/?status=arrived", user="dieuphoi", act=count_nobody
    ),
    Screen("repatriation-manifests-today", "/officer/today/?tab=manifests", user="xa"),
    Screen("reporting-today-coordinator", "/officer/today/", user="dieuphoi"),
    Screen("reporting-today-health", "/officer/today/", user="yte"),
    Screen("quarantine-report", "/", act=citizen.behind(AT_HOME, "/khai-bao/")),
    Screen("quarantine-results", "/", act=citizen.behind(AT_HOME, "/ket-qua/")),
    Screen("quarantine-result-add", "/officer/people/", user="xa", act=open_result_form),
    Screen("quarantine-dose-add-wrong", "/officer/people/", user="xa", act=send_empty_dose),
    Screen("quarantine-verify", certificate_address),
    Screen("quarantine-verify-unknown", "/xac-minh/TN-0000-0/", status=404),
    Screen("quarantine-orders", "/officer/quarantine/", user="xa"),
    Screen("quarantine-order", "/officer/quarantine/", user="xa", act=open_first),
    Screen("quarantine-facility", "/officer/quarantine/facility/", user="coso"),
    Screen("quarantine-facility-beds-wrong", facility_beds, user="coso", act=send_no_beds),
    Screen("quarantine-alerts", "/officer/quarantine/alerts/", user="yte"),
    Screen("quarantine-alerts-nothing", "/officer/quarantine/alerts/?q=khong-co", user="yte"),
    Screen("quarantine-alert", "/officer/quarantine/alerts/", user="yte", act=open_first),
    Screen("quarantine-alert-wrong", "/officer/quarantine/alerts/", user="yte", act=settle_without_note),
    Screen("quarantine-stay-name", "/officer/today/?tab=stays_to_name", user="yte", act=open_naming),
    Screen("quarantine-stay-name-wrong", "/officer/today/?tab=stays_to_name", user="yte", act=name_nothing),
    Screen("quarantine-today-to-name", "/officer/today/?tab=stays_to_name", user="dieuphoi"),
    Screen("quarantine-protocols", "/officer/quarantine/protocols/", user="yte"),
    Screen("appointments-start", "/dat-lich/"),
    Screen("appointments-start-wrong", "/dat-lich/", act=press_submit),
    Screen("appointments-time", "/dat-lich/", act=choose_procedure),
    Screen("appointments-details", "/dat-lich/", act=choose_time),
    Screen("appointments-details-wrong", "/dat-lich/", act=send_no_details),
    Screen("appointments-day", "/officer/appointments/", user="motcua"),
    Screen("appointments-day-nothing", "/officer/appointments/?q=khongco", user="motcua"),
    Screen("appointments-booking", "/officer/appointments/?day=&q=nguyen", user="motcua", act=open_first),
    Screen("repatriation-imports", "/officer/imports/", user="dieuphoi"),
    Screen("repatriation-imports-nothing", "/officer/imports/?q=khongco", user="dieuphoi"),
    Screen("repatriation-import-add", "/officer/imports/new/", user="dieuphoi"),
    Screen("repatriation-import-add-wrong", "/officer/imports/new/", user="dieuphoi", act=send_wrong_list),
    Screen("repatriation-import-errors", import_of("checked"), user="dieuphoi"),
    Screen("repatriation-import-committed", import_of("committed"), user="dieuphoi"),
    Screen("repatriation-rules", "/officer/rules/", user="dieuphoi"),
    Screen("repatriation-rule-set", rules_in_work, user="dieuphoi2"),
    Screen("repatriation-rules-edit-wrong", "/officer/rules/", user="dieuphoi2", act=send_wrong_rules),
]
