"""The draft of a registration: the answers so far, as stored in `Registration.draft`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from citizens.matching import Sameness, Traits, birth_compatible, name_tokens_key, sameness
from portal.ui.formats import parse_date, vn_date
from portal.ui.forms import Birth
from repatriation.models.declared import is_recent_positive
from repatriation.queue.predicates import AGE_OF_MAJORITY

MAX_PEOPLE = 15  # larger groups fit on no trip as one family; the hotline registers them
IDENTITY_AGE = 14  # years; the age from which everybody has an identity card
PREGNANCY_AGES = range(12, 56)
_YEAR = re.compile(r"[0-9]{4}")


def written(born: Birth) -> str:
    """Return the birth as in `PersonEntry.birth`: 24/11/1984, or the year alone."""
    return vn_date(born.date) if born.date else str(born.year)


def day_of(text: str) -> dt.date | None:
    """Return the date of a text like 2026-11-24; None for an empty text."""
    return dt.date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class PersonEntry:
    """One member as typed. `birth` is dd/mm/yyyy, or the year alone; numbers are normalised."""

    key: str
    full_name: str
    birth: str
    sex: str
    identity: str = ""
    old_identity: str = ""
    no_identity: bool = False
    health_told: bool = False
    is_pregnant: bool = False
    has_chronic_illness: bool = False
    has_disability: bool = False
    doses: int | None = None
    last_dose: str = ""  # declared dates are stored as 2026-11-24
    test_kind: str = ""
    tested: str = ""
    test_outcome: str = ""
    recovered: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    @property
    def born(self) -> Birth:
        if _YEAR.fullmatch(self.birth):
            return Birth(None, int(self.birth))
        day = parse_date(self.birth)
        return Birth(day, day.year)

    @property
    def traits(self) -> Traits:
        """Return what tells this person from another."""
        return Traits(self.full_name, self.born.date or self.born.year, self.identity, sex=self.sex)

    def age_in_months(self, on: dt.date | None = None) -> int:
        """Return whole months; a year alone counts from 1 January, the oldest possible age."""
        today, born = on or timezone.localdate(), self.born
        first = born.date or dt.date(born.year, 1, 1)
        return (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)

    def age(self, on: dt.date | None = None) -> int:
        return self.age_in_months(on) // 12

    def declared(self) -> dict[str, Any]:
        """Return declared doses and tests as columns of `Member`."""
        return {
            "doses": self.doses,
            "last_dose_on": day_of(self.last_dose),
            "test_kind": self.test_kind,
            "tested_on": day_of(self.tested),
            "test_outcome": self.test_outcome,
            "recovered_on": day_of(self.recovered),
        }

    @property
    def declares_positive(self) -> bool:
        return is_recent_positive(self.test_outcome, day_of(self.tested))

    @property
    def may_be_pregnant(self) -> bool:
        return self.sex == "female" and self.age() in PREGNANCY_AGES


@dataclass(frozen=True)
class Draft:
    """The answers of the whole form. `reasons` is None until the question is answered."""

    origin: int | None = None
    origin_address: str = ""
    home: int | None = None
    home_address: str = ""
    people: tuple[PersonEntry, ...] = ()
    people_told: bool = False  # the family said that these are all
    reasons: tuple[str, ...] | None = None
    phone: str = ""
    phone_confirmed: str = ""
    travel_from: str = ""  # 2026-11-24; empty: any day
    travel_until: str = ""
    travel_told: bool = False  # the page of travel days was sent, perhaps empty
    contact_name: str = ""  # the contact, who registers relatives and does not travel
    contact_relation: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        known = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        known["people"] = tuple(PersonEntry.from_json(person) for person in data.get("people", []))
        # A later answer came after it, in drafts that were begun before it was kept.
        known.setdefault("people_told", known.get("reasons") is not None)
        if known.get("reasons") is not None:
            known["reasons"] = tuple(known["reasons"])
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def phone_confirmed_at(self) -> dt.datetime | None:
        return parse_datetime(self.phone_confirmed) if self.phone_confirmed else None

    @property
    def travel_days(self) -> tuple[dt.date | None, dt.date | None]:
        """Return the first and the last day on which the family can travel; None means no limit."""
        return day_of(self.travel_from), day_of(self.travel_until)

    def missing(self, *, confirmed: bool = True) -> str:
        """Return the first question without an answer (`origin`, `home`, `people`, `reasons`, `phone`), or "".

        With `confirmed=False` the phone need not be proved by a code, as in an entry by an operator.
        """
        answered = {
            "origin": self.origin is not None,
            "home": self.home is not None,
            "people": bool(self.people) and all(person.health_told for person in self.people),
            "reasons": self.reasons is not None,
            "phone": bool(self.phone and (self.phone_confirmed or not confirmed)),
        }
        return next((question for question, has_answer in answered.items() if not has_answer), "")

    def person(self, key: str) -> PersonEntry | None:
        return next((person for person in self.people if person.key == key), None)

    def with_person(self, person: PersonEntry) -> Self:
        """Return the draft with the person in place of the one with the same key, else at the end."""
        if self.person(person.key) is None:
            return replace(self, people=(*self.people, person))._led_by_adult()
        people = tuple(person if one.key == person.key else one for one in self.people)
        return replace(self, people=people)

    def without_person(self, key: str) -> Self:
        """Return the draft without this person."""
        rest = replace(self, people=tuple(person for person in self.people if person.key != key))
        return rest if rest.people[:1] == self.people[:1] else rest._led_by_adult()

    def _led_by_adult(self) -> Self:
        """Return the draft with an adult as its head, where the family has one."""
        if not self.people or self.may_speak(self.people[0]):
            return self
        return self.with_first(next(person.key for person in self.people if person.age() >= AGE_OF_MAJORITY))

    @property
    def are_minors_alone(self) -> bool:
        return bool(self.people) and all(person.age() < AGE_OF_MAJORITY for person in self.people)

    def may_speak(self, person: PersonEntry) -> bool:
        """Return whether the person may speak for the family: an adult, or anybody where all are minors."""
        return person.age() >= AGE_OF_MAJORITY or self.are_minors_alone

    def compared(self, other: PersonEntry) -> Iterator[tuple[PersonEntry, Sameness]]:
        """Yield each entry under another key, and whether it is the same person as this one."""
        for person in self.people:
            if person.key != other.key:
                yield person, sameness(person.traits, other.traits)

    def namesake(self, other: PersonEntry) -> PersonEntry | None:
        """Return the entry of another person whose name differs by its marks alone, with a birth that can be one."""
        return next(
            (
                person
                for person, same in self.compared(other)
                if same == Sameness.TWO
                and name_tokens_key(person.full_name) == name_tokens_key(other.full_name)
                and birth_compatible(person.traits.birth, other.traits.birth)
            ),
            None,
        )

    def with_first(self, key: str) -> Self:
        """Return the draft with this person as head, who speaks for the family."""
        return replace(self, people=tuple(sorted(self.people, key=lambda person: person.key != key)))


DraftChange = Callable[[Draft], Draft]  # the effect of an answer on a draft
