"""What goes wrong on real days: servers that end, lines that send twice, people who press twice or too late."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import redis

from portal.accounts.demo import PASSWORD
from tests.journeys import checkpoint, family
from tests.journeys.conftest import Meet
from tests.journeys.family import today
from tests.journeys.steps import step
from tests.journeys.trip import plan_and_fill
from tests.journeys.visitor import DESK, at_once
from tests.live import LiveStack

pytestmark = pytest.mark.journey
SLOWEST_PAGE = 4.0  # seconds on a busy machine; a page that waited for the broker took many more


@pytest.fixture
def stack(live_stack: LiveStack) -> Iterator[LiveStack]:
    """The portal, and everything of it running again afterwards."""
    yield live_stack
    if live_stack.broker is None or live_stack.broker.poll() is not None:
        live_stack.start_broker()
    worker = live_stack.children["worker"].process
    if worker is None or worker.poll() is not None:
        live_stack.start_child("worker")
    live_stack.wait_until(live_stack.healthy, seconds=60, what="all is well again")


def test_a_worker_killed_with_messages_waiting_loses_and_doubles_none(meet: Meet, stack: LiveStack) -> None:
    home = family.one_person(stack)
    parent = meet("the family")
    with step("a family waits", parent):
        family.register(parent, home)
        home.phone.wait_for("registered")
    coordinator = meet("the coordinator", size=DESK)
    with step("the worker dies, and a trip is filled", coordinator):
        coordinator.sign_in("dieuphoi")
        stack.kill("worker")
        (newest,) = stack.sql("SELECT max(id) FROM notifications_message")[0]
        plan_and_fill(coordinator)
    with step("every family's offer waits, and one was being sent when the worker died"):
        waiting = [row[0] for row in stack.sql("SELECT id FROM notifications_message WHERE id > %s", newest)]
        assert home.phone.messages("offer")[0].id in waiting
        assert all(status == "queued" for status, _tries in fates(stack, waiting))
        stack.sql(
            """UPDATE notifications_message SET status = 'sending', attempts = 1,
               claimed_at = now() - interval '3 minutes' WHERE id = %s""",
            waiting[0],
        )
    with step("sweeps pile up, each of which will hand every message out again"):
        stack.wait_until(lambda: queued_tasks(stack) >= len(waiting) + 2, seconds=40, what="sweeps wait, too")
    with step("a worker starts, and each is delivered once"):
        stack.start_child("worker")
        stack.wait_until(
            lambda: all(status == "delivered" for status, _tries in fates(stack, waiting)),
            seconds=60,
            what="every message is delivered",
        )
        stack.wait_until(lambda: queued_tasks(stack) == 0, seconds=30, what="no task is left")
        assert [tries for _status, tries in fates(stack, waiting)] == [1] * len(waiting)
        log = (stack.logs / "worker.log").read_text("utf-8", "replace")
        handed_over = [len(re.findall(rf"\[message {number}\]", log)) for number in waiting]
        assert handed_over == [1] * len(waiting)


def test_families_register_while_the_broker_is_down_and_are_told_when_it_returns(
    meet: Meet, stack: LiveStack
) -> None:
    ready, new = family.one_person(stack), family.one_person(stack)
    first, second = meet("the family at its last page"), meet("the family at its first page")
    with step("one family has proved its phone", first):
        family.begin(first)
        family.say_where(first, ready)
        family.say_who(first, ready)
        family.say_why(first, ready)
        family.prove_phone(first, ready)
    stack.stop_broker()
    with step("without the broker it sends its registration and gets its code", first):
        family.submit(first, ready)
        first.sees("Thứ tự hiện tại")
    with step("another one begins, as far as the code that must come by message", second):
        family.begin(second)
        family.say_where(second, new)
        family.say_who(second, new)
        family.say_why(second, new)
        family.ask_code(second, new)
    with step("no page made them wait; nothing was sent, nothing lost"):
        assert max(first.waited + second.waited) < SLOWEST_PAGE
        assert [one.status for one in ready.phone.messages("registered")] == ["queued"]
        assert [one.status for one in new.phone.messages("one_time_code")] == ["queued"]
    with step("the broker returns, and with it the messages"):
        stack.start_broker()
        ready.phone.wait_for("registered")
        code = new.phone.code()
    with step("the other family finishes", second):
        second.fill("Mã 6 số", code)
        second.press("Xác nhận")
        family.submit(second, new)
        new.phone.wait_for("registered")
    for home in (ready, new):
        assert [one.attempts for one in home.phone.messages()] == [1, 1]


def test_a_code_asked_twice_and_a_registration_sent_twice_count_once(meet: Meet, stack: LiveStack) -> None:
    home = family.one_person(stack)
    parent = meet("the family")
    with step("the family asks for its code, and at once for another", parent):
        family.begin(parent)
        family.say_where(parent, home)
        family.say_who(parent, home)
        family.say_why(parent, home)
        family.ask_code(parent, home)
        parent.press("Gửi lại mã")
        parent.sees("Mã vừa được gửi. Vui lòng chờ nửa phút")
        code = home.phone.code()
        assert len(home.phone.messages("one_time_code")) == 1
    with step("the code is used, and sent once more", parent):
        parent.fill("Mã 6 số", code)
        parent.press("Xác nhận")
        assert parent.last_sent is not None
        assert "Kiểm tra lại trước khi gửi" in parent.last_sent.again()
    with step("the registration is sent twice at once, and pressed twice after that", parent):
        last_page = parent.form("Gửi đăng ký")
        answers = at_once(last_page, last_page)
        assert all("Đã nhận đăng ký của gia đình" in answer for answer in answers)
        parent.page.reload()
        parent.look()
        family.take_code(parent, home)
        assert "Đã nhận đăng ký của gia đình" in last_page.again()
    with step("there is one registration, and one message of it"):
        home.phone.wait_for("registered")
        assert [one.kind for one in home.phone.messages()] == ["one_time_code", "registered"]
        rows = stack.sql(
            "SELECT status FROM repatriation_registration WHERE phone = %s", home.phone.international
        )
        assert rows == [("waiting",)]


def test_a_link_used_twice_and_links_past_their_time_say_what_to_do(meet: Meet, stack: LiveStack) -> None:
    quick, slow = family.one_person(stack), family.one_person(stack)
    mother, father = meet("the mother"), meet("the father, by the same link")
    late = meet("the family that answers too late")
    with step("two families wait and are offered seats", mother, late):
        family.register(mother, quick)
        family.register(late, slow)
        coordinator = meet("the coordinator", size=DESK)
        coordinator.sign_in("dieuphoi")
        plan_and_fill(coordinator)
        link, late_link = quick.phone.wait_for("offer").link, slow.phone.wait_for("offer").link
    with step("both parents open the link and press", mother, father):
        mother.open(link)
        father.open(link)
        mother.press("Nhận chỗ")
        father.press("Nhận chỗ")
        for parent in (mother, father):
            parent.sees("Thẻ lên xe", quick.code)
        quick.phone.wait_for("offer_confirmed")
        assert len(quick.phone.messages("offer_confirmed")) == 1
    with step("who opens the offer after its time reads that the place in the queue is kept", late):
        late.open(late_link)
        answer = late.form("Nhận chỗ")
        stack.sql(
            """UPDATE repatriation_offer SET deadline = now() - interval '1 minute' WHERE registration_id =
               (SELECT id FROM repatriation_registration WHERE code = %s)""",
            slow.code,
        )
        assert "Thẻ lên xe" not in answer.again()
        late.open(late_link)
        late.sees("Đã quá giờ trả lời", "vẫn ở trong hàng chờ")
        assert late.control("Nhận chỗ").count() == 0
        slow.phone.wait_for("offer_lapsed")
    with step("a link past its time, and one that was cut off, lead on", mother):
        stack.sql(
            "UPDATE citizens_secretlink SET expires_at = now() - interval '1 day' WHERE phone = %s",
            quick.phone.international,
        )
        mother.open(link, status=410)
        mother.sees("Đường dẫn này đã hết hạn", "Thông tin của anh/chị vẫn còn nguyên")
        mother.open(link.rstrip("/")[:-4] + "/", status=404)
        mother.sees("Đường dẫn này không đúng")
        mother.press("Xem bằng số điện thoại")
        mother.sees("Gia đình", quick.code)


def test_an_arrival_sent_twice_and_two_officers_who_accept_at_once_count_once(
    meet: Meet, stack: LiveStack
) -> None:
    traveller = family.member(family.name(), dt.date(today().year - 26, 2, 14), "Nữ")
    gate = meet("the checkpoint", size=DESK)
    with step("the bad line of the checkpoint sends the form twice", gate):
        gate.sign_in("chot")
        checkpoint.enter_walk_in(gate, traveller, ("hung thuan", "Xã Hưng Thuận"))
        assert gate.last_sent is not None
        # Both ask with one session at one moment, so one page may show the sentence of both.
        answers = " ".join(at_once(gate.last_sent, gate.last_sent))
        assert "Phiếu này đã được ghi nhận trước đó. Không có gì thay đổi." in answers
        assert count_of(stack, "repatriation_arrival", traveller.name) == 1
        assert count_of(stack, "repatriation_handover", traveller.name) == 1
    stack.manage("shell", "-c", SECOND_OFFICER)
    one, other = meet("one officer", size=DESK), meet("another officer", size=DESK)
    with step("two officers of the commune accept at once", one, other):
        forms = []
        for officer, username in ((one, "xa"), (other, "xa-hai")):
            officer.sign_in(username)
            officer.open("/officer/today/?tab=handovers")
            officer.press(traveller.name, within=officer.section(traveller.name))
            officer.press("Tiếp nhận 1 người")
            forms.append(officer.form("Tiếp nhận"))
        answers = at_once(*forms)
        accepted = [f"Đã tiếp nhận {traveller.name} (1 người)." in answer for answer in answers]
        told = ["tiếp nhận lúc" in answer for answer in answers]
        assert sorted(accepted) == [False, True]
        assert told == [not yes for yes in accepted], "the slower one reads who was faster"
    with step("the person has one order"):
        assert count_of(stack, "quarantine_order", traveller.name) == 1


# --- Parts of the stories ------------------------------------------------------------------------

SECOND_OFFICER = f"""
from portal.accounts.models import Assignment, User
from portal.places.models import Place
if not User.objects.filter(username="xa-hai").exists():
    user = User.objects.create_user("xa-hai", "{PASSWORD}", full_name="Ngô Thị Cẩm Vân")
    first = Assignment.objects.get(user__username="xa")
    Assignment.objects.create(user=user, role=first.role, place=first.place)
"""


def fates(stack: LiveStack, messages: list[int]) -> list[tuple[str, int]]:
    """For each message its status and how many tries to hand it over were written down."""
    return stack.sql(
        """SELECT status, (SELECT count(*) FROM notifications_attempt WHERE message_id = message.id)::int
           FROM notifications_message AS message WHERE id = ANY(%s) ORDER BY id""",
        messages,
    )


def queued_tasks(stack: LiveStack) -> int:
    """How many tasks wait in the broker for a worker."""
    return int(redis.Redis.from_url(stack.environment["REDIS_URL"]).llen("celery"))


def count_of(stack: LiveStack, table: str, name: str) -> int:
    """Rows about the person of this name."""
    query = f"SELECT count(*) FROM {table} JOIN citizens_person AS person ON person_id = person.id WHERE full_name = %s"
    return int(stack.sql(query, name)[0][0])
