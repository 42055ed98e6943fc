"""The checkpoint with the line really cut: nothing is lost, nothing is doubled, nobody else reads it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import Member
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
WAIT = 60_000  # milliseconds: within a minute of the line's return everything is sent
PAGE = "/officer/checkpoint/"
RECORD = """async ([entries]) => {
    for (const entry of entries) await PortalOffline.recordEntry(entry);
}"""


def ready(gate: Visitor) -> None:
    """The page is installed on the device, and the list of today lies there."""
    gate.page.locator("[data-offline][data-installed='1'][data-taken='1']").wait_for(
        state="attached", timeout=WAIT
    )
    gate.page.wait_for_function("async () => !!(await navigator.serviceWorker.ready)", timeout=WAIT)


def cut(gate: Visitor) -> None:
    gate.quiet = True
    gate.context.set_offline(True)


def kept(gate: Visitor) -> None:
    """The page that the device keeps is open."""
    gate.page.locator("[data-checkpoint-shell][data-ready='1']").wait_for(timeout=WAIT)


def waits(gate: Visitor, entries: int) -> None:
    expect(gate.page.locator("[data-offline]")).to_have_attribute("data-waiting", str(entries), timeout=WAIT)


def scan(gate: Visitor, text: str) -> None:
    box = gate.page.locator("#scan")
    box.fill(text)
    box.press("Enter")


def record(gate: Visitor) -> None:
    gate.page.locator("[data-card-record]").wait_for()
    gate.page.wait_for_timeout(600)  # an Enter right after the scan would be the scanner's second one
    gate.page.locator("#scan").press("Enter")
    expect(gate.page.locator("#answer")).to_contain_text("Đã giữ trên máy", timeout=WAIT)


def expected_families(stack: LiveStack, number: int) -> list[tuple[str, int]]:
    """Codes and sizes of families on a closed list to the checkpoint of `chot`, whom nobody has recorded."""
    rows = stack.sql(
        """SELECT registration.code, registration.people FROM repatriation_registration AS registration
           JOIN repatriation_offer AS offer ON offer.registration_id = registration.id
           JOIN repatriation_trip AS trip ON trip.id = offer.trip_id
           JOIN places_place AS gateway ON gateway.id = trip.gateway_id
           WHERE gateway.code = 'cp-suoi-sau' AND offer.status = 'confirmed' AND trip.status = 'closed'
           ORDER BY registration.id LIMIT %s""",
        number,
    )
    assert len(rows) == number, "the demo has too few families on closed lists"
    stack.sql(
        """UPDATE repatriation_trip SET departs_at = now() + interval '1 hour' WHERE status = 'closed'
           AND gateway_id = (SELECT id FROM places_place WHERE code = 'cp-suoi-sau')"""
    )
    return [(code, people) for code, people in rows]


def strangers(stack: LiveStack, entries: int, people: int) -> list[dict[str, Any]]:
    """Entries of people without a registration, as the page's own form gives them."""
    ((commune,),) = stack.sql("SELECT id FROM places_place WHERE code = '25711' AND kind = 'commune'")
    made = []
    for number in range(entries):
        members = [
            family.member(family.name(), dt.date(1960 + number % 40, 1 + index, 3), "Nam")
            for index in range(people)
        ]
        fields = [["destination", str(commune)], ["address", "Ấp 1"], ["rapid_test", "none"]]
        fields += [["form-TOTAL_FORMS", "4"], ["form-INITIAL_FORMS", "0"]]
        for index, one in enumerate(members):
            fields += _person(index, one)
        made.append({"kind": "walk_in", "fields": fields, "names": [one.name for one in members]})
    return made


def _person(index: int, one: Member) -> list[list[str]]:
    return [
        [f"form-{index}-full_name", one.name],
        [f"form-{index}-birth", f"{one.born:%d/%m/%Y}"],
        [f"form-{index}-sex", "male"],
        [f"form-{index}-identity_number", one.identity],
    ]


def arrivals(stack: LiveStack) -> int:
    ((count,),) = stack.sql("SELECT count(*) FROM repatriation_arrival WHERE entered_at IS NOT NULL")
    return int(count)


def stored_text(gate: Visitor) -> str:
    """Everything that the browser keeps: the pages of its caches, the rows of its store."""
    found: str = gate.page.evaluate(
        """async () => {
            const texts = [JSON.stringify(localStorage)];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    texts.push(request.url);
                    if (!request.url.includes('/static/')) texts.push(await (await cache.match(request)).text());
                }
            }
            const db = await PortalOffline.store.open();
            for (const name of db.objectStoreNames) {
                const rows = await new Promise((resolve) => {
                    db.transaction(name).objectStore(name).getAll().onsuccess = (event) => resolve(event.target.result);
                });
                texts.push(JSON.stringify(rows, (_key, value) =>
                    value instanceof Uint8Array ? new TextDecoder().decode(value) : value));
            }
            return texts.join('\\n');
        }"""
    )
    return found


