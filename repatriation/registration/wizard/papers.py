"""The form behind the wizard's pages: it stores the answers and knows the addresses of the pages.

The same pages fill in a new registration and change one that is in the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import resolve, reverse

from repatriation.models import Campaign, Registration, RegistrationChange
from repatriation.registration.changing import NobodyLeft, save_change
from repatriation.registration.drafts import Draft, DraftChange
from repatriation.registration.submitting import save_draft
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.steps import Step


class Paper:
    """The form of a new registration. The names of its URLs begin with `register_`."""

    prefix = "register"
    is_change = False
    shows_numbers = True  # a family checks its own phone in full

    def __init__(self, registration: Registration, draft: Draft) -> None:
        self.registration, self.draft = registration, draft

    @property
    def campaign(self) -> Campaign:
        return self.registration.campaign

    def save(self, change: DraftChange) -> Draft:
        """Apply one answer; return the stored draft."""
        self.draft = save_draft(self.registration, change)
        return self.draft

    # --- Addresses -------------------------------------------------------------------------------

    def address(self, page: str, *args: str) -> str:
        return reverse(f"repatriation:{self.prefix}_{page}", args=args)

    def of_step(self, step: Step) -> str:
        return self.address("step", step.slug)

    def of_question(self, question: str) -> str:
        """Return the address of the page of a question, by its name in `Draft.missing`; `check` is the last page."""
        return self.of_step(steps.BY_QUESTION[question])

    def of_person(self, key: str) -> dict[str, str]:
        """Return the addresses of the pages about one member: `edit`, `health`, `remove`, `first`."""
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
        """Return the page after a valid answer: the next question, or the check once all questions were asked."""
        if steps.first_missing(self.draft).question == "check":
            return self.of_question("check")
        return self.of_step(steps.STEPS[steps.STEPS.index(step) + 1])

    def page(self, step: Step, **context: Any) -> dict[str, Any]:
        """Return the template context that every page of the form has."""
        return {
            "paper": self,
            "step": step.number,
            "steps_total": steps.TOTAL,
            "back_url": self.before(step),
            **context,
        }


class NewPaper(Paper):
    """The form of a family that has consented and answered nothing yet. Its first answer makes the row and its code.

    So whoever presses “start” a thousand times leaves nothing in the database and uses no code up.
    """

    def __init__(self, campaign: Campaign, begin: Callable[[], Registration]) -> None:
        super().__init__(Registration(campaign=campaign), Draft())
        self._begin = begin

    def save(self, change: DraftChange) -> Draft:
        if self.registration.pk is None:
            self.registration = self._begin()
        return super().save(change)


class ChangePaper(Paper):
    """The form of a change of a registration that is in the queue.

    Every question has an answer already, so each page can be opened and leads back to the list of all answers.
    `home` is the address of the registration's page.
    """

    prefix = "change"
    is_change = True
    shows_numbers = False

    def __init__(self, change: RegistrationChange, home: str) -> None:
        super().__init__(change.registration, Draft.from_json(change.draft))
        self.change, self.home = change, home

    def save(self, change: DraftChange) -> Draft:
        """Apply one answer to the change. Raises `ChangeOver`, and `NobodyLeft` when it removes the last member."""
        draft = change(self.draft)
        if self.draft.people and not draft.people:
            raise NobodyLeft
        self.draft = save_change(self.change, change)
        return self.draft

    @property
    def seat_url(self) -> str:
        """Return the address of the page of the family's seat, opened the same way as `home`."""
        way = resolve(self.home)
        name = "my_offer" if way.url_name == "my_registration" else "registration_offer"
        return reverse(f"repatriation:{name}", kwargs=way.kwargs)

    def address(self, page: str, *args: str) -> str:
        return super().address(page, self.registration.code, *args)

    def first_missing(self) -> str:
        return self.of_question(self.missing() or "check")

    def missing(self) -> str:
        """Return the first question without an answer, or "". The phone is not part of a change."""
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
