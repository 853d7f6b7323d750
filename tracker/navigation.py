"""Where one can go: the one place that says what the menus offer, to whom, and which place a page belongs to."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from .models import Staff

# So many fit into the bar at the foot of a telephone, beside the menu.
IN_A_SMALL_BAR = 4


@dataclass(frozen=True)
class Place:
    """A page that a menu leads to. `under` names the pages that belong to it, apart by spaces; * stands for anything."""

    name: str
    label: str
    icon: str = ""
    under: str = ""

    def holds(self, view_name: str) -> bool:
        return any(fnmatchcase(view_name, pattern) for pattern in (self.name, *self.under.split()))

    @property
    def url(self) -> str:
        return reverse(self.name)


DASHBOARD = Place(
    "tracker:dashboard", _("Dashboard"), "home",
    "tracker:freshness tracker:gap* tracker:explain tracker:forecast* tracker:what_if tracker:plan* programs:assignments programs:done",
)  # fmt: skip
RECORDS = Place(
    "tracker:records", _("Records"), "queue-list",
    "tracker:records_* tracker:record_* tracker:log tracker:week tracker:import*",
)  # fmt: skip
PROGRESS = Place("tracker:progress", _("Progress"), "chart-bar", "tracker:chart tracker:quality*")
CREDENTIALS = Place(
    "tracker:credentials", _("Credentials"), "academic-cap",
    "tracker:credential* tracker:renew* tracker:cycle* tracker:apprentice* tracker:ce_* tracker:pin_* tracker:proof* tracker:audit_pack*",
)  # fmt: skip
LADDER = Place(
    "tracker:ladder",
    _("Ladder"),
    "map",
    "tracker:ladder_* tracker:role tracker:compare tracker:choose_target",
)
STANDING = Place("tracker:standing", _("Standing"), "scale", "tracker:standing_* tracker:pay*")
TEAMS = Place(
    "tracker:teams", _("Teams"), "user-group", "tracker:team* tracker:invitation_withdraw tracker:manager_end"
)
PROGRAMS = Place("programs:list", _("Programs"), "building-library", "programs:*")

RESUME = Place(
    "tracker:resume", _("Résumé and packet"), under="tracker:resume_* tracker:packet* tracker:link_*"
)
PAY = Place("tracker:pay", _("Your pay (private)"), under="tracker:pay_*")
DISPUTES = Place("tracker:disputes", _("Disputes"), under="tracker:dispute*")
LEAD_A_TEAM = Place("tracker:teams", _("Lead a team"), under=TEAMS.under)

ACCOUNT = (
    Place("tracker:settings", _("Settings")),
    Place("tracker:sharing", _("Sharing"), under="tracker:share_* tracker:question_answered programs:sharing programs:leave"),
    Place("tracker:reminders", _("Reminders")),
    Place("tracker:calendar", _("Calendar"), under="tracker:calendar_*"),
    Place("tracker:archive", _("Your data"), under="tracker:archive_* tracker:account_delete"),
)  # fmt: skip
SIGN_IN = (
    Place("account_email", _("E-mail addresses")),
    Place("account_change_password", _("Password"), under="account_set_password"),
    Place("mfa_index", _("Two-step sign-in"), under="mfa_*"),
    Place("usersessions_list", _("Sessions")),
    Place("tracker:tokens", _("API tokens"), under="tracker:token_*"),
)
SITE = (
    Place("admin:index", _("Catalogue (admin)")),
    Place("status", _("Status of the site")),
)


@dataclass(frozen=True)
class Group:
    title: str
    places: tuple[Place, ...]


class Navigation:
    """What is offered to somebody who is here."""

    def __init__(self, here: str, acts_as: frozenset[str], is_staff: bool):
        self.here = here
        self.acts_as = acts_as
        self.is_staff = is_staff

    @cached_property
    def main(self) -> list[Place]:
        work = [
            place for role, place in (("manager", TEAMS), ("instructor", PROGRAMS)) if role in self.acts_as
        ]
        return [DASHBOARD, *work, RECORDS, PROGRESS, CREDENTIALS, LADDER, STANDING]

    @property
    def bar(self) -> list[Place]:
        """What a small screen shows at all times; `rest` is in its menu."""
        return self.main[:IN_A_SMALL_BAR]

    @property
    def rest(self) -> list[Place]:
        return self.main[IN_A_SMALL_BAR:]

    @property
    def account(self) -> list[Group]:
        return [Group(_("Account"), ACCOUNT), Group(_("Sign-in"), SIGN_IN)]

    @cached_property
    def groups(self) -> list[Group]:
        yours = [RESUME, PAY, DISPUTES]
        yours += [] if "manager" in self.acts_as else [LEAD_A_TEAM]
        yours += [] if "instructor" in self.acts_as else [PROGRAMS]
        site = [Group(_("This site"), SITE)] if self.is_staff else []
        return [Group(_("Yours"), tuple(yours)), *self.account, *site]

    @cached_property
    def at(self) -> Place | None:
        """The place that the page belongs to: its own, or the first that claims it."""
        everywhere = [
            *ACCOUNT,
            *SIGN_IN,
            *self.main,
            *(place for group in self.groups for place in group.places),
        ]
        exact = (place for place in everywhere if place.name == self.here)
        return next(exact, None) or next((place for place in everywhere if place.holds(self.here)), None)

    @property
    def is_in_menu(self) -> bool:
        return self.at is not None and self.at not in self.main

    @property
    def is_in_rest(self) -> bool:
        return self.at in self.rest


def navigation(request):
    """`navigation` and `acts_as` (the person's roles in any organization) in templates. One query, if they are looked at."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"acts_as": frozenset()}
    roles = Staff.objects.open().filter(user_id=user.pk).values_list("role", flat=True)
    acts_as = SimpleLazyObject(lambda: frozenset(roles))
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "acts_as": acts_as,
        "navigation": SimpleLazyObject(lambda: Navigation(here, acts_as, user.is_staff)),
    }