def answering(status: int, body: str) -> Callable[[Route], None]:
    """Answer every request so, as something between the tablet and the portal does."""
    return lambda route: route.fulfill(status=status, content_type="text/html", body=body)


def test_two_hundred_people_are_recorded_without_a_line_and_come_in_once(
    meet: Meet, live_stack: LiveStack
) -> None:
    (first, size), (second, _other_size) = expected_families(live_stack, 2)
    gate = meet("the checkpoint", size=DESK)
    with step("the checkpoint's screen installs itself and takes the list along", gate):
        gate.sign_in("chot")
        gate.open(PAGE)
        ready(gate)
    with step("without a line it opens, finds a family and keeps what is recorded", gate):
        cut(gate)
        gate.page.reload()
        kept(gate)
        gate.look()
        scan(gate, first)
        expect(gate.page.locator("[data-card-record]")).to_contain_text(f"Ghi nhận {size} người đến")
        gate.look()
        record(gate)
        scan(gate, first)
        expect(gate.page.locator("#answer")).to_contain_text("Đã ghi từ trước")
        scan(gate, second)
        record(gate)
        waits(gate, 2)
    many = strangers(live_stack, 50, 4)
    with step("two hundred people without a registration are recorded", gate):
        gate.page.evaluate(RECORD, [many])
        waits(gate, 52)
        expect(gate.page.locator("[data-offline-waiting]")).to_contain_text("52 lượt chờ gửi, từ")
        expect(gate.page.locator("[data-shell-figures]")).to_contain_text("người chờ gửi")
    with step("a reload loses nothing, and nobody reads in the store who waits", gate):
        gate.page.reload()
        kept(gate)
        waits(gate, 52)
        text = stored_text(gate)
        assert "walk_in" in text
        for name in (many[0]["names"][0], many[49]["names"][3]):
            assert name not in text
    other = meet("another officer, elsewhere", size=DESK)
    with step("meanwhile somebody else records the second family", other):
        other.sign_in("chot")
        other.open(PAGE)
        other.enter("Quét mã, hoặc gõ mã đăng ký", second)
        other.enter("Quét mã, hoặc gõ mã đăng ký", "")
        other.sees("Đã ghi nhận")
    with step("the line returns, and the server dies in the midst of sending", gate):
        gate.context.set_offline(False)
        live_stack.wait_until(lambda: arrivals(live_stack) >= 60, seconds=60, what="a part has come in")
        live_stack.kill("web")
    with step("the sign-in ends meanwhile: the screen says so, and nothing is lost", gate):
        gate.context.clear_cookies(name="sessionid")
        live_stack.start_child("web")
        expect(gate.page.locator("[data-offline-session]")).to_contain_text("đăng nhập lại", timeout=WAIT)
        left = int(gate.page.locator("[data-offline]").get_attribute("data-waiting") or 0)
        assert 0 < left <= 52
    with step("after signing in everything goes out by itself", gate):
        gate.sign_in("chot")
        gate.open(PAGE)
        waits(gate, 0)
        live_stack.wait_until(lambda: arrivals(live_stack) == 200 + size, seconds=60, what="all have come in")
        ((keys,),) = live_stack.sql(
            "SELECT count(DISTINCT client_key) FROM repatriation_arrival WHERE entered_at IS NOT NULL"
        )
        assert keys == 51
        numbers = [
            value for entry in many for name, value in entry["fields"] if name.endswith("identity_number")
        ]
        ((people,),) = live_stack.sql(
            """SELECT count(*) FROM repatriation_arrival JOIN citizens_person ON person_id = citizens_person.id
               WHERE identity_number = ANY (%s)""",
            numbers,
        )
        assert people == 200
    with step("the refused one is listed, on the device and at the checkpoint", gate):
        expect(gate.page.locator("[data-offline-refused]")).to_be_visible(timeout=WAIT)
        gate.quiet = False
        gate.open("/officer/offline/entries/")
        gate.sees(second, "Cần xử lý")
        row = gate.page.locator("main tbody tr").filter(has_text=second)
        gate.press_on(row.get_by_role("link"))
        gate.sees("Đã được ghi nhận lúc", "Đóng kèm ghi chú")
        gate.fill("Ghi chú", "Đồng nghiệp đã ghi")
        gate.press("Đóng kèm ghi chú")
        gate.sees("Đã đóng lượt này")
        gate.sees_not(second)


