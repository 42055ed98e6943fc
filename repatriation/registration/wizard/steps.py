"""The order of the questions and their addresses."""

from __future__ import annotations

from dataclasses import dataclass

from repatriation.registration.drafts import Draft
from repatriation.registration.wizard.forms import (
    FamilyPhoneForm,
    HomeForm,
    OriginForm,
    ReasonsForm,
    StepForm,
    TravelForm,
)

TOTAL = 8
CHECK = "kiem-tra"


@dataclass(frozen=True)
class Step:
    """One question: its number on the progress line, its address, its page and its form."""

    number: int
    slug: str
    question: str  # the name in `Draft.missing`
    template: str
    form: type[StepForm] | None = None


STEPS = (
    Step(2, "noi-dang-o", "origin", "repatriation/registration/step_origin.html", OriginForm),
    Step(3, "que-nha", "home", "repatriation/registration/step_home.html", HomeForm),
    Step(4, "gia-dinh", "people", "repatriation/registration/step_people.html"),
    Step(5, "ly-do", "reasons", "repatriation/registration/step_reasons.html", ReasonsForm),
    # Never missing: without an answer the family can travel on any day.
    Step(6, "ngay-di", "travel", "repatriation/registration/step_travel.html", TravelForm),
    Step(7, "dien-thoai", "phone", "repatriation/registration/step_phone.html", FamilyPhoneForm),
    Step(8, CHECK, "check", "repatriation/registration/step_check.html"),
)
BY_SLUG = {step.slug: step for step in STEPS}
BY_QUESTION = {step.question: step for step in STEPS}


def first_missing(draft: Draft) -> Step:
    """Return the first question that is not answered; of the people, that the family said that they are all, and
    of the travel days, that they were asked for. Else the check."""
    told = {"people": draft.people_told, "travel": draft.travel_told}
    open_steps = [BY_QUESTION[question] for question, is_told in told.items() if not is_told]
    return min([_first_unanswered(draft), *open_steps], key=lambda step: step.number)


def may_open(step: Step, draft: Draft) -> bool:
    """Return whether the step may be opened: one before the first question without an answer, or that question."""
    return step.number <= _first_unanswered(draft).number


def _first_unanswered(draft: Draft) -> Step:
    return BY_QUESTION[draft.missing() or "check"]
