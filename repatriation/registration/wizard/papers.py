"""A form in work: where its answers are kept and where its pages lie. The same pages fill in a new
registration and change one that waits."""

from __future__ import annotations

from typing import Any

from django.urls import resolve, reverse

from repatriation.models import Campaign, Registration, RegistrationChange
from repatriation.registration.changing import NobodyLeft, save_change
from repatriation.registration.drafts import Draft, DraftChange
from repatriation.registration.submitting import save_draft
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.steps import Step


class Paper:
    """A new registration. The addresses of its pages are called `register_…`."""

    prefix = "register"
    is_change = False
    shows_numbers = True  # of who types them into a form of their own: a slip is seen only in full

    def __init__(self, registration: Registration, draft: Draft) -> None:
        self.registration, self.draft = registration, draft

    @property
    def campaign(self) -> Campaign:
        return self.registration.campaign

    def save(self, change: DraftChange) -> Draft:
        """Apply one answer; the draft as it is kept now."""
        self.draft = save_draft(self.registration, change)
        return self.draft

    # --- Addresses -------------------------------------------------------------------------------

    def address(self, page: str, *args: str) -> str:
        return reverse(f"repatriation:{self.prefix}_{page}", args=args)

    def of_step(self, step: Step) -> str:
        return self.address("step", step.slug)

    def of_question(self, question: str) -> str:
        """Of the page that asks it, as `Draft.missing` calls it; `check` is the last page."""
        return self.of_step(steps.BY_QUESTION[question])

    def of_person(self, key: str) -> dict[str, str]:
        """The pages about one member: `edit`, `health`, `remove`, `first`."""
        pages = {"edit": "person", "health": "health", "remove": "person_remove", "first": "person_first"}
        return {name: self.address(page, key) for name, page in pages.items()}

    @property
    def check_url(self) -> str:
        return self.of_question("check")

    @property
    def add_url(self) -> str:
        return self.address("person_add")

    # --- The order of the questions --------------------------------------------------------------

    def first_missing(self) -> str:
        return self.of_step(steps.first_missing(self.draft))

    def may_open(self, step: Step) -> bool:
        return steps.may_open(step, self.draft)

    def before(self, step: Step) -> str:
        index = steps.STEPS.index(step)
        return self.of_step(steps.STEPS[index - 1]) if index else reverse("repatriation:register")

    def after(self, step: Step) -> str:
        """Where a valid answer leads: the next question, or straight to the check once all were asked."""
        if steps.first_missing(self.draft).question == "check":
            return self.of_question("check")
        return self.of_step(steps.STEPS[steps.STEPS.index(step) + 1])

    def page(self, step: Step, **context: Any) -> dict[str, Any]:
        """What every page of the form gives to its template."""
        return {
            "paper": self,
            "step": step.number,
            "steps_total": steps.TOTAL,
            "back_url": self.before(step),
            **context,
        }


class ChangePaper(Paper):
    """The change of a registration that is in the queue. Every question has an answer already, so each page
    opens at once and leads back to the list of all answers. `home` is the page of the registration."""

    prefix = "change"
    is_change = True
    shows_numbers = False

    def __init__(self, change: RegistrationChange, home: str) -> None:
        super().__init__(change.registration, Draft.from_json(change.draft))
        self.change, self.home = change, home

    def save(self, change: DraftChange) -> Draft:
        """Raises `ChangeOver`, and `NobodyLeft` when the last one would go."""
        draft = change(self.draft)
        if self.draft.people and not draft.people:
            raise NobodyLeft
        self.draft = save_change(self.change, change)
        return self.draft

    @property
    def seat_url(self) -> str:
        """The page of the family's seat, on the same way in."""
        way = resolve(self.home)
        name = "my_offer" if way.url_name == "my_registration" else "registration_offer"
        return reverse(f"repatriation:{name}", kwargs=way.kwargs)

    def address(self, page: str, *args: str) -> str:
        return super().address(page, self.registration.code, *args)

    def first_missing(self) -> str:
        return self.of_question(self.missing() or "check")

    def missing(self) -> str:
        """A question that somebody left open on the way, or empty. The phone is corrected elsewhere."""
        question = self.draft.missing(confirmed=False)
        return question if question != "phone" else ""

    def may_open(self, step: Step) -> bool:
        return step.question != "phone"

    def before(self, step: Step) -> str:
        return self.home if step.question == "check" else self.check_url

    def after(self, step: Step) -> str:
        return self.check_url

    def page(self, step: Step, **context: Any) -> dict[str, Any]:
        return super().page(step, **context) | {"step": None, "steps_total": None}