def test_the_next_officer_reads_nothing_and_sends_it_as_who_recorded_it(
    meet: Meet, live_stack: LiveStack
) -> None:
    ((code, size),) = expected_families(live_stack, 1)
    before = arrivals(live_stack)
    gate = meet("the checkpoint's tablet", size=DESK)
    with step("an officer records without a line", gate):
        gate.sign_in("chot")
        gate.open(PAGE)
        ready(gate)
        names = json.loads(gate.page.evaluate("async () => JSON.stringify(await PortalOffline.kit())"))[
            "families"
        ]
        cut(gate)
        gate.page.reload()
        kept(gate)
        scan(gate, code)
        record(gate)
    with step("signing out says first that something waits; then the list cannot be read any more", gate):
        gate.context.route("**/officer/offline/send/", lambda route: route.abort())
        gate.context.set_offline(False)
        gate.open("/officer/checkpoint/")
        gate.page.locator(".menu-user summary").click()
        gate.page.locator("form[data-leave] button").click()
        expect(gate.page.locator("#leave")).to_contain_text("Còn 1 lượt chờ gửi")
        with gate.page.expect_navigation(wait_until="load"):
            gate.page.locator("[data-leave-anyway]").click()
        assert not [one for one in gate.context.cookies() if one["name"] == "offline_key" and one["value"]]
    with step("without a line nobody opens a list on this tablet", gate):
        gate.context.set_offline(True)
        gate.page.goto(PAGE)
        kept(gate)
        expect(gate.page.locator("[data-shell-figures]")).to_contain_text("Danh sách trên máy đã khóa")
        expect(gate.page.locator("#scan")).to_be_hidden()
        text = stored_text(gate) + gate.page.content()
        for one in names:
            assert one["code"] not in text
            for person in one["people"]:
                assert person["name"] not in text
    with step("another officer signs in and reads how many wait, of whom, without names", gate):
        gate.context.set_offline(False)
        live_stack.sql(
            """INSERT INTO accounts_assignment (user_id, role, place_id, starts_on)
               SELECT (SELECT id FROM accounts_user WHERE username = 'xa-xem'), 'checkpoint', place_id, starts_on
               FROM accounts_assignment WHERE user_id = (SELECT id FROM accounts_user WHERE username = 'chot')"""
        )
        gate.sign_in("xa-xem")
        gate.open(PAGE)
        ((name,),) = live_stack.sql("SELECT full_name FROM accounts_user WHERE username = 'chot'")
        expect(gate.page.locator("[data-offline-notes]")).to_contain_text(
            f"1 lượt của cán bộ {name} đang chờ", timeout=WAIT
        )
    with step("it goes out as who recorded it; the log says who sent it", gate):
        gate.context.unroute("**/officer/offline/send/")
        waits(gate, 0)
        live_stack.wait_until(lambda: arrivals(live_stack) == before + size, what="the family has come in")
        rows = live_stack.sql(
            """SELECT recorder.username, sender.username FROM repatriation_offlineentry AS entry
               JOIN accounts_user AS recorder ON recorder.id = recorded_by_id
               JOIN accounts_user AS sender ON sender.id = sent_by_id WHERE entry.registration_code = %s""",
            code,
        )
        assert rows == [("chot", "xa-xem")]


