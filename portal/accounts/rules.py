"""Who may manage whose account."""

from __future__ import annotations

from portal.accounts.models import RoleRequest, User
from portal.accounts.roles import GUARDED_ROLES, Permission
from portal.places.models import Place


def may_manage_account(user: User, account: User) -> bool:
    """Whether `user` may stop the account or give it a fresh password.

    Only when everything that the account may do lies within what `user` manages: whoever sets a password
    can use it, so an administrator of one commune must not come by the rights of somebody who also
    works for the province. For the same reason the password of a guarded account takes two (`is_guarded`).
    """
    places = account.assignments.not_over().values_list("place", flat=True)
    return set(places) <= user.place_ids(Permission.MANAGE_USERS)


def is_guarded(account: User) -> bool:
    """Return whether the account holds a role, now or from a later day, that a second person had to confirm."""
    return account.assignments.not_over().filter(role__in=GUARDED_ROLES).exists()


def may_renew_password(user: User, account: User) -> bool:
    """Let an administrator give or ask for a new password of another; one's own is changed with the old one."""
    return user != account and may_manage_account(user, account)


def may_assign(user: User, account: User, place: Place) -> bool:
    """Whether `user` may give or take a role there. Nobody gives themselves a role."""
    return account != user and user.may(Permission.MANAGE_USERS, place)


def may_decide_role(user: User, request: RoleRequest) -> bool:
    """Let another administrator of the place confirm or refuse: not who asked, and not whom it is for."""
    if request.requested_by == user:
        return False
    if request.is_for_password:
        return may_renew_password(user, request.user)
    return may_assign(user, request.user, request.place)


def may_take_back(user: User, request: RoleRequest) -> bool:
    """Let an administrator take back what they asked for."""
    return request.requested_by == user and user.may(Permission.MANAGE_USERS, request.place)
