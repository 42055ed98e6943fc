"""Where apps show themselves on pages that the portal owns.

The portal imports none of the apps. Each app registers its parts in `AppConfig.ready`:

    from portal.ui import parts

    parts.navigation.register(parts.NavigationItem(
        key="trips", label=_("Chuyến xe"), url_name="repatriation:trip_list",
        permission=Permission.PLAN_TRIPS, order=30,
    ))

Registering twice under one key raises `PartRegisteredTwice`. `all_for(user)` gives the parts that the user may
see, in order; `all()` gives them all. Labels are lazy translations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise

Text = str | Promise


class PartRegisteredTwice(ValueError):
    """Two parts came under one key."""


class MayUser(Protocol):
    """What a registry asks of a user."""

    @property
    def is_authenticated(self) -> bool: ...

    def may(self, permission: Any) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """What every part has: a key of its own and a place in the order (small first)."""

    key: str
    order: int = 100
    permission: Any = None  # a portal.accounts Permission; None: everybody who is signed in


@dataclass(frozen=True, kw_only=True)
class NavigationItem(Part):
    """One entry of the officers' navigation; current on every page whose path begins with its own. In the menu of
    other pages it stands under `group`."""

    label: Text
    url_name: str
    group: Text = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class WorklistPart(Part):
    """One tab of "Hôm nay". `template` gets `rows`, `part` and `user`; only the open tab fetches rows. An urgent
    one stands out while something waits there.

    `waits` gives what waits for a user as querysets; their rows are counted for all tabs at once.
    """

    title: Text
    waits: Callable[[Any], Sequence[QuerySet[Any]]]
    rows: Callable[[Any, int], Sequence[Any]]
    template: str
    empty_text: Text
    is_urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Figure(Part):
    """One figure of the leaders' page. `tone`: good, wait, bad, info or plain; `url`: a view's name."""

    label: Text
    value: Callable[[Any], int]
    tone: str = "plain"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonPanel(Part):
    """A panel of an officer's page about a person: `context(person, user)` goes to `template`."""

    context: Callable[[Any, Any], Mapping[str, Any] | None]
    template: str


@dataclass(frozen=True, kw_only=True)
class CitizenPanel(Part):
    """A panel of the citizen's own page: `context(viewer)` goes to `template`; None leaves the panel out."""

    context: Callable[[Any], Mapping[str, Any] | None]
    template: str


@dataclass(frozen=True, kw_only=True)
class HomeChoice(Part):
    """One of the large choices of the citizens' first page. `icon` is a file of `ui/icons/`."""

    label: Text
    hint: Text
    icon: str
    url_name: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A line above the first page: a sentence, and where to read on."""

    text: Text
    url: str = ""
    link_text: Text = ""


@dataclass(frozen=True, kw_only=True)
class HomeNotice(Part):
    """Something that may have news for the first page; `make()` gives a Notice or None."""

    make: Callable[[], Notice | None]


@dataclass(frozen=True, kw_only=True)
class OfficerNotice(Part):
    """A warning above every page of the officers with its permission; `make()` gives the sentence or None."""

    make: Callable[[], Text | None]


PartT = TypeVar("PartT", bound=Part)


class Registry(Generic[PartT]):
    """Parts of one kind, by key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._parts: dict[str, PartT] = {}

    def register(self, part: PartT) -> PartT:
        """Add a part. Raises AlreadyRegistered when its key is taken."""
        if part.key in self._parts:
            raise PartRegisteredTwice(f"{self.name}: {part.key!r} is registered already")
        self._parts[part.key] = part
        return part

    def get(self, key: str) -> PartT | None:
        return self._parts.get(key)

    def all(self) -> list[PartT]:
        """Every part, in order."""
        return sorted(self._parts.values(), key=lambda part: (part.order, part.key))

    def all_for(self, user: MayUser) -> list[PartT]:
        """The parts that this user may see, in order; none for somebody who is not signed in."""
        if not user.is_authenticated:
            return []
        return [part for part in self.all() if part.permission is None or user.may(part.permission)]

    def __iter__(self) -> Iterator[PartT]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self._parts)


navigation: Registry[NavigationItem] = Registry("navigation")
worklist: Registry[WorklistPart] = Registry("worklist")
figures: Registry[Figure] = Registry("figures")
person_panels: Registry[PersonPanel] = Registry("person_panels")
citizen_panels: Registry[CitizenPanel] = Registry("citizen_panels")
home_choices: Registry[HomeChoice] = Registry("home_choices")
home_notices: Registry[HomeNotice] = Registry("home_notices")
officer_notices: Registry[OfficerNotice] = Registry("officer_notices")