def test_a_stranger_on_the_line_a_full_store_and_a_wrong_clock(meet: Meet, live_stack: LiveStack) -> None:
    one, two, three = strangers(live_stack, 3, 1)
    before = arrivals(live_stack)
    gate = meet("a tablet with troubles", size=DESK)
    with step("the tablet is installed", gate):
        gate.sign_in("chot")
        gate.open(PAGE)
        ready(gate)
        cut(gate)
        gate.page.reload()
        kept(gate)
    with step("a stranger's page that answers everything counts for nothing", gate):
        gate.page.evaluate(RECORD, [[one]])
        welcome = "<html><body>Chào mừng đến Wi-Fi miễn phí</body></html>"
        gate.context.route("**/officer/**", answering(200, welcome))
        gate.context.set_offline(False)
        gate.page.evaluate("PortalOffline.line.flush()")
        expect(gate.page.locator("[data-offline-text]")).to_contain_text(
            "Không có đường tới cổng", timeout=WAIT
        )
        waits(gate, 1)
        assert "Chào mừng" not in stored_text(gate)
    with step("a busy, failing or refusing server leaves everything where it is", gate):
        for status in (403, 429, 500, 502):
            gate.context.unroute("**/officer/**")
            gate.context.route("**/officer/**", answering(status, "no"))
            gate.page.evaluate("PortalOffline.line.flush()")
            waits(gate, 1)
    with step("a store that is full says so at the press, and keeps what it has", gate):
        gate.page.evaluate(
            """() => {
                window.realAdd = IDBObjectStore.prototype.add;
                IDBObjectStore.prototype.add = () => {
                    throw new DOMException('no room', 'QuotaExceededError');
                };
            }"""
        )
        gate.page.evaluate("([entry]) => PortalOffline.recordEntry(entry).catch(() => {})", [two])
        expect(gate.page.locator("#answer")).to_contain_text("CHƯA GIỮ ĐƯỢC")
        waits(gate, 1)
        gate.page.evaluate("() => { IDBObjectStore.prototype.add = window.realAdd; }")
    with step("two tabs have the same queue; when the line returns each entry goes out once", gate):
        gate.page.evaluate(RECORD, [[three]])
        waits(gate, 2)
        tab = gate.context.new_page()
        tab.goto(PAGE)
        tab.locator("[data-checkpoint-shell][data-ready='1']").wait_for(timeout=WAIT)
        gate.context.unroute("**/officer/**")
        for page in (gate.page, tab):
            page.evaluate("PortalOffline.line.flush()")
        for page in (gate.page, tab):
            expect(page.locator("[data-offline]")).to_have_attribute("data-waiting", "0", timeout=WAIT)
        live_stack.wait_until(lambda: arrivals(live_stack) == before + 2, what="both have come in")
        tab.close()
    with step("a clock that went back is said, and both times are kept", gate):
        four = strangers(live_stack, 1, 1)
        gate.context.set_offline(True)
        gate.page.evaluate("() => { Date.now = () => 432000; }")
        gate.page.evaluate(RECORD, [four])
        expect(gate.page.locator("[data-offline-notes]")).to_contain_text(
            "Đồng hồ của máy này sai", timeout=WAIT
        )
        gate.context.set_offline(False)
        waits(gate, 0)
        rows = live_stack.sql(
            "SELECT at > now() - interval '10 minutes' FROM repatriation_arrival WHERE entered_at < '1971-01-01'"
        )
        assert rows == [(True,)]


OLD_STORE = """async ([entry]) => {
    await new Promise((resolve) => { indexedDB.deleteDatabase('portal-offline').onsuccess = resolve; });
    window.held = await new Promise((resolve) => {
        const request = indexedDB.open('portal-offline', 1);
        request.onupgradeneeded = () => {
            request.result.createObjectStore('entries', { keyPath: 'id', autoIncrement: true });
            request.result.createObjectStore('facts');
        };
        request.onsuccess = () => resolve(request.result);
    });
    await new Promise((resolve) => {
        const work = window.held.transaction('entries', 'readwrite');
        work.objectStore('entries').add(entry);
        work.oncomplete = resolve;
    });
}"""
SEALED = """async ([entry]) => {
    const kit = await PortalOffline.kit();
    const key = crypto.randomUUID();
    const content = { ...entry, place: kit.place.id, at: Date.now(), recorder: kit.recorder };
    const sealed = await PortalOffline.crypto.seal(kit.key.public, content, `${key}:9`);
    const { id, name } = kit.user;
    return { key, sequence: 9, key_id: kit.key.id, sealed, place: kit.place.id, at: content.at, user: id, officer: name };
}"""


def test_entries_of_an_older_version_are_read_and_sent_while_an_old_tab_holds_the_store(
    meet: Meet, live_stack: LiveStack
) -> None:
    (entry,) = strangers(live_stack, 1, 1)
    before = arrivals(live_stack)
    gate = meet("a tablet with an old tab", size=DESK)
    with step("last week's version wrote an entry in its shape, and its tab is still open", gate):
        gate.sign_in("chot")
        gate.open(PAGE)
        ready(gate)
        sealed = gate.page.evaluate(SEALED, [entry])
        gate.open("/officer/arrivals/")
        gate.page.evaluate(OLD_STORE, [sealed])
    with step("the new tab says which tab to close, then sends it", gate):
        tab = gate.context.new_page()
        tab.goto(live_stack.base_url + PAGE)
        expect(tab.locator("[data-offline-text]")).to_contain_text("thẻ cũ", timeout=WAIT)
        gate.page.evaluate("window.held.close()")
        expect(tab.locator("[data-offline]")).to_have_attribute("data-waiting", "0", timeout=WAIT)
        live_stack.wait_until(lambda: arrivals(live_stack) == before + 1, what="the old entry has come in")
        expect(tab.locator("[data-offline-text]")).not_to_contain_text("thẻ cũ")
        tab.close()
