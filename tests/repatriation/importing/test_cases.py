"""Lists that went wrong in use, each with its right value. All people in them are invented."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from repatriation.importing import words
from repatriation.models import Campaign, ImportBatch
from tests.repatriation.world.families import coordinator
from tests.repatriation.world.lists import checked, faults, remarks

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"


@pytest.fixture
def officer(places: SimpleNamespace) -> User:
    return coordinator(places.home)


@pytest.fixture
def case(campaign: Campaign, officer: User) -> Any:
    """Check a file; each of its rows is taken, refused, waits for its family, or was left out with a reason."""

    def read(name: str) -> ImportBatch:
        batch = checked(campaign, officer, content=(CASES / name).read_bytes(), name=name)
        if batch.status == ImportBatch.Status.CHECKED:
            verdicts = list(batch.lines.values_list("verdict", flat=True))
            assert batch.rows == len(verdicts)
            for line in batch.lines.all():
                assert all(text["text"] for text in words.faults_of(line))
        return batch

    return read


def values(batch: ImportBatch, key: str) -> list[Any]:
    return [line.values.get(key) for line in batch.lines.order_by("number")]


def sentences(batch: ImportBatch, number: int) -> str:
    return " ".join(one["text"] for one in words.faults_of(batch.lines.get(number=number)))


def test_02_whole_numbers_written_as_decimals(case: Any) -> None:
    batch = case("02_decimals.csv")
    assert values(batch, "birth") == ["1955", "12/03/2019", "1983"]
    assert values(batch, "identity") == ["072155001234", None, "290123456"]
    assert values(batch, "family") == ["1", "1", "2"]
    assert (batch.families, batch.families_good, faults(batch)) == (2, 2, {})
    assert remarks(batch) == {2: ["zeros"]}


def test_03_seconds_before_midnight(case: Any) -> None:
    assert values(case("03_before_midnight.xlsx"), "birth") == ["05/10/1989", "01/01/1984", "05/10/1989"]


def test_04_a_year_in_a_cell_for_dates(case: Any) -> None:
    batch = case("04_year_in_date_cell.xlsx")
    assert values(batch, "birth") == ["1955", "1948", "2019", "1955"]
    assert remarks(batch) == {number: ["day_was_year"] for number in (2, 3, 4, 5)}
    assert "08/05/1905" in sentences(batch, 2)
    assert "năm 1955" in sentences(batch, 2)


def test_05_numbers_that_are_no_counts_of_days(case: Any) -> None:
    batch = case("05_short_numbers.csv")
    assert faults(batch) == {2: ["birth_old"], 3: ["day_number"], 4: ["day_number"], 5: ["day_number"]}
    assert batch.families_good == 0
    assert "31285" in sentences(batch, 3)


def test_06_names_that_differ_by_marks_are_two_people(case: Any) -> None:
    batch = case("06_twins.csv")
    assert (batch.people_good, faults(batch)) == (3, {})
    assert remarks(batch) == {4: ["maybe_twice"]}


def test_06b_numbers_that_differ_are_two_people(case: Any) -> None:
    batch = case("06b_twins_numbers.csv")
    assert (batch.people_good, faults(batch), remarks(batch)) == (3, {}, {})


def test_07_a_formula_that_is_nothing_but_a_text(case: Any) -> None:
    batch = case("07_equals_quotes.csv")
    assert (values(batch, "identity"), values(batch, "phone")) == (["072179001234"], ["+84903100061"])
    assert faults(batch) == {}


def test_08_signs_that_nobody_sees(case: Any) -> None:
    batch = case("08_invisible.csv")
    assert values(batch, "full_name") == ["Trần Thị Mận", "Lê Văn Ổi", "Võ Thị Xoài"]
    assert values(batch, "identity") == ["072179001234", None, None]
    assert values(batch, "phone") == ["+84903100071", "+84903100072", "+84903100073"]
    assert values(batch, "birth") == ["1979", "12/03/1981", "1983"]
    assert (faults(batch), batch.families_good) == ({}, 3)


def test_09b_semicolons_with_many_commas(case: Any) -> None:
    batch = case("09b_semicolons_with_commas.csv")
    assert (batch.layout["separator"], batch.families_good) == (";", 4)
    assert "quận Gò Vấp" in values(batch, "origin_address")[0]


LETTERS = ["Nguyễn Thị Mận", "Lê Văn Ổi", "Trần Thị Bưởi"]


@pytest.mark.parametrize(
    "name",
    [
        "10c_vni_whole.xlsx",
        "10d_vni_only_names.xlsx",
        "10e_mojibake_whole.xlsx",
        "10f_mojibake_only_names.xlsx",
    ],
)
def test_10_letters_that_are_certain_are_mended(name: str, case: Any) -> None:
    batch = case(name)
    assert values(batch, "full_name") == LETTERS
    assert values(batch, "sex") == ["female", "male", "female"]
    assert (faults(batch), batch.families_good) == ({}, 3)


def test_10g_lost_letters_are_refused(case: Any) -> None:
    batch = case("10g_lost_letters.xlsx")
    assert faults(batch) == {number: ["name_broken"] for number in (2, 3, 4)}


def test_10h_a_name_with_replacement_signs_is_refused_and_the_others_are_not(case: Any) -> None:
    batch = case("10h_replacement_signs.xlsx")
    assert faults(batch) == {2: ["name_broken"]}
    assert values(batch, "full_name")[1:] == LETTERS[1:]


def test_11_passports_as_in_the_form(case: Any) -> None:
    batch = case("11_passports.csv")
    assert values(batch, "identity") == ["M123A4567", "18AF12345", "N01234567", "C01X00T47"]
    assert (faults(batch), batch.families_good) == ({}, 4)


def test_12_an_official_form(case: Any) -> None:
    batch = case("12_official_form.xlsx")
    assert (faults(batch), batch.families, batch.families_good, batch.people_good) == ({}, 2, 2, 3)
    assert batch.layout["skipped"] == {"5": "column_numbers", "9": "end", "10": "end", "11": "end"}


def test_12_what_was_left_out_is_shown(case: Any, client: Client, officer: User) -> None:
    batch = case("12_official_form.xlsx")
    client.force_login(officer)
    page = client.get(reverse("repatriation:import_batch", args=[batch.pk])).content.decode()
    assert "Dòng đánh số cột, không phải người" in page
    assert "9, 10, 11" in page


def test_12b_columns_numbered_without_brackets(case: Any) -> None:
    batch = case("12b_plain_numbers.xlsx")
    assert (faults(batch), batch.families_good, batch.layout["skipped"]) == ({}, 2, {"2": "column_numbers"})


def test_14_days_that_an_american_excel_changed(case: Any) -> None:
    batch = case("14_swapped_days.xlsx")
    assert values(batch, "birth") == ["05/10/1989", "12/03/1990", "24/11/1984", "01/02/1975", "13/02/1990"]
    assert remarks(batch) == {number: ["day_swapped"] for number in (2, 3, 5)}
    assert "05/10/1989" in sentences(batch, 2)
    assert "10/05/1989" in sentences(batch, 2)


def test_15_a_workbook_that_counts_from_1904(case: Any) -> None:
    batch = case("15_1904.xlsx")
    assert values(batch, "birth") == ["05/10/1989", "05/10/1989"]
    assert remarks(batch) == {3: ["day_counted"]}


def test_16_old_phones_are_refused_with_the_new_number(case: Any) -> None:
    batch = case("16_old_phones.csv")
    assert faults(batch) == {number: ["phone_old"] for number in (2, 3, 4)}
    shown = [sentences(batch, number) for number in (2, 3, 4)]
    for new, sentence in zip(["0383 100 151", "0833 100 152", "0383 100 153"], shown, strict=True):
        assert new in sentence


def test_22b_a_quotation_mark_that_nobody_closed(case: Any) -> None:
    batch = case("22b_open_quote_in_address.csv")
    assert batch.status == ImportBatch.Status.FAILED
    assert batch.refusal == {"code": "open_quote", "params": {"line": 2}}
    assert "dòng 2" in batch.refusal_text


def test_23_a_heading_of_two_rows(case: Any) -> None:
    batch = case("23_two_row_heading.xlsx")
    assert values(batch, "birth") == ["1981", "1979"]
    assert values(batch, "sex") == ["male", "female"]
    assert (faults(batch), batch.families_good) == ({}, 2)


def test_25_days_in_the_american_order(case: Any) -> None:
    batch = case("25_american_order.csv")
    assert values(batch, "birth") == ["24/11/1984", "10/05/1989", "12/03/1990"]
    assert remarks(batch) == {2: ["day_month_first"], 3: ["day_swapped"], 4: ["day_swapped"]}
    assert "05/10/1989" in sentences(batch, 3)


def test_27_words_for_none(case: Any) -> None:
    batch = case("27_none_words.csv")
    assert values(batch, "identity") == [""] * 6
    assert (faults(batch), batch.families_good) == ({}, 6)
