import datetime as dt

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from portal.records.refusals import Refused
from quarantine.models import Protocol, TestResult, VaccinationDose
from quarantine.protocols.choosing import choose_protocol, months_before, protection_of, protocol_table

TODAY = dt.date(2026, 11, 23)


def dose(person, number, ago):
    return VaccinationDose.objects.create(
        person=person, number=number, vaccine="Pfizer", given_on=TODAY - dt.timedelta(days=ago)
    )


def result(person, outcome, ago):
    return TestResult.objects.create(
        person=person, kind="pcr", outcome=outcome, taken_on=TODAY - dt.timedelta(days=ago)
    )


def test_loading_twice_changes_nothing(world):
    before = list(Protocol.objects.order_by("pk").values())
    call_command("load_protocols", verbosity=0)
    assert list(Protocol.objects.order_by("pk").values()) == before
    assert len(before) == 20


@pytest.mark.parametrize(
    ("person_class", "protection", "on", "document", "mode", "days", "tests"),
    [
        ("returnee", "full", TODAY, "8399/BYT-MT", "self", 7, []),
        ("returnee", "partial", TODAY, "8399/BYT-MT", "home", 7, [1, 7]),
        ("returnee", "none", TODAY, "8399/BYT-MT", "home", 14, [1, 7, 14]),
        ("returnee", "none", dt.date(2021, 10, 5), "6386/BYT-MT", "home", 14, [1, 7, 14]),
        ("returnee", "none", dt.date(2021, 10, 6), "8399/BYT-MT", "home", 14, [1, 7, 14]),
        ("contact", "full", dt.date(2021, 12, 15), "5599/BYT-MT", "facility", 14, []),
        ("contact", "full", dt.date(2021, 12, 16), "10696/BYT-MT", "home", 7, [1, 7]),
        ("contact", "none", dt.date(2021, 12, 16), "5599/BYT-MT", "facility", 14, []),
        ("contact", "none", dt.date(2022, 2, 21), "762/BYT-DP", "home", 7, [7]),
        ("inbound", "full", dt.date(2021, 8, 4), "6288/BYT-MT", "facility", 7, [1, 7]),
        ("inbound", "full", dt.date(2022, 1, 1), "10688/BYT-MT", "home", 3, [1, 3]),
    ],
)
def test_the_row_in_force_on_the_day_is_chosen(
    world, person_class, protection, on, document, mode, days, tests
):
    row = choose_protocol(person_class, protection, on)
    assert (row.document, row.mode, row.days, row.test_days) == (document, mode, days, tests)


def test_a_day_before_every_rule_is_refused_with_a_sentence(world):
    with pytest.raises(Refused, match="Chưa có quy định"):
        choose_protocol("returnee", "none", dt.date(2020, 1, 1))


def test_a_new_row_changes_the_rule_without_code(world):
    Protocol.objects.create(
        document="1/BYT", issued_on=TODAY, effective_from=TODAY, person_class="returnee",
        protection="none", mode="self", days=3,
    )  # fmt: skip
    assert choose_protocol("returnee", "none", TODAY).days == 3
    assert choose_protocol("returnee", "none", TODAY - dt.timedelta(days=1)).days == 14
    applied = [row.document for row, used in protocol_table(TODAY) if used and row.person_class == "returnee"]
    assert sorted(applied) == ["1/BYT", "8399/BYT-MT", "8399/BYT-MT"]


@pytest.mark.parametrize(
    ("doses", "expected"),
    [([], "none"), ([30], "partial"), ([1], "partial"), ([60, 13], "partial"), ([60, 14], "full"),
     ([200, 60, 1], "full"), ([40, -1], "partial")],
)  # fmt: skip
def test_protection_by_doses(world, lan, doses, expected):
    for number, ago in enumerate(doses, start=1):
        dose(lan, number, ago)
    protected = protection_of(lan, TODAY)
    assert protected.protection == expected
    assert protected.why.vi.endswith(".")
    assert protected.why.en.endswith(".")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("positive", 30)], "none"),  # still ill, for all that is known
        ([("positive", 30), ("negative", 16)], "full"),
        ([("positive", 30), ("unclear", 16)], "none"),
        ([("positive", 300), ("negative", 280)], "none"),  # longer than six months ago
        ([("positive", 30), ("negative", 20), ("positive", 2)], "none"),  # ill again
        ([("negative", 3)], "none"),
    ],
)
def test_protection_by_recovery(world, lan, results, expected):
    for outcome, ago in results:
        result(lan, outcome, ago)
    assert protection_of(lan, TODAY).protection == expected


def test_the_sentence_is_vietnamese_for_an_officer_who_reads_english(world, lan):
    from django.utils import translation

    dose(lan, 1, 30)
    with translation.override("en"):
        assert protection_of(lan, TODAY).why.vi == "Mới tiêm một mũi, ngày 24/10/2026."


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 30))
def test_months_before_lands_in_the_month_so_many_earlier(day, months):
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before.day < day.day and (before + dt.timedelta(days=1)).day == 1)
